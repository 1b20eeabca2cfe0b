"""Makes a video's view from its log."""

from __future__ import annotations

from datetime import UTC

import msgspec

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.usage import Usage
from lectern.gateway import mapping
from lectern.gateway.filters import fold_text
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.views import DELETED, VERSION, View, Views
from lectern.gateway.workload import measure_workload
from lectern.worker import EventLog, Transient


class Projection:
    """Writes views. A view is always made from the whole log, so it cannot drift and may be made twice."""

    def __init__(self, event_log: EventLog, views: Views, metrics: GatewayMetrics) -> None:
        self._event_log = event_log
        self._views = views
        self._metrics = metrics

    async def read(self, video_id: str, *, at_least: int = 0) -> VideoLog:
        """One video's log. An event type that this version does not know does not block it."""
        try:
            return await self._event_log.read(video_id, at_least=at_least)
        except Transient:
            return await self._event_log.read(video_id)

    async def project(self, video_id: str, *, at_least: int = 0) -> VideoLog:
        """Write one video's view from its log, which is returned."""
        log = await self.read(video_id, at_least=at_least)
        if log:
            await self.show(video_id, log)
        return log

    async def show(self, video_id: str, log: VideoLog) -> None:
        """Write a video's view from its log, which has been read; what came late to a deleted one is removed."""
        if log.is_deleted and not isinstance(log[-1].event, e.VideoDeleted):  # a stage had not heard of it
            await self._event_log.erase(video_id)
        if await self._views.write(video_id, make_view(log)):
            self._metrics.projected.inc()


def make_view(log: VideoLog) -> View:
    """The view of a video as its log tells it; of a deleted one nothing but its place."""
    if log.state.deleted:
        return View(
            version=VERSION,
            seq=log.last,
            events=len(log),
            status=DELETED,
            summary=msgspec.Raw(b"null"),
            owner=log.owner,
        )
    completed = log.state.completed
    summary = mapping.map_summary(log.state, log[0].event)
    return View(
        version=VERSION,
        seq=log.last,
        events=len(log),
        status=summary.status,
        summary=msgspec.Raw(summary.model_dump_json().encode()),
        owner=log.owner,
        created_at=summary.created_at,
        text=fold_text(f"{summary.title}\n{summary.topic or ''}"),
        metadata=summary.metadata,
        batch=summary.batch or "",
        parent=summary.parent or "",
        external_id=summary.external_id,
        dollars=_count_dollars(log),
        seconds=completed.seconds if completed else 0.0,
        completed_on=_name_day(completed) if completed else "",
        changed_at=max(entry.event.at for entry in log),
        work=measure_workload(log.state),
    )


def _count_dollars(log: VideoLog) -> dict[str, float]:
    """What models and voices cost on each day; an event that two workers published counts once, the dearer of both."""
    found: dict[str, tuple[float, str]] = {}
    for _, event in log:
        spent: tuple[Usage, ...] = getattr(event, "spent", ())
        if spent and (cost := sum(item.cost_usd for item in spent)):
            name = e.message_id(event)
            found[name] = max(found.get(name, (0.0, "")), (cost, _name_day(event)))
    days: dict[str, float] = {}
    for cost, day in found.values():
        days[day] = days.get(day, 0.0) + cost
    return days


def _name_day(event: e.AnyEvent) -> str:
    return event.at.astimezone(UTC).date().isoformat()
