"""A circuit breaker for each model: after several failures in a row it stops requests for a while."""

from __future__ import annotations

import time
from collections.abc import Callable

MAX_FAILURES = 5  # in a row
OPEN_SECONDS = 30.0


class CircuitBreaker:
    """Counts one model's failures in a row. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None

    @property
    def is_open(self) -> bool:
        """True from the last failure that was allowed until a request succeeds."""
        return self._opened_at is not None

    def admit(self) -> bool:
        """Admits a request unless the circuit is open; an open one admits a probe every `OPEN_SECONDS`."""
        if self._opened_at is None:
            return True
        if self._clock() - self._opened_at < OPEN_SECONDS:
            return False
        self._opened_at = self._clock()
        return True

    def record_success(self) -> None:
        """Closes the circuit."""
        self._failures, self._opened_at = 0, None

    def record_failure(self) -> None:
        """Counts a failure, and opens the circuit when there were too many in a row."""
        self._failures += 1
        if self._failures >= MAX_FAILURES:
            self._opened_at = self._clock()
