"""What expires on one machine: its store is swept once a day, as it enforces no rules that could be relied upon.

SeaweedFS looks at a bucket's rules once in a day of running, which a laptop may never reach.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable

import structlog

from lectern.contracts.topology import DAY
from lectern.worker import LOG_OUTAGES, FindNamed, Settings, Unavailable, delete_expired

FIRST_SECONDS = 30.0  # after the start, which has enough to do; most runs last longer


def read_clock() -> datetime.datetime:
    """The time in UTC."""
    return datetime.datetime.now(datetime.UTC)


async def keep_expiring(
    settings: Settings,
    find_named: FindNamed,
    *,
    first: float = FIRST_SECONDS,
    interval: float = DAY,
    clock: Callable[[], datetime.datetime] = read_clock,
) -> None:
    """Deletes what has expired from the store, `first` seconds after the start and every `interval`. Never ends.

    `find_named` says which entries of the cache the log names.
    """
    logger = structlog.get_logger("lectern.runner")
    await asyncio.sleep(first)
    while True:
        try:
            deleted = await delete_expired(settings, clock(), find_named)
        except (Unavailable, *LOG_OUTAGES) as error:
            reason = str(error) or type(error).__name__
            logger.warning("what has expired was not deleted", action="expiry-delayed", reason=reason)
        else:
            if deleted:
                logger.info("deleted what has expired from the store", action="expired", objects=deleted)
        await asyncio.sleep(interval)
