"""Exceptions that end a handler: retry later, or never.

Exception
├── Transient        something is unavailable: the event is delivered again after a delay
│   ├── Missing      an object is not in the store (yet)
│   └── NoReply      no service answered a request
└── ProblemError     (lectern.contracts.problems)
    └── Permanent    trying again cannot help: the scene or video fails
"""

from __future__ import annotations

import random

from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.usage import Usage

RETRY_DELAYS = (1.0, 5.0, 20.0, 60.0)  # seconds before deliveries 2, 3, 4, 5: a restart, an outage, a quota window


class Transient(Exception):
    """Something is unavailable or busy. The event is delivered again after a delay, up to the attempt limit.

    `retry_after` (seconds) makes the delay at least as long. `problem` is what the user sees, and `spent` what was
    paid, if there is no further attempt.
    """

    def __init__(
        self,
        message: str = "",
        *,
        problem: Problem | None = None,
        spent: tuple[Usage, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message or (problem.sentence() if problem else ""))
        self.problem = problem
        self.spent = spent
        self.retry_after = retry_after


class Missing(Transient):
    """An object that an event names is not in the store. Raised by reads; transient because stores settle late."""


class NoReply(Transient):
    """No usable reply came to a request. `absent` when no service answers such requests at all."""

    def __init__(self, subject: str, *, absent: bool = False) -> None:
        super().__init__(f"no service answers {subject!r} requests" if absent else f"no usable reply to {subject!r}")
        self.absent = absent


class Permanent(ProblemError):
    """Trying again cannot help. The scene or video fails with the Problem; `spent` is what the attempts cost."""

    def __init__(self, problem: Problem, *, spent: tuple[Usage, ...] = ()) -> None:
        super().__init__(problem)
        self.spent = spent


def retry_delay(attempt: int, error: BaseException, delays: tuple[float, ...] = RETRY_DELAYS) -> float:
    """Seconds to wait after attempt `attempt` (from 1) failed, with up to 20 % jitter so that retries spread out.

    Never less than the error's `retry_after`.
    """
    scheduled = delays[min(attempt, len(delays)) - 1]
    requested = error.retry_after or 0.0 if isinstance(error, Transient) else 0.0
    return max(scheduled, requested) * random.uniform(1.0, 1.2)
