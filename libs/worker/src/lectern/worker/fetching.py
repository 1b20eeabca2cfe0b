"""Fetching messages for free slots: asks both lanes, `fast` first, so that an empty lane never delays the other."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
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
_LOOK_SECONDS = 2.0  # between two looks at whether the connection over which a pull was asked is still the same
_NO_MESSAGE = ("404", "408")  # statuses: none waits; none came while the pull waited


class Puller:
    """Pulls single messages from one consumer. One pull at a time; what comes late is kept for the next."""

    def __init__(self, nats_: Client, stream: str, consumer: str) -> None:
        self.inbox = nats_.new_inbox()
        self._nats = nats_
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._replies: Subscription | None = None
        self._arrived: deque[Msg] = deque()
        self._changed = asyncio.Event()
        self._hurried = False

    @property
    def has_late(self) -> bool:
        """True if replies came after their pulls had timed out."""
        return bool(self._arrived)

    async def pull(self, linger: float = 0.0) -> Msg | None:
        """The next message; None when none comes within `linger` seconds, or until `hurry` is called.

        Raises nats.errors.Error when the server cannot be asked, does not answer, or has no such consumer.
        """
        if late := self._take_late():
            return late
        self._hurried = False
        wait = {"expires": int(linger * 1e9)} if linger else {"no_wait": True}
        await self._ask({"batch": 1, **wait})
        reply = await self._next_reply(linger + _REPLY_TIMEOUT)
        if reply is None:  # nobody waits for an answer any more
            await self._withdraw()
            return self._take_late()
        match _status(reply):
            case None:
                return reply
            case status if status in _NO_MESSAGE:
                return None
            case status:
                description = (reply.headers or {}).get("Description", "")
                raise js_errors.APIError(code=int(status), description=description)

    def hurry(self) -> None:
        """Ends the pull that waits at the server, if any. A message that is on its way still comes of it."""
        self._hurried = True
        self._changed.set()

    async def pull_more(self, most: int) -> list[Msg]:
        """Up to `most` messages that wait now. Raises nats.errors.Error as `pull` does."""
        self._hurried = False
        await self._ask({"batch": most, "no_wait": True})
        found: list[Msg] = []
        while len(found) < most:  # a status ends a batch that is not full
            try:
                reply = await self._next_reply(_REPLY_TIMEOUT)
            except nats.errors.TimeoutError:
                break
            if reply is None or _status(reply) is not None:
                break
            found.append(reply)
        return found

    async def open(self) -> None:
        """Listens for replies. A pull does so by itself."""

        async def note(reply: Msg) -> None:
            self._arrived.append(reply)
            self._changed.set()

        if self._replies is None:
            self._replies = await self._nats.subscribe(self.inbox, cb=note)

    async def close(self) -> None:
        """Hands back what came in too late to be worked on."""
        with contextlib.suppress(nats.errors.Error):
            await self._withdraw()
            while late := self._take_late():
                await late.nak()

    async def _ask(self, wanted: Mapping[str, object]) -> None:
        if not self._nats.is_connected:  # the client would keep the pull and send it as one too many later
            raise nats.errors.ConnectionReconnectingError
        await self.open()
        await self._nats.publish(self._subject, json.dumps(wanted).encode(), reply=self.inbox)

    async def _next_reply(self, seconds: float) -> Msg | None:
        """What the server sends next; None once hurried. Raises nats.errors.Error when nothing comes in time."""
        deadline, connection = time.monotonic() + seconds, self._nats.stats["reconnects"]
        while not self._arrived:
            if self._hurried:
                return None
            if (left := deadline - time.monotonic()) <= 0:
                raise nats.errors.TimeoutError
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, _LOOK_SECONDS)):
                    await self._changed.wait()
            if not self._nats.is_connected or self._nats.stats["reconnects"] != connection:
                break  # the server has forgotten the pull
        if not self._arrived:
            raise nats.errors.ConnectionReconnectingError
        return self._arrived.popleft()

    async def _withdraw(self) -> None:
        """Ends the interest in replies, upon which the server forgets the pull. What it sent until then has arrived."""
        replies, self._replies = self._replies, None
        if replies is None:
            return
        if self._nats.is_connected:
            await replies.drain()  # type: ignore[no-untyped-call]
        else:
            await replies.unsubscribe()
        self.inbox = self._nats.new_inbox()

    def _take_late(self) -> Msg | None:
        """A message that came after its pull had timed out; late statuses mean nothing any more."""
        while self._arrived:
            reply = self._arrived.popleft()
            if _status(reply) is None:
                return reply
        return None


def _status(reply: Msg) -> str | None:
    """The status that the server sent in place of a message; None for a message."""
    return (reply.headers or {}).get("Status")


@asynccontextmanager
async def open_puller(nats_: Client, stream: str, consumer: str) -> AsyncIterator[Puller]:
    """A puller with a subscription of its own."""
    puller = Puller(nats_, stream, consumer)
    await puller.open()
    try:
        yield puller
    finally:
        await puller.close()


class Fetcher:
    """The next message for a stage's free slots. Two tasks may use it at once: one for each home lane.

    Each waits on its home lane for long, as waiting costs nothing. While one of them waits for a slot that the other
    has, both share the last free slot, and take turns of `turn` seconds. `ahead` are the consumers' pullers for looking
    ahead, by the consumer's name.
    """

    def __init__(
        self, pullers: dict[Lane, dict[Lane, Puller]], ahead: Mapping[str, Puller] | None = None, turn: float = 0.1
    ) -> None:
        self._pullers = pullers
        self._ahead = ahead or {}
        self._turn = turn
        self._lingering: dict[Lane, float] = {}  # since when
        self._wanting: set[Lane] = set()
        self._turns: dict[Lane, asyncio.TimerHandle] = {}
        self._ended = False

    async def next(self, home: Lane, linger: float) -> Msg | None:
        """A message of either lane, `fast` first; waits up to `linger` seconds on the home lane when both are empty.

        A lane on which the other task lingers is not asked: whatever comes goes there. A late message is taken all the
        same, since no other puller sees it. Raises nats.errors.Error.
        """
        asked = [
            puller for lane, puller in self._pullers[home].items() if lane not in self._lingering or puller.has_late
        ]
        if asked and asked[-1] is self._pullers[home][home]:
            del asked[-1]  # the pull that lingers asks it next
        for puller in asked:
            if message := await puller.pull():
                return message
        if self._ended:
            return None
        self._lingering[home] = time.monotonic()
        try:
            return await self._pullers[home][home].pull(self._turn if self._wanting - {home} else linger)
        finally:
            del self._lingering[home]
            if turn := self._turns.pop(home, None):
                turn.cancel()

    def want_slot(self, home: Lane) -> None:
        """Notes that a home lane's task waits for a slot. Who lingers with one gives it up at the end of its turn."""
        self._wanting.add(home)
        for lane, since in self._lingering.items():
            if lane != home and lane not in self._turns:
                left = max(0.0, since + self._turn - time.monotonic())
                hurry = self._pullers[lane][lane].hurry
                self._turns[lane] = asyncio.get_running_loop().call_later(left, hurry)

    def have_slot(self, home: Lane) -> None:
        """Notes that a home lane's task waits for no slot any more."""
        self._wanting.discard(home)

    def end(self) -> None:
        """Ends all pulls, and lets none wait from now on."""
        self._ended = True
        for pullers in self._pullers.values():
            for puller in pullers.values():
                puller.hurry()

    async def look_ahead(self, message: Msg, most: int) -> list[Msg]:
        """Up to `most` messages behind this one, in its own lane. One call at a time. Raises nats.errors.Error."""
        return await self._ahead[message.metadata.consumer].pull_more(most)


@asynccontextmanager
async def open_fetcher(nats_: Client, stage: str, turn: float = 0.1) -> AsyncIterator[Fetcher]:
    """A fetcher for a stage's two consumers. `turn` as a Fetcher has it."""
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
        yield Fetcher(pullers, ahead, turn)
