"""Reading `Retry-After`, which is seconds or a date (RFC 9110 section 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 600.0  # seconds; past that a job had better be told to come back


def seconds_until(header: str | None, *, now: datetime | None = None) -> float | None:
    """Seconds to wait, 0 to 600 so that a wrong clock on either side cannot park us; None if unsaid."""
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
    return min(max(seconds, 0.0), LONGEST) if seconds == seconds else None
