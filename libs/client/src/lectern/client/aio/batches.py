"""Batches of videos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from lectern.client.aio.transport import AsyncTransport
from lectern.client.bodies import VideoRequest
from lectern.client.calls import fill_path, make_call
from lectern.client.models import Batch, BatchList


class AsyncVideoBatches:
    """`/v1/batches`."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create(
        self,
        requests: Sequence[VideoRequest | dict[str, Any]],
        *,
        defaults: VideoRequest | None = None,
        lane: Literal["fast", "bulk"] = "bulk",
        idempotency_key: str | None = None,
    ) -> Batch:
        """Request up to 100 videos, each over the `defaults`. `items` has the problem of each that is refused."""
        body = {"requests": list(requests), "defaults": defaults or {}, "lane": lane}
        return await self._transport.ask(
            make_call("POST", "/v1/batches", Batch, body=body, repetition="keyed", key=idempotency_key)
        )

    async def get(self, batch_id: str) -> Batch:
        """A batch with its items."""
        return await self._transport.ask(make_call("GET", fill_path("/v1/batches/{}", batch_id), Batch))

    async def list(self, *, limit: int | None = None, after: str | None = None) -> BatchList:
        """One page of batches, newest first."""
        query = {"limit": limit, "after": after}
        return await self._transport.ask(make_call("GET", "/v1/batches", BatchList, query=query))

    async def cancel(self, batch_id: str) -> Batch:
        """Cancel what is left of a batch."""
        return await self._transport.ask(make_call("POST", fill_path("/v1/batches/{}/cancel", batch_id), Batch))
