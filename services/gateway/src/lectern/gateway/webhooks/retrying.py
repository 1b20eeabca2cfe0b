"""What follows from a target's reply: done, again later, or given up."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import msgspec

from lectern.gateway.webhooks.endpoints import WebhookEndpoint
from lectern.gateway.webhooks.sending import Reply
from lectern.worker import parse_retry_after

# Seconds before each attempt, counted from the one before it: the table of the Standard Webhooks specification.
DELAYS = (0.0, 5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
JITTER = 0.2  # of a delay, at most, is added, so that what failed together is not tried again together
DISABLED_AFTER = timedelta(days=3)  # of nothing but failures; the attempts of one delivery take a little longer
GONE, THROTTLED = 410, (429, 503)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What follows: delivered, given up, or another attempt at `due`. `pause_until` holds for the whole endpoint."""

    delivered: bool = False
    error: str = ""
    due: datetime | None = None
    pause_until: datetime | None = None


def judge(reply: Reply, tries: int, now: datetime) -> Verdict:
    """Judge the reply to attempt number `tries` (from 1)."""
    status = reply.status
    if status is not None and 200 <= status < 300:
        return Verdict(delivered=True)
    error = _describe(reply)
    if status == GONE or tries >= len(DELAYS):
        return Verdict(error=error)
    wait = DELAYS[tries] * (1 + random.uniform(0, JITTER))
    asked = parse_retry_after(reply.retry_after) if status in THROTTLED else None
    return Verdict(
        error=error,
        due=now + timedelta(seconds=max(wait, asked or 0.0)),
        pause_until=now + timedelta(seconds=asked) if asked else None,
    )


def _describe(reply: Reply) -> str:
    if reply.status is None:
        return reply.error
    if 300 <= reply.status < 400:
        return f"it redirected ({reply.status}); redirects are not followed, so change the endpoint's URL"
    return f"it responded with status {reply.status}"


def note_reply(endpoint: WebhookEndpoint, reply: Reply, verdict: Verdict, now: datetime) -> WebhookEndpoint:
    """The endpoint after a reply: the same one where nothing is to be remembered."""
    replace = msgspec.structs.replace
    if verdict.delivered:
        return replace(endpoint, failing_since=None) if endpoint.failing_since else endpoint
    if not endpoint.enabled:
        return endpoint
    since = endpoint.failing_since or now
    if reply.status == GONE:
        return replace(endpoint, enabled=False, note="It responded with 410 (Gone).", failing_since=since)
    if verdict.due is None and now - since >= DISABLED_AFTER:
        note = f"Nothing could be delivered since {since:%Y-%m-%d %H:%M} UTC; the last time {verdict.error}."
        return replace(endpoint, enabled=False, note=note, failing_since=since)
    paused = max(filter(None, (verdict.pause_until, endpoint.paused_until)), default=None)
    return replace(endpoint, failing_since=since, paused_until=paused)
