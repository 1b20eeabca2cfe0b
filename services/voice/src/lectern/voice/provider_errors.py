"""Failures of speech services: which are worth a retry, and the problems that users see."""

from __future__ import annotations

from typing import Literal, TypeAlias

from lectern.contracts.problems import Problem
from lectern.voice.refusals import VoiceRefused
from lectern.worker import Transient, Unavailable

FailureKind: TypeAlias = Literal["busy", "unavailable", "slow", "key", "quota", "voice", "refused", "unusable"]

_AWAY: frozenset[FailureKind] = frozenset(("busy", "unavailable", "slow"))
_RETRYABLE: frozenset[FailureKind] = _AWAY | {"unusable"}
_REPAIRABLE: frozenset[FailureKind] = frozenset(("key", "quota"))  # by whoever runs Lectern

_PROBLEMS: dict[FailureKind, tuple[str, str, str]] = {  # code, title, remedy
    "busy": (
        "provider-rate-limited",
        "The voice service's rate limit is reached",
        "Lectern retries automatically; a higher quota at the provider makes it faster.",
    ),
    "unavailable": (
        "provider-unavailable",
        "The voice service does not answer",
        "Lectern retries automatically; if it persists, check the provider's status page or choose another voice.",
    ),
    "slow": (
        "provider-unavailable",
        "The voice service is too slow",
        "Lectern retries automatically; if it persists, choose another voice.",
    ),
    "key": (
        "provider-auth",
        "The voice service does not accept the key",
        "Set a valid {key_setting}, check that the machine's clock is right, and retry the video; or choose another "
        "voice.",
    ),
    "quota": (
        "provider-quota-spent",
        "The voice service's quota is used up",
        "Raise the quota or add credit at the provider and retry the video; or choose another voice.",
    ),
    "voice": (
        "voice-unavailable",
        "The voice service does not have this voice",
        "Choose another voice; `GET /v1/voices` lists them.",
    ),
    "refused": (
        "provider-refused-request",
        "The voice service refused the text",
        "Check the scene's narration for unusual symbols or markup, edit it, or choose another voice.",
    ),
    "unusable": (
        "provider-answer-unusable",
        "The voice service returned no usable sound",
        "Retry the video; if it persists, choose another voice.",
    ),
}


class ProviderError(Exception):
    """A request that returned no usable sound. `retry_after` is in seconds, if the service named a delay."""

    def __init__(self, kind: FailureKind, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind: FailureKind = kind
        self.detail = detail
        self.retry_after = retry_after

    @property
    def retryable(self) -> bool:
        """True if the same request may succeed later."""
        return self.kind in _RETRYABLE


def to_failure(error: ProviderError, *, provider: str, key_setting: str) -> Transient | VoiceRefused:
    """The error as the worker understands it: VoiceRefused, unless a later delivery may succeed.

    `provider` is the service's name for users and `key_setting` the setting that holds its key.
    """
    code, title, remedy = _PROBLEMS[error.kind]
    problem = Problem(
        code=code,
        title=title,
        detail=f"{provider}: {error.detail}",
        remedy=remedy.format(key_setting=key_setting),
        retryable=error.retryable,
    )
    if error.kind in _AWAY:
        return Unavailable(problem.sentence(), problem=problem, retry_after=error.retry_after)
    if error.retryable:
        return Transient(problem.sentence(), problem=problem, retry_after=error.retry_after)
    return VoiceRefused(problem, whole_engine=error.kind != "voice", repairable=error.kind in _REPAIRABLE)
