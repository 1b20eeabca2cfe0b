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

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(item)) for item in items]
    except BaseExceptionGroup as failures:
        task = asyncio.current_task()
        if task is not None and task.cancelling():  # while the rest wound down: the cancellation counts
            raise asyncio.CancelledError from failures
        raise failures.exceptions[0]  # noqa: B904 - its own cause is the one that matters
    return [task.result() for task in tasks]
