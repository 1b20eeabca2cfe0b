"""Locks by key."""

from __future__ import annotations

import asyncio
import contextlib

from lectern.worker import KeyLocks


async def test_one_at_a_time_holds_a_key_and_others_are_held_meanwhile() -> None:
    locks, held = KeyLocks(), []

    async def hold(key: str) -> None:
        async with locks.holding(key):
            held.append(key)
            await asyncio.sleep(0)
            assert held.count(key) == 1
            await asyncio.sleep(0)
            held.remove(key)

    await asyncio.gather(*(hold(key) for key in "aabbab"))


async def test_a_key_is_forgotten_once_nobody_wants_it() -> None:
    locks = KeyLocks()
    with contextlib.suppress(ValueError):
        async with locks.holding("a"):
            assert len(locks) == 1
            raise ValueError
    assert len(locks) == 0
