"""Reads of logs that many who connect at once share."""

from __future__ import annotations

import asyncio

import pytest
from unit.worker.pipeline_events import planned, requested

from lectern.contracts.log import VideoLog
from lectern.gateway.shared_reads import SharedReads
from lectern.worker import Unavailable
from lectern.worker.testing import MemoryEventLog, memory_connections


class SlowLog:
    """An event log whose reads last until they are let go, and see what was there when they began."""

    def __init__(self, log: MemoryEventLog) -> None:
        self.begun: list[str] = []
        self.let_go = asyncio.Event()
        self.fails = False
        self._log = log

    async def read(self, video_id: str, lane: str = "*", *, at_least: int = 0) -> VideoLog:
        log = await self._log.read(video_id, lane, at_least=at_least)
        self.begun.append(video_id)
        await self.let_go.wait()
        if self.fails:
            raise Unavailable("away", code="log-unavailable")
        return log


@pytest.fixture
def memory() -> MemoryEventLog:
    log = memory_connections().event_log
    assert isinstance(log, MemoryEventLog)
    return log


async def test_all_who_connect_to_a_video_at_once_share_one_read(memory: MemoryEventLog) -> None:
    event = requested()
    await memory.publish(event)
    slow = SlowLog(memory)
    reads = SharedReads(slow)  # type: ignore[arg-type]
    asked = [asyncio.create_task(reads.read(event.video_id, 0)) for _ in range(10)]
    await asyncio.sleep(0)
    asked[0].cancel()
    slow.let_go.set()
    logs = await asyncio.gather(*asked[1:])
    assert [log.last for log in logs] == [1] * 9
    assert slow.begun == [event.video_id]
    await reads.read(event.video_id, 0)
    assert len(slow.begun) == 2, "a later one reads again"


async def test_who_connects_after_an_event_reads_it_though_a_read_from_before_is_under_way(
    memory: MemoryEventLog,
) -> None:
    event = requested()
    await memory.publish(event)
    slow = SlowLog(memory)
    reads = SharedReads(slow)  # type: ignore[arg-type]
    early = asyncio.create_task(reads.read(event.video_id, 0))
    while not slow.begun:
        await asyncio.sleep(0)
    newest = await memory.publish(planned(event.video_id))
    late = asyncio.create_task(reads.read(event.video_id, newest))
    await asyncio.sleep(0)
    slow.let_go.set()
    assert ((await early).last, (await late).last) == (1, newest)


async def test_few_logs_are_read_at_once(memory: MemoryEventLog) -> None:
    events = [requested() for _ in range(9)]
    for event in events:
        await memory.publish(event)
    slow = SlowLog(memory)
    reads = SharedReads(slow, most=3)  # type: ignore[arg-type]
    asked = [asyncio.create_task(reads.read(event.video_id, 0)) for event in events]
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(slow.begun) == 3
    slow.let_go.set()
    assert len(await asyncio.gather(*asked)) == 9


async def test_an_outage_is_told_to_all_who_share_the_read_and_the_next_one_reads_again(
    memory: MemoryEventLog,
) -> None:
    event = requested()
    await memory.publish(event)
    slow = SlowLog(memory)
    slow.fails = True
    slow.let_go.set()
    reads = SharedReads(slow)  # type: ignore[arg-type]
    results = await asyncio.gather(*(reads.read(event.video_id, 0) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [Unavailable] * 3
    slow.fails = False
    assert (await reads.read(event.video_id, 0)).last == 1
