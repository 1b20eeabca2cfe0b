"""What was done when, printed as it happens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec


class StrikeRecord(msgspec.Struct, kw_only=True):
    """A fault that struck: from when to when, in seconds of this machine's monotonic clock, and what it did.

    `losing` are the services whose unstored answers it may have cost.
    """

    fault: str
    losing: frozenset[str]
    began: float
    ended: float = 0.0
    did: str = ""


class Journal:
    """The strikes of a run, in the order in which they began."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.start = time.monotonic()
        self.began = time.time()  # the same moment
        self.strikes: list[StrikeRecord] = []
        self._quiet = quiet

    @contextmanager
    def striking(self, fault: str, losing: frozenset[str]) -> Iterator[StrikeRecord]:
        """Records a strike while the context lasts."""
        record = StrikeRecord(fault=fault, losing=losing, began=time.monotonic())
        self.strikes.append(record)
        try:
            yield record
        finally:
            record.ended = time.monotonic()
            self.say(f"{fault}: {record.did} ({record.ended - record.began:.1f} s)")

    def now(self) -> float:
        """The seconds since the start."""
        return time.monotonic() - self.start

    def tell_strikes(self) -> list[StrikeRecord]:
        """The strikes, in seconds since the start."""
        return [
            msgspec.structs.replace(
                each, began=round(each.began - self.start, 2), ended=round(each.ended - self.start, 2)
            )
            for each in self.strikes
        ]

    def say(self, text: str) -> None:
        """Prints a line with the seconds since the start."""
        if not self._quiet:
            print(f"{self.now():7.1f} s  {text}", flush=True)

    def count_losses(self, service: str, since: float, until: float) -> int:
        """How many strikes that may cost a service its unstored answers overlapped a span of time."""
        return sum(
            service in each.losing and each.began < until and (each.ended or until) > since for each in self.strikes
        )
