"""Waiting that a stop cuts short."""

from __future__ import annotations

import asyncio
from typing import Any


async def wait_for(stop: asyncio.Event, seconds: float) -> bool:
    """Waits until `stop` is set or `seconds` have passed, whichever is first; returns whether it is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True


async def wait_until_done(task: asyncio.Future[Any], stop: asyncio.Event) -> bool:
    """Waits until `task` is done or `stop` is set; returns whether it is done. The task is left as it is."""
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
    return task.done()
