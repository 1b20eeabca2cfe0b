"""Fair turns: who is served next when several parties (videos, owners) wait for the same few slots.

Start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996) with equal weights. A party's tag is the service that it
has had, in seconds; the party with the smallest tag is next. A party that comes anew starts at the virtual time, which
is the tag of the job begun last, so that nobody gains by having been away and nobody pays for it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")

MEMORY_SECONDS = 600.0  # a party that is idle for so long starts anew; a penalty lasts as long
FIRST_GUESS = 1.0  # seconds that a job is expected to take before one has ended
_SMOOTHING = 0.2  # weight of the latest job in the expected length


class Rank(msgspec.Struct, frozen=True, order=True):
    """A party's place: the smallest is next. Penalised parties come behind all others."""

    penalised: bool
    tag: float


class _Account(msgspec.Struct):
    tag: float
    running: int = 0
    penalised_until: float = 0.0
    touched: float = 0.0


class ServiceLedger:
    """The service each party has had. `clock` returns seconds."""

    def __init__(self, *, memory: float = MEMORY_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._memory = memory
        self._clock = clock
        self._accounts: dict[str, _Account] = {}  # the one touched least recently is first
        self._virtual_time = 0.0
        self._expected = FIRST_GUESS

    def __len__(self) -> int:
        return len(self._accounts)

    def rank(self, party: str) -> Rank:
        """The party's place now. What runs for it counts as much as a job is expected to take."""
        account = self._accounts.get(party)
        if account is None:
            return Rank(False, self._virtual_time)
        tag = max(account.tag, self._virtual_time) if not account.running else account.tag
        return Rank(account.penalised_until > self._clock(), tag + account.running * self._expected)

    def is_due(self, party: str) -> bool:
        """True if nobody who waits could be further ahead: the party has had no more than its turn."""
        rank = self.rank(party)
        return not rank.penalised and rank.tag <= self._virtual_time

    def begin(self, party: str) -> None:
        """A job of the party begins."""
        rank, account = self.rank(party), self._touch(party)
        if not account.running:
            account.tag = rank.tag
        if not rank.penalised:  # whoever comes anew is not to wait behind one that others do not wait behind
            self._virtual_time = max(self._virtual_time, account.tag)
        account.running += 1
        self._forget_idle()

    def finish(self, party: str, seconds: float) -> None:
        """A job that was begun has ended after `seconds` of service."""
        account = self._touch(party)
        account.running = max(0, account.running - 1)
        account.tag += max(0.0, seconds)
        self._expected += _SMOOTHING * (max(0.0, seconds) - self._expected)

    def withdraw(self, party: str) -> None:
        """A job that was begun is not run after all."""
        account = self._touch(party)
        account.running = max(0, account.running - 1)

    def penalise(self, party: str) -> None:
        """Puts a party behind all others for a while: its last job had to be killed."""
        self._touch(party).penalised_until = self._clock() + self._memory

    def _touch(self, party: str) -> _Account:
        account = self._accounts.pop(party, None) or _Account(tag=self._virtual_time)
        account.touched = self._clock()
        self._accounts[party] = account
        return account

    def _forget_idle(self) -> None:
        forgotten = []
        for party, account in self._accounts.items():
            if account.touched + self._memory > self._clock():
                break
            if not account.running:
                forgotten.append(party)
        for party in forgotten:
            del self._accounts[party]


class WaitingList(Generic[T]):
    """Jobs that wait for a turn. At most `capacity` of them: who has most waiting gives way first."""

    def __init__(self, ledger: ServiceLedger, *, capacity: int) -> None:
        self._ledger = ledger
        self._capacity = capacity
        self._waiting: dict[str, deque[T]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def __iter__(self) -> Iterator[T]:
        for jobs in self._waiting.values():
            yield from jobs

    def add(self, party: str, job: T) -> T | None:
        """Adds a job behind the party's others. Returns the one that had to give way when the list was full.

        That is the newest job of the party with most of them, which may be this very one.
        """
        self._waiting.setdefault(party, deque()).append(job)
        if len(self) <= self._capacity:
            return None
        longest = max(self._waiting, key=lambda each: (len(self._waiting[each]), each == party))
        dropped = self._waiting[longest].pop()
        self._drop_if_empty(longest)
        return dropped

    def pick(self) -> tuple[str, T] | None:
        """The party whose turn it is and its oldest job, which has begun; None when nobody waits."""
        if not self._waiting:
            return None
        party = min(self._waiting, key=self._ledger.rank)
        job = self._waiting[party].popleft()
        self._drop_if_empty(party)
        self._ledger.begin(party)
        return party, job

    def remove(self, party: str, job: T) -> bool:
        """Takes a job off the list; False when it is not on it."""
        try:
            self._waiting[party].remove(job)
        except (KeyError, ValueError):
            return False
        self._drop_if_empty(party)
        return True

    def _drop_if_empty(self, party: str) -> None:
        if not self._waiting[party]:
            del self._waiting[party]
