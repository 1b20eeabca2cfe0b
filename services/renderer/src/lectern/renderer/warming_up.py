"""When the sandbox is started: at once, or when the first sign of work is heard that will need drawing."""

from __future__ import annotations

import asyncio

import msgspec
import structlog

from lectern.contracts import subjects
from lectern.contracts.decoding import UNREADABLE
from lectern.contracts.problems import ProblemError
from lectern.contracts.requests import Progress
from lectern.renderer.pool import Pool
from lectern.worker import Bus, wait_until_done

_BEFORE_DRAWING = frozenset({"scripter", "voice"})  # the coder asks for a check a moment after it reports


async def warm_up_for_work(pool: Pool, bus: Bus, stop: asyncio.Event) -> None:
    """Warms the pool up as soon as a script is written or a scene spoken: neither is reported if it was done before.

    The sandbox starts meanwhile. A scene that was spoken before is checked at once, which starts it as well. Returns at
    `stop`.
    """
    work_heard = asyncio.Event()

    async def on_progress(_: str, data: bytes) -> None:
        try:
            progress = msgspec.json.decode(data, type=Progress)
        except UNREADABLE:
            return  # of another version: the first job warms the pool up
        if progress.stage in _BEFORE_DRAWING:
            work_heard.set()

    async with bus.listening(subjects.PROGRESS, on_progress):
        waiting = asyncio.create_task(work_heard.wait())
        try:
            if not await wait_until_done(waiting, stop):
                return
        finally:
            waiting.cancel()
    try:
        await pool.warm_up()
    except ProblemError as error:  # whoever needs the sandbox is told, too
        structlog.get_logger("lectern.renderer").error(
            error.problem.sentence(), action="refused", code=error.problem.code
        )
    await stop.wait()
