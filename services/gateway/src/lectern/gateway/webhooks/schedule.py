"""When which delivery is due, and whose turn it is: endpoints take turns, within limits for each and for each owner."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import msgspec


class DispatchLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Attempts at once: to an endpoint, for an owner, and of this process."""

    endpoint: int = 4
    owner: int = 16
    total: int = 256


class DueDelivery(NamedTuple):
    """A delivery of which an attempt may begin, as of a revision."""

    endpoint: str
    delivery: str
    revision: int


class DispatchSchedule:
    """What waits and what runs. Times are those of the monotonic clock, in seconds.

    `find_owner` names an endpoint's owner; an unknown one's deliveries are their own.
    """

    def __init__(self, limits: DispatchLimits, find_owner: Callable[[str], str]) -> None:
        self._limits = limits
        self._find_owner = find_owner
        self._waiting: dict[str, list[tuple[float, str, int]]] = {}  # by endpoint: a heap
        self._revisions: dict[tuple[str, str], int] = {}
        self._running: Counter[str] = Counter()
        self._owners: Counter[str] = Counter()

    def add(self, endpoint: str, delivery: str, revision: int, at: float) -> None:
        """Expect an attempt at a time, in place of what was expected of an older revision."""
        self._revisions[endpoint, delivery] = revision
        heapq.heappush(self._waiting.setdefault(endpoint, []), (at, delivery, revision))

    def drop(self, endpoint: str, delivery: str) -> None:
        """Expect nothing of a delivery any more."""
        self._revisions.pop((endpoint, delivery), None)

    def take(self, now: float) -> tuple[DueDelivery, str] | None:
        """The next delivery that is due and within the limits, with its owner; `finish` it. None: nothing now."""
        if self._running.total() >= self._limits.total:
            return None
        for endpoint in list(self._waiting):
            heap = self._waiting[endpoint]
            while heap and self._revisions.get((endpoint, heap[0][1])) != heap[0][2]:
                heapq.heappop(heap)  # a newer revision waits elsewhere in the heap
            if not heap:
                del self._waiting[endpoint]
                continue
            owner = self._find_owner(endpoint)
            free = self._running[endpoint] < self._limits.endpoint and self._owners[owner] < self._limits.owner
            if heap[0][0] <= now and free:
                _, delivery, revision = heapq.heappop(heap)
                self._waiting[endpoint] = self._waiting.pop(endpoint)  # its turn comes again after all others'
                self._running[endpoint] += 1
                self._owners[owner] += 1
                return DueDelivery(endpoint, delivery, revision), owner
        return None

    def finish(self, due: DueDelivery, owner: str) -> None:
        """An attempt has ended."""
        for running, name in ((self._running, due.endpoint), (self._owners, owner)):
            running[name] -= 1
            if not running[name]:
                del running[name]

    def measure_backlog(self, now: float) -> tuple[int, float]:
        """How many deliveries wait or run, and how long the oldest that is due has waited."""
        due = (
            at
            for endpoint, heap in self._waiting.items()
            for at, delivery, revision in heap
            if self._revisions.get((endpoint, delivery)) == revision
        )
        return len(self._revisions), max(0.0, now - min(due, default=now))

    def find_next(self, now: float) -> float | None:
        """When the next delivery becomes due. What is due already waits for an attempt to end, not for a time."""
        return min((heap[0][0] for heap in self._waiting.values() if heap and heap[0][0] > now), default=None)
