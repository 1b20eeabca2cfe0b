"""Waiting for what must not be left half-done when the task that waits is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def threaded(work: Callable[[], T], undo: Callable[[T], object]) -> T:
    """Runs `work` in a thread to its end; when cancelled meanwhile, undoes what it did before going on."""
    working = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await done(working)
        if working.exception() is None:
            undo(working.result())
        raise


async def done(future: asyncio.Future[T]) -> None:
    """Waits whatever happens: a job that may still run must not have its folder taken away."""
    while not future.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([future])


async def whole(future: asyncio.Future[T]) -> T:
    """The future's result, awaited even through a cancellation, which is raised afterwards."""
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait([future])
        raise
