"""Whose message a slot works on next: the party's that has been served least, of all whose messages wait.

The server hands messages out in the order in which they came, so one owner's hundred videos would hold everybody up.
When a message comes for a party that has had its turn, we look at all that can be had, take the fairest, hand a few of
the next ones back at once, and the rest so that they come back one after another, in the order of their turns. A later
look thus meets what is new and a bounded number of those that were seen before, however many wait (ADR 19).
"""

from __future__ import annotations

import asyncio
import contextlib
from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterator

import msgspec
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from lectern.contracts import events as e
from lectern.contracts.parties import Party
from lectern.worker.fetching import Fetcher
from lectern.worker.stage import TakesTurns
from lectern.worker.turns import ServiceLedger

MOST_KEPT = 16  # messages that a look hands back at once, the fairest first, for the next slots
MOST_LOOKED_AT = 20_000  # messages in one look
_BATCH = 500  # messages asked for at once
_COMEBACKS_PER_JOB = 64.0  # messages that come back while one job runs: more than slots that could want them
_LONGEST_GAP = 0.02  # seconds between two of them
_LONGEST_ASIDE = 120.0  # seconds until the last of them
_GRAIN = 0.25  # seconds: the server looks through all that is aside each time that something is due
_ACK_TIMEOUT = 10.0  # seconds


class _Place(msgspec.Struct, frozen=True, order=True):
    """A message's place in a look: its party's rank once the messages before it, of its owner and video, are served."""

    penalised: bool
    tag: float
    own: float
    sequence: int


class Chooser:
    """Chooses among a stage's messages; one look at a time. `turns` names an event's party.

    `on_aside` is called for each message that is put aside.
    """

    def __init__(
        self, nats_: Client, ledger: ServiceLedger, turns: TakesTurns, on_aside: Callable[[], None] = lambda: None
    ) -> None:
        self._nats = nats_
        self._ledger = ledger
        self._turns = turns
        self._on_aside = on_aside
        self._looking = asyncio.Lock()

    async def choose(self, message: Msg, fetcher: Fetcher) -> tuple[Msg, Party]:
        """The message to work on, which has begun for its party: the given one, or a fairer one of the same lane."""
        async with self._looking:
            party = self._party(message)
            if not self._ledger.is_due(party):
                message = await self._look(message, fetcher)
                party = self._party(message)
            self._ledger.begin(party)
            return message, party

    def finish(self, party: Party, seconds: float) -> None:
        """Charges a party for a job that was chosen."""
        self._ledger.finish(party, seconds)

    async def _look(self, message: Msg, fetcher: Fetcher) -> Msg:
        look = _Look(self._ledger)
        look.add(message, self._party(message))
        try:
            with contextlib.suppress(nats.errors.Error, TimeoutError, ConnectionError):
                while look.seen < MOST_LOOKED_AT:
                    batch = await fetcher.look_ahead(message, _BATCH)
                    for each in batch:
                        look.add(each, self._party(each))
                    if len(batch) < _BATCH:
                        break
        finally:
            chosen, *others = [each for _, each in look.kept]
            await self._put_aside(look)
            await self._hand_back(others)
        return chosen

    async def _put_aside(self, look: _Look) -> None:
        """Has the rest come back later, in turns: in the order they came, one owner's backlog would be back alone."""
        with contextlib.suppress(nats.errors.Error, TimeoutError):
            for reply, delay in look.plan_comebacks():
                self._on_aside()
                await self._nats.publish(reply, b'-NAK {"delay": %d}' % (delay * 1e9))

    async def _hand_back(self, messages: list[Msg]) -> None:
        """Returns once the server has them back, and all before them, so that the next look sees them."""
        with contextlib.suppress(nats.errors.Error, TimeoutError):
            for message in messages:
                await message.nak()
            if messages:  # the server works through acks in order; asking for a reply to one more waits for all
                await self._nats.request(messages[-1].reply, b"-NAK", timeout=_ACK_TIMEOUT)

    def _party(self, message: Msg) -> Party:
        try:
            return self._turns(e.decode(message.data))
        except ValueError:
            return Party()  # it cannot be read, and is soon dealt with


class _Look:
    """The fairest messages of all that are shown to it, in the order in which they would be served."""

    def __init__(self, ledger: ServiceLedger) -> None:
        self._ledger = ledger
        self._gap = min(_LONGEST_GAP, ledger.expected / _COMEBACKS_PER_JOB)
        self._before: Counter[Party] = Counter()
        self._aside: list[tuple[_Place, str]] = []  # where each is to be handed back, rather than the message
        self.kept: list[tuple[_Place, Msg]] = []
        self.seen = 0

    def add(self, message: Msg, party: Party) -> None:
        """Adds a message, and lets go of the one that is now too many: this or another."""
        self.seen += 1
        insort(self.kept, (self._find_place(message, party), message), key=lambda each: each[0])
        if len(self.kept) > MOST_KEPT + 1:
            place, surplus = self.kept.pop()
            self._aside.append((place, surplus.reply))

    def plan_comebacks(self) -> Iterator[tuple[str, float]]:
        """Where each message that is too many is handed back, and in how many seconds it is to come, fairest first."""
        for number, (_, reply) in enumerate(sorted(self._aside, key=lambda each: each[0]), start=1):
            due = min(number * self._gap, _LONGEST_ASIDE)
            yield reply, _GRAIN * (1 + due // _GRAIN)

    def _find_place(self, message: Msg, party: Party) -> _Place:
        rank, expected = self._ledger.rank(party), self._ledger.expected
        place = _Place(
            penalised=rank.penalised,
            tag=rank.tag + expected * self._before[party.sharer],
            own=rank.own + expected * (self._before[party] if party.owner else 0),
            sequence=message.metadata.sequence.stream,
        )
        self._before[party.sharer] += 1
        if party.owner:
            self._before[party] += 1
        return place
