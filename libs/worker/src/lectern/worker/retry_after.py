"""The `Retry-After` header: seconds or a date (RFC 9110 section 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_WAIT = 600.0  # seconds; a longer wait is better spent as a later delivery


def parse_retry_after(header: str | None, *, now: datetime | None = None) -> float | None:
    """Seconds to wait, 0 to 600 so that a wrong clock cannot block a job for ever; None without a usable header."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            then = parsedate_to_datetime(header)
        except ValueError:
            return None
        seconds = ((then if then.tzinfo else then.replace(tzinfo=UTC)) - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), MAX_WAIT) if seconds == seconds else None
