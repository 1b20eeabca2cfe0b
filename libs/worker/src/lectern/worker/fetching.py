"""Fetching messages for free slots: asks both lanes, `fast` first, so that an empty lane never delays the other."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import errors as js_errors

from lectern.contracts.options import LANES, Lane
from lectern.contracts.topology import VIDEOS, consumer_name

_REPLY_TIMEOUT = 5.0  # seconds beyond the time a pull may wait at the server
_TURNS = 5  # turns of one slot in the time that each of two may linger
_NO_MESSAGE = ("404", "408")  # statuses: none waits; none came while the pull waited


class Puller:
    """Pulls single messages from one consumer. One pull at a time; what comes late is kept for the next."""

    def __init__(self, nats: Client, stream: str, consumer: str, inbox: str, replies: Subscription) -> None:
        self._nats = nats
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._inbox = inbox
        self._replies = replies

    @property
    def has_late(self) -> bool:
        """True if replies came after their pulls had timed out."""
        return self._replies.pending_msgs > 0

    async def pull(self, linger: float = 0.0) -> Msg | None:
        """The next message; None when none comes within `linger` seconds.

        Raises nats.errors.Error when the server cannot be asked, does not answer, or has no such consumer.
        """
        if late := await self._take_late():
            return late
        if not self._nats.is_connected:  # the client would keep the pull and send it as one too many later
            raise nats.errors.ConnectionReconnectingError
        wait = {"expires": int(linger * 1e9)} if linger else {"no_wait": True}
        await self._nats.publish(self._subject, json.dumps({"batch": 1, **wait}).encode(), reply=self._inbox)
        reply = await self._replies.next_msg(timeout=linger + _REPLY_TIMEOUT)
        match _status(reply):
            case None:
                return reply
            case status if status in _NO_MESSAGE:
                return None
            case status:
                description = (reply.headers or {}).get("Description", "")
                raise js_errors.APIError(code=int(status), description=description)

    async def pull_more(self, most: int) -> list[Msg]:
        """Up to `most` messages that wait now. Raises nats.errors.Error as `pull` does."""
        if not self._nats.is_connected:
            raise nats.errors.ConnectionReconnectingError
        await self._nats.publish(
            self._subject, json.dumps({"batch": most, "no_wait": True}).encode(), reply=self._inbox
        )
        found: list[Msg] = []
        while len(found) < most:  # a status ends a batch that is not full
            try:
                reply = await self._replies.next_msg(timeout=_REPLY_TIMEOUT)
            except nats.errors.TimeoutError:
                break
            if _status(reply) is not None:
                break
            found.append(reply)
        return found

    async def close(self) -> None:
        """Hands back what came in too late to be worked on."""
        with contextlib.suppress(nats.errors.Error):
            while late := await self._take_late():
                await late.nak()
            await self._replies.unsubscribe()

    async def _take_late(self) -> Msg | None:
        """A message that came after its pull had timed out; late statuses mean nothing any more."""
        while self.has_late:
            reply = await self._replies.next_msg(timeout=0.1)
            if _status(reply) is None:
                return reply
        return None


def _status(reply: Msg) -> str | None:
    """The status that the server sent in place of a message; None for a message."""
    return (reply.headers or {}).get("Status")


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
    """The next message for a stage's free slots. Two tasks may use it at once: one for each home lane.

    `ahead` are the consumers' pullers for looking ahead, by the consumer's name.
    """

    def __init__(self, pullers: dict[Lane, dict[Lane, Puller]], ahead: Mapping[str, Puller] | None = None) -> None:
        self._pullers = pullers
        self._ahead = ahead or {}
        self._lingering: set[Lane] = set()

    async def next(self, home: Lane, linger: float) -> Msg | None:
        """A message of either lane, `fast` first; waits up to `linger` seconds on the home lane when both are empty.

        It waits a fifth of that while the other task does not linger: both may share the last free slot, and then take
        turns. A lane on which the other task lingers is not asked: whatever comes goes there. A late message is taken
        all the same, since no other puller sees it. Raises nats.errors.Error.
        """
        asked = [
            puller for lane, puller in self._pullers[home].items() if lane not in self._lingering or puller.has_late
        ]
        if asked and asked[-1] is self._pullers[home][home]:
            del asked[-1]  # the pull that lingers asks it next
        for puller in asked:
            if message := await puller.pull():
                return message
        seconds = linger if self._lingering else linger / _TURNS
        self._lingering.add(home)
        try:
            return await self._pullers[home][home].pull(seconds)
        finally:
            self._lingering.discard(home)

    async def look_ahead(self, message: Msg, most: int) -> list[Msg]:
        """Up to `most` messages behind this one, in its own lane. One call at a time. Raises nats.errors.Error."""
        return await self._ahead[message.metadata.consumer].pull_more(most)


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
        names = [consumer_name(stage, lane) for lane in LANES]
        ahead = {name: await stack.enter_async_context(open_puller(nats_, VIDEOS, name)) for name in names}
        yield Fetcher(pullers, ahead)
