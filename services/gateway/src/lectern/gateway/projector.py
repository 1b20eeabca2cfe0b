"""Keeps the views in step with the log: a durable consumer of every event, and a rebuild of what is missing."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.topology import PROJECTOR
from lectern.gateway.gathering import Gathering
from lectern.gateway.log_index import count_events
from lectern.gateway.outlook import StageTimes
from lectern.gateway.projection import Projection
from lectern.gateway.video_metrics import TIMED, VideoMetrics
from lectern.gateway.views import Views
from lectern.tracing import following_trace
from lectern.worker import LOG_OUTAGES, follow_log, map_concurrently, pass_over_log, wait_for

RETRY_SECONDS = 1.0
_AT_ONCE = 16  # videos that are read while views are rebuilt: requests then share packets
_CHUNK = 1000  # videos that tasks are made for at once
_PASSED_PER_READ = 200  # events that a pass over the log takes for what reading one video among all costs (ADR 46)


class Projector:
    """Projects each video that has new events. Replicas share the durable consumer."""

    def __init__(
        self, nats: Client, projection: Projection, views: Views, times: StageTimes, metrics: VideoMetrics
    ) -> None:
        self._nats = nats
        self._projection = projection
        self._views = views
        self._times = times
        self._metrics = metrics
        self._logger = structlog.get_logger("lectern.gateway.projector")

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the log until `stop`, and meanwhile rebuild what is missing: new videos do not wait for old ones."""
        async with asyncio.TaskGroup() as tasks:
            rebuilding = tasks.create_task(self._rebuild_once(stop), name="gateway:rebuild")
            await follow_log(self._nats, PROJECTOR, self._project_all, stop)
            rebuilding.cancel()

    async def _rebuild_once(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.rebuild()
                return
            except LOG_OUTAGES as error:
                self._logger.warning("cannot rebuild views", action="retry", error=type(error).__name__)
                await wait_for(stop, RETRY_SECONDS)

    async def _project_all(self, messages: Sequence[Msg]) -> None:
        newest: dict[str, int] = {}
        for message in messages:
            video_id = message.subject.split(".")[2]
            newest[video_id] = max(newest.get(video_id, 0), message.metadata.sequence.stream)
        logs: dict[str, VideoLog] = {}
        for video_id, sequence in newest.items():
            view = self._views.get(video_id)
            if view is None or view.seq < sequence:
                logs[video_id] = await self._projection.project(video_id, at_least=sequence)
        events = list(_decode(messages))
        await self._times.record((sequence, event) for _, sequence, event in events)
        for _, sequence, event in events:
            if isinstance(event, TIMED) and event.video_id not in logs:
                logs[event.video_id] = await self._projection.read(event.video_id, at_least=sequence)
        for message, sequence, event in events:  # last, and without a wait: a batch that failed comes again
            with following_trace(message.headers):
                self._metrics.count(sequence, event, logs.get(event.video_id) or VideoLog())

    async def rebuild(self) -> int:
        """Make views that are absent, of another version or short of events; delete those whose log is gone.

        Returns how many were made. Events that arrive meanwhile are the durable consumer's.
        """
        await self._views.wait_until_current()
        counts, last = await count_events(self._nats)
        short = {video_id: events for video_id, events in counts.items() if self._lacks(video_id, events)}
        left = await self._rebuild_in_order(short, last) if _is_cheaper_in_order(short, counts) else list(short)
        for start in range(0, len(left), _CHUNK):
            await map_concurrently(self._projection.project, left[start : start + _CHUNK], limit=_AT_ONCE)
        for video_id in self._views.ids():
            view = self._views.get(video_id)
            if video_id not in counts and view and view.seq <= last:
                await self._views.delete(video_id)
        if short:
            self._logger.info("views rebuilt", action="rebuilt", made=len(short))
        return len(short)

    async def _rebuild_in_order(self, short: Mapping[str, int], last: int) -> list[str]:
        """Make views as their logs go by in one pass over the stream; returns the ids of those that could not be."""
        gathering, left = Gathering(short), set(short)

        async def show(gathered: tuple[str, VideoLog]) -> None:
            video_id, log = gathered
            left.remove(video_id)
            if log and self._lacks(video_id, short[video_id]):  # no other replica was faster
                await self._projection.show(video_id, log)

        async with contextlib.aclosing(pass_over_log(self._nats, last)) as batches:
            async for batch in batches:
                await map_concurrently(show, gathering.take(batch), limit=_AT_ONCE)
        return list(left)

    def _lacks(self, video_id: str, events: int) -> bool:
        view = self._views.get(video_id)
        return view is None or view.events < events


def _is_cheaper_in_order(short: Mapping[str, int], counts: Counter[str]) -> bool:
    return len(short) * _PASSED_PER_READ > counts.total()


def _decode(messages: Sequence[Msg]) -> Iterator[tuple[Msg, int, e.AnyEvent]]:
    """The events with their messages and places on the stream, without those of a later version."""
    for message in messages:
        with contextlib.suppress(ValueError):
            yield message, message.metadata.sequence.stream, e.decode(message.data)
