"""Fetching messages for free slots: both lanes are asked, `fast` first, and an empty lane never delays the other."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from lectern.contracts.options import LANES, Lane
from lectern.contracts.topology import VIDEOS, consumer_name

_REPLY_TIMEOUT = 5.0  # seconds beyond the time a pull may wait at the server


class Puller:
    """Pulls single messages from one consumer. One pull at a time; what comes late is kept for the next."""

    def __init__(self, nats: Client, stream: str, consumer: str, inbox: str, replies: Subscription) -> None:
        self._nats = nats
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._inbox = inbox
        self._replies = replies

    async def pull(self, linger: float = 0.0) -> Msg | None:
        """The next message; None when none comes within `linger` seconds. Raises nats.errors.Error."""
        wait = {"expires": int(linger * 1e9)} if linger else {"no_wait": True}
        await self._nats.publish(self._subject, json.dumps({"batch": 1, **wait}).encode(), reply=self._inbox)
        reply = await self._replies.next_msg(timeout=linger + _REPLY_TIMEOUT)
        return None if reply.headers and reply.headers.get("Status") else reply

    async def close(self) -> None:
        """Hands back what came in too late to be worked on."""
        with contextlib.suppress(nats.errors.Error):
            while self._replies.pending_msgs:
                late = await self._replies.next_msg(timeout=0.1)
                if not (late.headers and late.headers.get("Status")):
                    await late.nak()
            await self._replies.unsubscribe()


@asynccontextmanager
async def open_puller(nats_: Client, stream: str, consumer: str) -> AsyncIterator[Puller]:
    """A puller with a subscription of its own."""
    inbox = nats_.new_inbox()
    puller = Puller(nats_, stream, consumer, inbox, await nats_.subscribe(inbox))
    try:
        yield puller
    finally:
        await puller.close()


class Fetcher:
    """The next message for a stage's free slots. Two tasks may use it at once: one for each home lane."""

    def __init__(self, pullers: dict[Lane, dict[Lane, Puller]]) -> None:
        self._pullers = pullers
        self._lingering: set[Lane] = set()

    async def next(self, home: Lane, linger: float) -> Msg | None:
        """A message of either lane, `fast` first; waits up to `linger` seconds on the home lane when both are empty.

        A lane on which the other task lingers is not asked: whatever comes goes there. Raises nats.errors.Error.
        """
        for lane in LANES:
            if lane not in self._lingering and (message := await self._pullers[home][lane].pull()):
                return message
        self._lingering.add(home)
        try:
            return await self._pullers[home][home].pull(linger)
        finally:
            self._lingering.discard(home)


@asynccontextmanager
async def open_fetcher(nats_: Client, stage: str) -> AsyncIterator[Fetcher]:
    """A fetcher for a stage's two consumers."""
    async with AsyncExitStack() as stack:
        pullers = {
            home: {
                lane: await stack.enter_async_context(open_puller(nats_, VIDEOS, consumer_name(stage, lane)))
                for lane in LANES
            }
            for home in LANES
        }
        yield Fetcher(pullers)
