"""Asking a voice service over the network: what may go wrong, what is tried again, and what the user is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Literal, TypeAlias, TypeVar

import tenacity

from lectern.contracts.problems import Problem
from lectern.worker import Permanent, Transient

T = TypeVar("T")
Trouble: TypeAlias = Literal["busy", "away", "slow", "key", "quota", "voice", "refused", "unusable"]

TRIES = 4  # of one request, before the scene goes back to the queue
DELAY, LONGEST_DELAY = 0.5, 8.0  # seconds; doubled each time where the service names no delay
PATIENCE = 20.0  # seconds: a service that asks for a longer wait gets it from the queue, which holds no slot meanwhile

_PASSING: frozenset[Trouble] = frozenset(("busy", "away", "slow", "unusable"))

_TOLD: dict[Trouble, tuple[str, str, str]] = {
    "busy": (
        "provider-rate-limited",
        "The voice service is over its rate",
        "It is tried again by itself; a higher quota at the provider makes it faster.",
    ),
    "away": (
        "provider-unavailable",
        "The voice service does not answer",
        "It is tried again by itself; look at the provider's status page if it persists, or choose another voice.",
    ),
    "slow": (
        "provider-unavailable",
        "The voice service is too slow",
        "It is tried again by itself; choose another voice if it persists.",
    ),
    "key": (
        "provider-auth",
        "The voice service does not accept the key",
        "Set a valid {setting}, see that the machine's clock is right, and retry the video; or choose another voice.",
    ),
    "quota": (
        "provider-quota-spent",
        "The voice service's quota is spent",
        "Raise the quota or add credit at the provider and retry the video; or choose another voice.",
    ),
    "voice": (
        "voice-unavailable",
        "The voice service has no such voice",
        "Choose another voice; `GET /v1/voices` lists them.",
    ),
    "refused": (
        "provider-refused-request",
        "The voice service refused the text",
        "Look at the scene's narration for what it may stumble over, edit it, or choose another voice.",
    ),
    "unusable": (
        "provider-answer-unusable",
        "The voice service sent no usable sound",
        "Retry the video; choose another voice if it persists.",
    ),
}


class ProviderError(Exception):
    """A request that gave no usable sound. `retry_after` is in seconds, where the service said."""

    def __init__(self, trouble: Trouble, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(f"{trouble}: {detail}")
        self.trouble: Trouble = trouble
        self.detail = detail
        self.retry_after = retry_after


async def asked(request: Callable[[], Awaitable[T]], *, service: str, setting: str) -> T:
    """The request's answer, tried again while that is likely to help.

    `service` names the provider to the user and `setting` where its key is set. Raises Transient where a later delivery
    may succeed, Permanent where it cannot; neither quotes the request, which may hold a key.
    """
    retrying = tenacity.AsyncRetrying(
        retry=tenacity.retry_if_exception(_worth_waiting),
        stop=tenacity.stop_after_attempt(TRIES),
        wait=_wait,
        reraise=True,
    )
    try:
        return await retrying(request)
    except ProviderError as error:
        code, title, remedy = _TOLD[error.trouble]
        detail = f"{service}: {error.detail}"
        problem = Problem(
            code=code,
            title=title,
            detail=detail,
            remedy=remedy.format(setting=setting),
            retryable=error.trouble in _PASSING,
        )
        if error.trouble in _PASSING:
            raise Transient(problem.sentence(), problem=problem, retry_after=error.retry_after) from error
        raise Permanent(problem) from error


def _worth_waiting(error: BaseException) -> bool:
    return isinstance(error, ProviderError) and error.trouble in _PASSING and (error.retry_after or 0.0) <= PATIENCE


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, ProviderError) and error.retry_after is not None:
        return error.retry_after
    return float(tenacity.wait_random_exponential(multiplier=DELAY, max=LONGEST_DELAY, min=DELAY / 2)(state))


async def together(work: Iterable[Awaitable[T]]) -> list[T]:
    """The results of all, in order. The first failure cancels the others: nothing more is paid for in vain."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
