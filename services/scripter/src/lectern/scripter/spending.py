"""The cost of a script over all deliveries of its request: a later delivery reports what an earlier one paid for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from lectern.contracts import keys
from lectern.contracts.usage import Usage, add_up
from lectern.scripter.writer import ModelUnavailable
from lectern.worker import Job, Missing, Permanent


@asynccontextmanager
async def count_earlier_deliveries(job: Job[Any]) -> AsyncIterator[tuple[Usage, ...]]:
    """Yields what earlier deliveries of the job's event cost, and adds it to what a failure reports as spent.

    When a model is unavailable, the sum is stored for the next delivery.
    """
    key = keys.script_bill(job.event.video_id, job.event.revision)
    earlier = await _load(job, key) if job.attempt > 1 else ()
    try:
        yield earlier
    except Permanent as failure:
        failure.spent = add_up((*earlier, *failure.spent))
        raise
    except ModelUnavailable as failure:
        failure.spent = add_up((*earlier, *failure.spent))
        await job.store.put_json(key, failure.spent)
        raise


async def _load(job: Job[Any], key: str) -> tuple[Usage, ...]:
    try:
        return await job.store.get_json(key, tuple[Usage, ...])
    except Missing:
        return ()
