"""The outlook of every video that is being made, added up once a second however many ask."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from lectern.contracts import events as e
from lectern.contracts.state import VideoState
from lectern.gateway.outlook.forecast import AtWork, Backlog, Forecast, WaitingVideo, forecast
from lectern.gateway.outlook.stage_times import StageTime, StageTimes
from lectern.gateway.outlook.waiting_line import WaitingLine
from lectern.gateway.outlook.workforce import Workforce
from lectern.gateway.views import Views
from lectern.gateway.workload import STAGES, Workload, list_ready, measure_workload

SNAPSHOT_SECONDS = 1.0


class Prospect(msgspec.Struct, frozen=True, kw_only=True):
    """What a user may expect at `as_of`: the stage it waits in, the videos before it there, and the forecast.

    `ahead` is None where it is nobody's turn, `forecast` where nothing is known.
    """

    stage: str | None
    ahead: int | None
    forecast: Forecast | None
    as_of: datetime


class StageQueue(msgspec.Struct, frozen=True, kw_only=True):
    """A stage: what waits and what is worked on, since when the oldest is there, and who works."""

    stage: str
    depth: int
    in_flight: int
    oldest_age_seconds: float
    workers: int
    slots: int


class _Snapshot(msgspec.Struct, frozen=True):
    at: float
    videos: list[WaitingVideo]
    backlog: Backlog
    lines: dict[str, WaitingLine]


class OutlookBoard:
    """Adds up the workloads of all views. `start` begins to listen, `close` ends it. `clock` returns seconds."""

    def __init__(
        self, views: Views, times: StageTimes, workforce: Workforce, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.times = times
        self.workforce = workforce
        self._views = views
        self._clock = clock
        self._snapshot: _Snapshot | None = None

    async def start(self) -> None:
        """Begin to listen."""
        await self.times.start()
        await self.workforce.start()

    async def close(self) -> None:
        """Listen no more."""
        await self.workforce.close()
        await self.times.close()

    def look(self, state: VideoState, video_id: str, owner: str) -> Prospect:
        """The outlook of one video."""
        now = e.now()
        work = measure_workload(state)
        if work is None:
            return Prospect(stage=None, ahead=None, forecast=None, as_of=now)
        stage = next((stage for stage in STAGES if _is_at(work, stage)), None)
        video = WaitingVideo(video_id=video_id, party=owner or video_id, work=work)
        return Prospect(
            stage=stage,
            ahead=self._count_ahead(video, stage, state) if stage else None,
            forecast=None if state.delay() else self.forecast(video, self._find_at_work(state, video_id)),
            as_of=now,
        )

    def forecast(self, video: WaitingVideo, at_work: Mapping[str, AtWork] = {}) -> Forecast | None:
        """When a video will be there; also one that is not begun."""
        slots = {stage: self.workforce.count(stage)[1] for stage in STAGES}
        return forecast(video, self._take_snapshot().backlog, slots, self.find_time, at_work)

    def _find_at_work(self, state: VideoState, video_id: str) -> dict[str, AtWork]:
        ready = list_ready(state)
        return {
            stage: self.workforce.find_at_work(video_id, state.revision(), stage, items)
            for stage, items in ready.items()
        }

    def find_time(self, stage: str, work: Workload) -> StageTime:
        """How long a unit of a video's work takes in a stage."""
        detail = {"rendering": work.quality, "coding": work.origin}.get(stage)
        return self.times.find(*([f"{stage}.{detail}"] if detail else []), stage)

    def list_queues(self) -> list[StageQueue]:
        """Every stage, in the order in which a video passes them."""
        items: defaultdict[str, int] = defaultdict(int)
        oldest: dict[str, datetime] = {}
        for video in self._take_snapshot().videos:
            for stage, work in video.work.stages.items():
                items[stage] += work.ready
                if work.since:
                    oldest[stage] = min(work.since, oldest.get(stage, work.since))
        now = e.now()
        queues = []
        for stage in STAGES:
            workers, slots, busy = self.workforce.count(stage)
            age = max(0.0, (now - oldest[stage]).total_seconds()) if stage in oldest else 0.0
            queues.append(
                StageQueue(
                    stage=stage,
                    depth=max(0, items[stage] - busy),
                    in_flight=busy,
                    oldest_age_seconds=round(age, 1),
                    workers=workers,
                    slots=slots,
                )
            )
        return queues

    def forget_snapshot(self) -> None:
        """Has the views added up again when next asked."""
        self._snapshot = None

    def _take_snapshot(self) -> _Snapshot:
        now = self._clock()
        if self._snapshot is None or now - self._snapshot.at >= SNAPSHOT_SECONDS:
            videos = [
                WaitingVideo(video_id=video_id, party=view.owner or video_id, work=view.work)
                for video_id in self._views.ids()
                if (view := self._views.get(video_id)) and view.work
            ]
            self._snapshot = _Snapshot(now, videos, Backlog(videos, self.find_time), {})
        return self._snapshot

    def _count_ahead(self, video: WaitingVideo, stage: str, state: VideoState) -> int:
        """Videos that came to a stage before this one: its owner's, and one of each other owner, as they take turns."""
        work = video.work.stages[stage]
        if work.since is None or self._find_at_work(state, video.video_id)[stage].items:
            return 0
        snapshot = self._take_snapshot()
        line = snapshot.lines.get(stage)
        if line is None:
            line = snapshot.lines[stage] = WaitingLine(snapshot.videos, stage)
        return line.count_ahead(video, (video.work.lane != "fast", work.since))


def _is_at(work: Workload, stage: str) -> bool:
    left = work.stages.get(stage)
    return left is not None and left.ready > 0
