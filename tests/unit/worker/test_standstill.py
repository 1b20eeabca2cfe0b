"""A stage that can do nothing takes little; when it can again, all that waits is done at once."""

from __future__ import annotations

import asyncio
import time

import pytest

from lectern.worker import Unavailable
from lectern.worker.standstill import Standstill


class Needs:
    """Something that all work needs. `asked` counts the looks at it."""

    def __init__(self) -> None:
        self.away = True
        self.asked = 0

    async def check(self) -> None:
        self.asked += 1
        if self.away:
            raise Unavailable("the object store cannot be reached", code="store-unavailable")


@pytest.fixture
def needs() -> Needs:
    return Needs()


def make_standstill(needs: Needs, *, look: float = 0.01, trickle: float = 60.0) -> Standstill:
    return Standstill({"store": needs.check}, look=look, trickle=trickle)


async def test_nothing_is_asked_and_nothing_waits_before_some_work_could_not_be_done(needs: Needs) -> None:
    await make_standstill(needs).wait(asyncio.Event())
    assert needs.asked == 0


async def test_work_that_waits_for_something_else_is_no_standstill(needs: Needs) -> None:
    needs.away = False
    standstill = make_standstill(needs)
    assert not await standstill.begin()
    await standstill.wait(asyncio.Event())
    assert needs.asked == 1


async def test_a_standstill_ends_when_what_was_away_is_back(needs: Needs) -> None:
    standstill = make_standstill(needs)
    assert await standstill.begin()
    waiting = asyncio.create_task(standstill.wait(asyncio.Event()))
    while needs.asked < 5:
        await asyncio.sleep(0)
    assert not waiting.done()
    needs.away = False
    await waiting
    asked = needs.asked
    await standstill.wait(asyncio.Event())
    assert needs.asked == asked


async def test_a_message_is_taken_now_and_then_so_that_its_video_says_what_it_waits_for(needs: Needs) -> None:
    standstill = make_standstill(needs, trickle=0.1)
    await standstill.begin()
    started = time.monotonic()
    await standstill.wait(asyncio.Event())
    assert time.monotonic() - started >= 0.1
    assert await standstill.begin(), "it lasts"


async def test_work_that_is_done_ends_it_whatever_the_checks_say(needs: Needs) -> None:
    standstill = make_standstill(needs, look=60.0, trickle=0.05)
    await standstill.begin()
    standstill.end()
    await standstill.wait(asyncio.Event())
    assert needs.asked == 1


async def test_a_stop_is_not_held_up(needs: Needs) -> None:
    stop = asyncio.Event()
    standstill = make_standstill(needs, look=60.0)
    await standstill.begin()
    stop.set()
    await standstill.wait(stop)
