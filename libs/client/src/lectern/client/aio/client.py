"""The client: an address, a key, and the API's resources."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Unpack

import httpx

from lectern.client.addresses import DEFAULT_URL, check_address, make_headers
from lectern.client.aio.account import AsyncAssets, AsyncInstallation, AsyncKeys
from lectern.client.aio.batches import AsyncVideoBatches
from lectern.client.aio.handle import AsyncVideoHandle
from lectern.client.aio.scenes import AsyncScenes, AsyncScripts
from lectern.client.aio.transport import AsyncTransport
from lectern.client.aio.videos import AsyncVideos
from lectern.client.aio.webhooks import AsyncWebhooks
from lectern.client.bodies import VideoRequest
from lectern.client.retrying import RetryPolicy


class AsyncClient:
    """A client of one Lectern. Use it in a `with` block, or close it."""

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        policy: RetryPolicy | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """The address and key are those of LECTERN_API and LECTERN_API_KEY where none are given.

        Raises ValueError for an address that is none, or that would carry a key over an open network unencrypted.
        """
        self.url = (url or os.environ.get("LECTERN_API") or DEFAULT_URL).rstrip("/")
        secret = os.environ.get("LECTERN_API_KEY", "") if key is None else key
        check_address(self.url, secret)
        self._http = httpx.AsyncClient(base_url=self.url, headers=make_headers(secret), transport=transport)
        sender = AsyncTransport(self._http, policy or RetryPolicy())
        self.videos = AsyncVideos(sender)
        self.scripts = AsyncScripts(sender)
        self.scenes = AsyncScenes(sender)
        self.batches = AsyncVideoBatches(sender)
        self.assets = AsyncAssets(sender)
        self.webhooks = AsyncWebhooks(sender)
        self.keys = AsyncKeys(sender)
        self.installation = AsyncInstallation(sender)

    async def make(self, *, idempotency_key: str | None = None, **request: Unpack[VideoRequest]) -> AsyncVideoHandle:
        """Request a video, and hold on to it."""
        return AsyncVideoHandle(self.videos, await self.videos.create(idempotency_key=idempotency_key, **request))

    async def open(self, video_id: str) -> AsyncVideoHandle:
        """Hold on to a video that exists."""
        return AsyncVideoHandle(self.videos, await self.videos.get(video_id))

    async def aclose(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()
