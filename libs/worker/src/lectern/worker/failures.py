"""How a handler says that it cannot go on: try again later, or never."""

from __future__ import annotations

import random

from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.usage import Usage

RETRY_DELAYS = (1.0, 5.0, 20.0, 60.0)  # seconds before deliveries 2, 3, 4, 5: a restart, an outage, a quota window


class Transient(Exception):
    """Something is away or busy. The message comes back after a delay, up to the attempt limit.

    `retry_after` (seconds) makes the delay at least as long. `problem` is what the user is told, and `spent` what was
    paid, should there be no further attempt.
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


class Permanent(ProblemError):
    """Trying again cannot help. The scene or video fails with the Problem; `spent` is what the attempts cost."""

    def __init__(self, problem: Problem, *, spent: tuple[Usage, ...] = ()) -> None:
        super().__init__(problem)
        self.spent = spent


class Missing(Transient):
    """An object that an event names is not in the store. Raised by reads; transient because stores settle late."""


def retry_delay(attempt: int, error: BaseException | None = None) -> float:
    """Seconds to wait after delivery `attempt` (from 1) failed, with up to 20 % jitter so that retries spread out.

    Never less than the error's `retry_after`.
    """
    base = RETRY_DELAYS[min(attempt, len(RETRY_DELAYS)) - 1]
    asked = error.retry_after or 0.0 if isinstance(error, Transient) else 0.0
    return max(base, asked) * random.uniform(1.0, 1.2)
