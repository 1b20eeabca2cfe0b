"""Batched direct gets (NATS ADR-31): a subject's messages in one round trip for each thousand."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from lectern.worker.failures import Unavailable

_BATCH = 1000  # messages in one answer
_TIMEOUT = 5.0  # seconds until the next message of an answer


async def get_all(nats: Client, stream: str, subject: str) -> list[tuple[int, bytes]]:
    """Every message on a subject (which may have wildcards) as (sequence, data), in stream order.

    Raises Unavailable when the stream does not answer.
    """
    found: list[tuple[int, bytes]] = []
    while True:
        start = found[-1][0] + 1 if found else 1
        messages, pending = await _get_batch(nats, stream, {"seq": start, "batch": _BATCH, "next_by_subj": subject})
        found += messages
        if not pending or not messages:
            return found


async def get_first(nats: Client, stream: str, subject: str) -> bytes | None:
    """The oldest message on a subject (which may have wildcards); None when there is none. Raises Unavailable."""
    messages, _ = await _get_batch(nats, stream, {"seq": 1, "batch": 1, "next_by_subj": subject})
    return messages[0][1] if messages else None


async def _get_batch(nats_: Client, stream: str, query: dict[str, Any]) -> tuple[list[tuple[int, bytes]], int]:
    """One batch, and how many messages come after it."""
    inbox = nats_.new_inbox()
    try:
        async with asyncio.timeout(_TIMEOUT) as limit:
            answer = _Answer(limit)
            subscription = await nats_.subscribe(inbox, cb=answer.take)
            try:
                await nats_.publish(f"$JS.API.DIRECT.GET.{stream}", json.dumps(query).encode(), reply=inbox)
                return answer.messages, await answer.pending
            finally:
                await subscription.unsubscribe()
    except (nats.errors.Error, TimeoutError, ConnectionError) as error:
        raise Unavailable(f"the event log does not answer ({type(error).__name__})", code="log-unavailable") from error


class _Answer:
    """The messages of one answer, in which each may take as long as `limit` allowed for the first.

    They are called back rather than waited for one by one, which takes two tasks and a timer for each.
    """

    def __init__(self, limit: asyncio.Timeout) -> None:
        self.messages: list[tuple[int, bytes]] = []
        self.pending: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._limit = limit

    async def take(self, message: Msg) -> None:
        """The next message, or the status that ends the answer."""
        if self.pending.done():
            return
        headers = message.headers or {}
        match headers.get("Status"):
            case None:
                self.messages.append((int(headers["Nats-Sequence"]), message.data))
                self._extend()
            case "204":
                self.pending.set_result(int(headers.get("Nats-Num-Pending", "0")))
            case "404":
                self.pending.set_result(0)
            case status:
                answered = f"the event log answered {status} {headers.get('Description', '')}".rstrip()
                self.pending.set_exception(Unavailable(answered, code="log-unavailable"))

    def _extend(self) -> None:
        """A timer for each message would cost as much as reading it: one for each second does."""
        now = asyncio.get_running_loop().time()
        if (self._limit.when() or now) < now + _TIMEOUT - 1.0:
            self._limit.reschedule(now + _TIMEOUT)
