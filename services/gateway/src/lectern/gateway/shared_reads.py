"""Reads of videos' logs that clients share: thousands may connect at once, and often many to one video."""

from __future__ import annotations

import asyncio

from lectern.contracts.log import VideoLog
from lectern.worker import EventLog

MOST_READS = 16  # at once: with more, each takes so long while thousands connect that the event log seems not to answer


class SharedReads:
    """Reads a log once for all who ask for it meanwhile, and few logs at once."""

    def __init__(self, event_log: EventLog, *, most: int = MOST_READS) -> None:
        self._event_log = event_log
        self._room = asyncio.Semaphore(most)
        self._reading: dict[str, asyncio.Task[VideoLog]] = {}

    async def read(self, video_id: str, at_least: int) -> VideoLog:
        """A video's log up to sequence `at_least` or later. Raises what `EventLog.read` raises."""
        log = await asyncio.shield(self._reading.get(video_id) or self._begin(video_id))
        # A read that somebody else began may have missed what this client's mailbox came too late for.
        return log if log.last >= at_least else await self._read(video_id, at_least)

    def _begin(self, video_id: str) -> asyncio.Task[VideoLog]:
        task = asyncio.create_task(self._read(video_id, 0), name=f"gateway:read:{video_id}")

        def end(_: asyncio.Task[VideoLog]) -> None:
            del self._reading[video_id]
            if not task.cancelled():
                task.exception()  # it is raised where it is awaited; all who did may have gone

        self._reading[video_id] = task
        task.add_done_callback(end)
        return task

    async def _read(self, video_id: str, at_least: int) -> VideoLog:
        async with self._room:
            return await self._event_log.read(video_id, at_least=at_least)
