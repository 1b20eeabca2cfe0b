"""Concurrent work keeps its order and its limit, and stops at the first failure."""

from __future__ import annotations

import asyncio

import pytest

from lectern.worker.concurrency import map_concurrently


async def test_results_come_in_the_order_of_the_items() -> None:
    async def wait_and_double(number: int) -> int:
        await asyncio.sleep(0.003 * (3 - number))
        return 2 * number

    assert await map_concurrently(wait_and_double, [1, 2, 3]) == [2, 4, 6]


async def test_no_more_than_the_limit_run_at_once() -> None:
    running, most = 0, 0

    async def run(_: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    await map_concurrently(run, range(10), limit=3)
    assert most == 3


async def test_the_first_failure_cancels_the_rest_and_is_raised_as_it_is() -> None:
    cancelled: list[int] = []

    async def fail_or_wait(number: int) -> None:
        if number == 2:
            raise ValueError("two")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(number)
            raise

    with pytest.raises(ValueError, match="two"):
        await map_concurrently(fail_or_wait, [1, 2, 3])
    assert sorted(cancelled) == [1, 3]


async def test_a_cancellation_while_the_rest_winds_down_is_not_lost() -> None:
    winding_down = asyncio.Event()

    async def fail_or_linger(number: int) -> None:
        if number == 1:
            raise ValueError("one")
        try:
            await asyncio.sleep(60)
        finally:
            winding_down.set()
            await asyncio.sleep(0.01)

    task = asyncio.create_task(map_concurrently(fail_or_linger, [1, 2]))
    await winding_down.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
