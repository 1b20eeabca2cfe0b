"""Slots of one process that parties share in fair turns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lectern.contracts.parties import Party
from lectern.tracing import record_span
from lectern.worker.turns import ServiceLedger, WaitingList

MOST_WAITING = 1000


class TooManyWaiting(Exception):
    """The waiting list is full, and this party has most on it."""


class FairSlots:
    """`slots` jobs at once, each party in its turn; a turn is paid for with the time that it takes.

    Several may share a `ledger`, so that service had in one place counts in the other.
    """

    def __init__(
        self,
        slots: int,
        *,
        ledger: ServiceLedger | None = None,
        most_waiting: int = MOST_WAITING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ledger = ledger or ServiceLedger(clock=clock)
        self._free = slots
        self._clock = clock
        self._waiting: WaitingList[asyncio.Future[None]] = WaitingList(self.ledger, capacity=most_waiting)

    @property
    def waiting(self) -> int:
        """How many jobs wait for a slot."""
        return len(self._waiting)

    @asynccontextmanager
    async def turn(self, party: Party) -> AsyncIterator[None]:
        """A slot, once it is the party's turn. Who is cancelled while waiting leaves the list.

        Raises TooManyWaiting.
        """
        with record_span("wait for a slot"):
            await self._take(party)
        started = self._clock()
        try:
            yield
        finally:
            self.ledger.finish(party, self._clock() - started)
            self._free += 1
            self._wake()

    async def _take(self, party: Party) -> None:
        granted = asyncio.get_running_loop().create_future()
        dropped = self._waiting.add(party, granted)
        if dropped is not None and not dropped.done():
            dropped.set_exception(TooManyWaiting(party))
        self._wake()
        try:
            await granted
        except asyncio.CancelledError:
            if not self._waiting.remove(party, granted) and _is_granted(granted):
                self.ledger.withdraw(party)
                self._free += 1
                self._wake()
            raise

    def _wake(self) -> None:
        while self._free and (picked := self._waiting.pick()):
            party, granted = picked
            if granted.done():  # cancelled, and its task has not run since
                self.ledger.withdraw(party)
            else:
                self._free -= 1
                granted.set_result(None)


def _is_granted(granted: asyncio.Future[None]) -> bool:
    return granted.done() and not granted.cancelled() and granted.exception() is None
