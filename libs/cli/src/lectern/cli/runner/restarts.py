"""Restarting what stops unexpectedly: soon after one crash, ever more slowly in a crash loop."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.2, 5.0  # between restarts
SETTLED_SECONDS = 10.0  # a crash after this long starts again with the first pause


async def keep_running(
    run: Callable[[], Awaitable[None]], stop: asyncio.Event, on_failure: Callable[[Exception], None]
) -> None:
    """Runs `run` again whenever it returns or raises, until `stop` is set. Exceptions go to `on_failure`."""
    pause = FIRST_PAUSE_SECONDS
    while not stop.is_set():
        started = time.monotonic()
        try:
            await run()
        except Exception as error:
            on_failure(error)
        if time.monotonic() - started > SETTLED_SECONDS:
            pause = FIRST_PAUSE_SECONDS
        await wait_before_restart(stop, pause)
        pause = min(pause * 2, MAX_PAUSE_SECONDS)


async def wait_before_restart(stop: asyncio.Event, seconds: float) -> None:
    """Waits so long, or until `stop` is set. As `lectern.worker.wait_for`, which commands over HTTP do not load."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
