"""Concurrent work that stops at its first failure."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def map_concurrently(
    function: Callable[[T], Awaitable[R]], items: Iterable[T], *, limit: int | None = None
) -> list[R]:
    """Await `function` for every item, `limit` at a time, and return the results in order.

    The first failure cancels the rest and is raised as it is, not in a group.
    """
    slots = asyncio.Semaphore(limit) if limit else contextlib.nullcontext()

    async def run(item: T) -> R:
        async with slots:
            return await function(item)

    tasks = [asyncio.create_task(run(item)) for item in items]
    try:
        if tasks:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        failed = [task for task in tasks if task.done() and not task.cancelled() and task.exception()]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in failed or tasks]
