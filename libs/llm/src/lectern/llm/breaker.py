"""A circuit breaker for each model: after several failures in a row it is left alone for a while, then tried once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

FAILURES = 5  # in a row
REST = 30.0  # seconds


@dataclass
class Breaker:
    """Counts failures of one model. `clock` gives seconds."""

    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    opened: float | None = None
    _trying: bool = field(default=False)

    def allows(self) -> bool:
        """Whether to ask the model now. When it has rested, one request is let through to find out."""
        if self.opened is None:
            return True
        if self.clock() - self.opened < REST or self._trying:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        """The model answered."""
        self.failures, self.opened, self._trying = 0, None, False

    def failed(self) -> None:
        """The model did not answer."""
        self.failures += 1
        self._trying = False
        if self.failures >= FAILURES:
            self.opened = self.clock()
