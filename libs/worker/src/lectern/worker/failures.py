"""Exceptions that end a handler: retry later, or never.

Exception
├── Transient        this attempt failed: the event is delivered again after a delay, up to the attempt limit
│   ├── Missing      an object is not in the store (yet)
│   └── Unavailable  what the work needs cannot be had now: it waits, and no attempt is used up
│       └── NoReply  no service answered a request
└── ProblemError     (lectern.contracts.problems)
    └── Permanent    trying again cannot help: the scene or video fails
"""

from __future__ import annotations

import random

from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.usage import Usage

RETRY_DELAYS = (1.0, 5.0, 20.0, 60.0)  # seconds before attempts 2, 3, 4, 5
WAIT_DELAYS = (2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0)  # seconds before the next look whether it is there again
_WAIT = "Nothing to do: the work goes on by itself once it is there again."
_START_IT = "Start the service that answers them, unless it is just starting; the work then goes on by itself."
PATIENCE = 86_400.0  # seconds: whatever is away for a day needs a person
MOST_RUNS_CUT_SHORT = 4  # each may have held a slot for as long as a run may take


class Transient(Exception):
    """An attempt failed, and the next may succeed. The event is delivered again after a delay, up to the attempt limit.

    `retry_after` (seconds) makes the delay at least as long. `problem` is what the user sees if there is no further
    attempt. `spent` is what was paid; it is added to what the work reports in the end.
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


class Unavailable(Transient):
    """What the work needs (store, log, provider, disk, another service) cannot be had now, which is not its fault.

    The work waits without using up an attempt, and says why: `problem`, else one with `code` made of `message`, which
    is a clause such as "the object store cannot be reached". `remedy` is for what does not come back by itself.

    `begun`: code of a stranger's had run by then, and may have brought this about, to be tried again and again. So that
    is done a few times only.
    """

    problem: Problem

    def __init__(
        self,
        message: str = "",
        *,
        code: str = "unavailable",
        remedy: str = _WAIT,
        problem: Problem | None = None,
        spent: tuple[Usage, ...] = (),
        retry_after: float | None = None,
        begun: bool = False,
    ) -> None:
        problem = problem or Problem(
            code=code,
            title="Something that the work needs is unavailable",
            detail=f"{message[:1].upper()}{message[1:]}.",
            remedy=remedy,
            retryable=True,
        )
        super().__init__(message, problem=problem, spent=spent, retry_after=retry_after)
        self.begun = begun


class NoReply(Unavailable):
    """No usable reply came to a request. `absent` when no service answers such requests at all."""

    def __init__(self, subject: str, *, absent: bool = False) -> None:
        message = f"no service answers {subject!r} requests" if absent else f"no usable reply came to {subject!r}"
        remedy = _START_IT if absent else _WAIT
        super().__init__(message, code="service-unavailable", remedy=remedy)
        self.absent = absent


class Permanent(ProblemError):
    """Trying again cannot help. The scene or video fails with the Problem; `spent` is what the attempts cost.

    `repairable` (else: if the problem says that a retry may help) keeps the message as a dead letter. The others are
    answers to what a user wrote, which no operator could retry or repair.
    """

    def __init__(self, problem: Problem, *, spent: tuple[Usage, ...] = (), repairable: bool | None = None) -> None:
        super().__init__(problem)
        self.spent = spent
        self.repairable = problem.retryable if repairable is None else repairable


def retry_delay(attempt: int, error: BaseException, delays: tuple[float, ...] = RETRY_DELAYS) -> float:
    """Seconds to wait after attempt `attempt` (from 1) failed, with up to 20 % jitter so that retries spread out.

    Never less than the error's `retry_after`.
    """
    scheduled = delays[min(attempt, len(delays)) - 1]
    requested = error.retry_after or 0.0 if isinstance(error, Transient) else 0.0
    return max(scheduled, requested) * random.uniform(1.0, 1.2)
