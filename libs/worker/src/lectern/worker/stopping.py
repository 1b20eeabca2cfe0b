"""Waiting that a stop cuts short."""

from __future__ import annotations

import asyncio


async def wait_for(stop: asyncio.Event, seconds: float) -> bool:
    """Waits until `stop` is set or `seconds` have passed, whichever is first; returns whether it is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True
