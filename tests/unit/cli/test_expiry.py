"""What expires on one machine is deleted while its runner runs."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Collection

import pytest

from lectern.cli.runner.expiry import keep_expiring, read_clock
from lectern.contracts.ids import new_id
from lectern.worker import Settings, open_store
from lectern.worker.bucket import find_bucket

pytestmark = pytest.mark.slow


async def name_all(entries: Collection[str]) -> Collection[str]:
    """A log that names everything."""
    return entries


async def test_the_runner_deletes_again_and_again_what_has_expired_and_lives_through_outages(
    settings: Settings,
) -> None:
    own = settings.model_copy(update={"s3_bucket": f"bucket-{new_id()}"})
    days = iter([0.0, 31.5])

    def clock() -> datetime.datetime:
        return read_clock() + datetime.timedelta(days=next(days, 31.5))

    sweeping = asyncio.create_task(keep_expiring(own, name_all, first=0, interval=0.05, clock=clock))  # no bucket yet
    try:
        await asyncio.sleep(0)
        await find_bucket(own, make=True)
        async with open_store(own) as store:
            await store.put("videos/v/video.mp4", b"1", "text/plain")
            await store.put("cache/a", b"1", "text/plain")
            async with asyncio.timeout(120):
                while await store.head("videos/v/video.mp4"):
                    await asyncio.sleep(0.05)
            assert await store.list_keys("") == ["cache/a"]
        assert not sweeping.done()
    finally:
        sweeping.cancel()
