"""Fair turns: who is served next when owners, and the videos of each, wait for the same few slots.

Hierarchical start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996) with equal weights: owners share the slots,
and an owner's videos share its turns. A tag is the service had, in seconds; the smallest is next. Who comes anew starts
at the virtual time, which is the tag of the job begun last, so that nobody gains by having been away and nobody pays
for it.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, NamedTuple, TypeVar

import msgspec

from lectern.contracts.parties import Party

T = TypeVar("T")

MEMORY_SECONDS = 600.0  # a party that is idle for so long starts anew; a penalty lasts as long
FIRST_GUESS = 1.0  # seconds that a job is expected to take before one has ended
_SMOOTHING = 0.2  # weight of the latest job in the expected length


class Rank(NamedTuple):
    """A party's place: the smallest is next. `tag` is its owner's, `own` its own among that owner's videos.

    Penalised parties come behind all others.
    """

    penalised: bool
    tag: float
    own: float


class _Account(msgspec.Struct):
    tag: float
    running: int = 0
    penalised_until: float = 0.0
    touched: float = 0.0


class _Level:
    """The service had by each of those who share one thing."""

    def __init__(self, memory: float, clock: Callable[[], float]) -> None:
        self.accounts: dict[Hashable, _Account] = {}  # the one touched least recently is first
        self.virtual_time = 0.0
        self._memory = memory
        self._clock = clock

    def tag(self, key: Hashable, expected: float) -> float:
        """The service had, with `expected` seconds for each job that runs."""
        account = self.accounts.get(key)
        if account is None:
            return self.virtual_time
        tag = max(account.tag, self.virtual_time) if not account.running else account.tag
        return tag + account.running * expected

    def is_penalised(self, key: Hashable) -> bool:
        account = self.accounts.get(key)
        return account is not None and account.penalised_until > self._clock()

    def begin(self, key: Hashable, *, penalised: bool) -> None:
        account = self.touch(key)
        if not account.running:
            account.tag = max(account.tag, self.virtual_time)
        if not penalised:  # whoever comes anew is not to wait behind one that others do not wait behind
            self.virtual_time = max(self.virtual_time, account.tag)
        account.running += 1

    def end(self, key: Hashable, seconds: float) -> None:
        account = self.touch(key)
        account.running = max(0, account.running - 1)
        account.tag += seconds

    def penalise(self, key: Hashable) -> None:
        self.touch(key).penalised_until = self._clock() + self._memory

    def touch(self, key: Hashable) -> _Account:
        account = self.accounts.pop(key, None) or _Account(tag=self.virtual_time)
        account.touched = self._clock()
        self.accounts[key] = account
        return account

    def forget_idle(self) -> list[Hashable]:
        """Forgets who has been idle for long; returns them."""
        forgotten = []
        for key, account in self.accounts.items():
            if account.touched + self._memory > self._clock():
                break
            if not account.running:
                forgotten.append(key)
        for key in forgotten:
            del self.accounts[key]
        return forgotten


class ServiceLedger:
    """The service each owner and each of its videos has had. `clock` returns seconds."""

    def __init__(self, *, memory: float = MEMORY_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._memory = memory
        self._clock = clock
        self._sharers = _Level(memory, clock)
        self._videos: dict[Hashable, _Level] = {}  # of each sharer
        self.expected = FIRST_GUESS  # seconds that a job takes, as the latest ones have

    def __len__(self) -> int:
        return sum(len(level.accounts) for level in self._videos.values())

    def rank(self, party: Party) -> Rank:
        """The party's place now. What runs counts as much as a job is expected to take."""
        videos = self._videos.get(party.sharer)
        tag = self._sharers.tag(party.sharer, self.expected)
        if videos is None:
            return Rank(False, tag, 0.0)
        return Rank(videos.is_penalised(party), tag, videos.tag(party, self.expected))

    def is_due(self, party: Party) -> bool:
        """True if nobody who waits could be further ahead: its owner, and it, had no more than their turns."""
        rank, videos = self.rank(party), self._videos.get(party.sharer)
        first = videos is None or not party.owner or rank.own <= videos.virtual_time
        return first and not rank.penalised and rank.tag <= self._sharers.virtual_time

    def begin(self, party: Party) -> None:
        """A job of the party begins."""
        penalised, videos = self.rank(party).penalised, self._level_of(party)
        self._sharers.begin(party.sharer, penalised=penalised)
        videos.begin(party, penalised=penalised)
        videos.forget_idle()
        for sharer in self._sharers.forget_idle():
            del self._videos[sharer]

    def finish(self, party: Party, seconds: float) -> None:
        """A job that was begun has ended after `seconds` of service."""
        self._end(party, max(0.0, seconds))
        self.expected += _SMOOTHING * (max(0.0, seconds) - self.expected)

    def withdraw(self, party: Party) -> None:
        """A job that was begun is not run after all."""
        self._end(party, 0.0)

    def penalise(self, party: Party) -> None:
        """Puts a video behind all others for a while: its last job had to be killed."""
        self._sharers.touch(party.sharer)
        self._level_of(party).penalise(party)

    def _end(self, party: Party, seconds: float) -> None:
        self._sharers.end(party.sharer, seconds)
        self._level_of(party).end(party, seconds)

    def _level_of(self, party: Party) -> _Level:
        return self._videos.setdefault(party.sharer, _Level(self._memory, self._clock))


class WaitingList(Generic[T]):
    """Jobs that wait for a turn. At most `capacity` of them: who has most waiting gives way first."""

    def __init__(self, ledger: ServiceLedger, *, capacity: int) -> None:
        self._ledger = ledger
        self._capacity = capacity
        self._waiting: dict[Party, deque[T]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def __iter__(self) -> Iterator[T]:
        for jobs in self._waiting.values():
            yield from jobs

    def add(self, party: Party, job: T) -> T | None:
        """Adds a job behind the party's others. Returns the one that had to give way when the list was full.

        That is the newest job of the owner, and of its video, with most of them, which may be this very one.
        """
        self._waiting.setdefault(party, deque()).append(job)
        if len(self) <= self._capacity:
            return None
        held: Counter[Party] = Counter()
        for each, jobs in self._waiting.items():
            held[each.sharer] += len(jobs)

        def count(each: Party) -> tuple[int, bool, int, bool]:
            return held[each.sharer], each.sharer == party.sharer, len(self._waiting[each]), each == party

        longest = max(self._waiting, key=count)
        dropped = self._waiting[longest].pop()
        self._drop_if_empty(longest)
        return dropped

    def pick(self) -> tuple[Party, T] | None:
        """The party whose turn it is and its oldest job, which has begun; None when nobody waits."""
        if not self._waiting:
            return None
        party = min(self._waiting, key=self._ledger.rank)
        job = self._waiting[party].popleft()
        self._drop_if_empty(party)
        self._ledger.begin(party)
        return party, job

    def remove(self, party: Party, job: T) -> bool:
        """Takes a job off the list; False when it is not on it."""
        try:
            self._waiting[party].remove(job)
        except (KeyError, ValueError):
            return False
        self._drop_if_empty(party)
        return True

    def _drop_if_empty(self, party: Party) -> None:
        if not self._waiting[party]:
            del self._waiting[party]
