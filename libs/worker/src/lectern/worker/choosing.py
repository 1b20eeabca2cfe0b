"""Whose message a slot works on next: the party's that has been served least, of those near the head of the queue.

The server hands messages out in the order in which they came, so a video with many scenes would hold everybody up.
When a message comes for a party that has had its turn, we look at those behind it, take the fairest and hand the others
back at once. Nothing but their number of deliveries shows it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from lectern.contracts import events as e
from lectern.worker.fetching import Fetcher
from lectern.worker.stage import TakesTurns
from lectern.worker.turns import ServiceLedger

MOST_LOOKED_AT = 64
_STEP_ASIDE = 2.0  # seconds that a party's surplus steps aside, so that the look reaches further
_STAYING = 2  # messages of each party that do not
_ACK_TIMEOUT = 2.0  # seconds


class Chooser:
    """Chooses among a stage's messages; one look at a time. `turns` names an event's party."""

    def __init__(self, nats_: Client, ledger: ServiceLedger, turns: TakesTurns) -> None:
        self._nats = nats_
        self._ledger = ledger
        self._turns = turns
        self._looking = asyncio.Lock()

    async def choose(self, message: Msg, fetcher: Fetcher) -> tuple[Msg, str]:
        """The message to work on, which has begun for its party: the given one, or a fairer one of the same lane."""
        async with self._looking:
            party = self._party(message)
            if not self._ledger.is_due(party):
                message = await self._look_ahead(message, fetcher)
                party = self._party(message)
            self._ledger.begin(party)
            return message, party

    def finish(self, party: str, seconds: float) -> None:
        """Charges a party for a job that was chosen."""
        self._ledger.finish(party, seconds)

    async def _look_ahead(self, message: Msg, fetcher: Fetcher) -> Msg:
        try:
            others = await fetcher.look_ahead(message, MOST_LOOKED_AT)
        except (nats.errors.Error, TimeoutError, ConnectionError):
            return message  # whatever came all the same is delivered again after its ack wait
        found = [message, *others]
        chosen = min(found, key=lambda each: (self._ledger.rank(self._party(each)), each.metadata.sequence.stream))
        await self._hand_back([each for each in found if each is not chosen], full=len(others) == MOST_LOOKED_AT)
        return chosen

    async def _hand_back(self, messages: list[Msg], *, full: bool) -> None:
        """Returns once the server has them back, so that the next look sees them."""
        seen: Counter[str] = Counter()
        with contextlib.suppress(nats.errors.Error, TimeoutError):
            for message in messages:
                seen[self._party(message)] += 1
                aside = full and seen[self._party(message)] > _STAYING
                await message.nak(delay=_STEP_ASIDE if aside else None)
            if messages:  # the server works through acks in order; asking for a reply to one more waits for all
                await self._nats.request(messages[-1].reply, b"-NAK", timeout=_ACK_TIMEOUT)

    def _party(self, message: Msg) -> str:
        try:
            return self._turns(e.decode(message.data))
        except ValueError:
            return ""  # it cannot be read, and is soon dealt with
