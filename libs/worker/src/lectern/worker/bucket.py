"""The store's bucket and its rules, for whoever sets a store up: what asks S3 is loaded only then."""

from __future__ import annotations

import datetime

import msgspec

from lectern.worker.named_entries import FindNamed
from lectern.worker.settings import Settings


class RuleReport(msgspec.Struct, frozen=True, kw_only=True):
    """A line for each rule that differs, or was changed; `refusal` says why the store has none of them."""

    lines: list[str] = []
    refusal: str = ""


async def find_bucket(settings: Settings, *, make: bool) -> bool:
    """True if the store has the bucket of the settings; with `make` it is made when it is missing, and False returned.

    Raises Unavailable when the store is, or does not let us make one.
    """
    from lectern.worker import s3_bucket

    return await s3_bucket.find_bucket(settings, make=make)


async def apply_rules(settings: Settings, *, change: bool) -> RuleReport:
    """Compares the bucket's rules with those declared; with `change` they are set. Rules of others stay as they are.

    A store that has no such rules, or keys that may not see or set them, are reported as a refusal. Raises Unavailable
    when the store is.
    """
    from lectern.worker import s3_bucket

    return await s3_bucket.apply_rules(settings, change=change)


async def delete_expired(settings: Settings, now: datetime.datetime, find_named: FindNamed | None = None) -> int:
    """Deletes what the declared rules say, for a store that enforces none; returns how many objects.

    With `find_named` (`find_named_entries` of a log) what videos share stays while an event names it, and goes when
    none does and it was not used for eight days. Raises Unavailable when the store is, and what `find_named` raises.
    """
    from lectern.worker import s3_sweeping

    return await s3_sweeping.delete_expired(settings, now, find_named)
