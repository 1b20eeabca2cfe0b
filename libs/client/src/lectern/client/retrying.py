"""When a request is sent again, and after how long a pause."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec

from lectern.client.calls import Call

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_REFUSED_UNSEEN = frozenset({429})  # nothing was done
_PASSING = frozenset({502, 503, 504})
_IN_PROGRESS = "idempotency-in-progress"


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How often and how patiently. Who asks for a longer pause than `longest_pause` seconds is not waited for."""

    attempts: int = 5
    first_pause: float = 0.5
    longest_pause: float = 30.0


def choose_pause(
    policy: RetryPolicy,
    call: Call[Any],
    attempt: int,
    outcome: httpx.Response | httpx.TransportError,
    draw: Callable[[], float] = random.random,
) -> float | None:
    """Seconds to wait before the next attempt; None when there should be none. Attempts are counted from 1.

    The pause doubles each time, less a random part of up to a half, so that clients spread.
    """
    if attempt >= policy.attempts or not _may_repeat(call, outcome):
        return None
    pause: float = min(policy.first_pause * 2 ** (attempt - 1), policy.longest_pause) * (1 - draw() / 2)
    if isinstance(outcome, httpx.Response):
        asked = read_retry_after(outcome) or 0.0
        if asked > policy.longest_pause:
            return None
        pause = max(pause, asked)
    return pause


def read_retry_after(response: httpx.Response, now: datetime | None = None) -> float | None:
    """Seconds of a Retry-After header (RFC 9110 section 10.2.3): a number, or a date."""
    value = response.headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isdecimal():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max((at - (now or datetime.now(UTC))).total_seconds(), 0.0)


def _may_repeat(call: Call[Any], outcome: httpx.Response | httpx.TransportError) -> bool:
    if isinstance(outcome, httpx.UnsupportedProtocol):
        return False
    if isinstance(outcome, httpx.TransportError):
        return call.repetition != "unsafe" or isinstance(outcome, _NEVER_SENT)
    if outcome.status_code in _REFUSED_UNSEEN:
        return True
    if outcome.status_code in _PASSING:
        return call.repetition != "unsafe"
    return outcome.status_code == httpx.codes.CONFLICT and _IN_PROGRESS in outcome.text
