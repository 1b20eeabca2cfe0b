"""Awaits work that must not be left half-done when the waiting task is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def run_in_thread(work: Callable[[], T], undo: Callable[[T], object]) -> T:
    """Runs `work` in a thread to its end. If cancelled meanwhile, undoes its effect before the cancellation goes on."""
    working = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await wait_until_done(working)
        if working.exception() is None:
            undo(working.result())
        raise


async def wait_until_done(future: asyncio.Future[T]) -> None:
    """Waits even when cancelled: the folder of a job that may still be running must not be removed."""
    while not future.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([future])


async def finish(future: asyncio.Future[T]) -> T:
    """Returns the future's result. A cancellation is raised only after the future is done."""
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait([future])
        raise
