"""Makes a video's view from its log."""

from __future__ import annotations

import msgspec

from lectern.gateway import mapping
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.views import VERSION, View, Views
from lectern.worker import EventLog, Transient


class Projection:
    """Writes views. A view is always made from the whole log, so it cannot drift and may be made twice."""

    def __init__(self, event_log: EventLog, views: Views, metrics: GatewayMetrics) -> None:
        self._event_log = event_log
        self._views = views
        self._metrics = metrics

    async def project(self, video_id: str, *, at_least: int = 0) -> None:
        """Write one video's view from its log. An event type that this version does not know does not block it."""
        try:
            log = await self._event_log.read(video_id, at_least=at_least)
        except Transient:
            log = await self._event_log.read(video_id)
        if not log:
            return
        view = View(
            version=VERSION,
            seq=log.last,
            events=len(log),
            status=log.state.status(),
            summary=msgspec.Raw(mapping.map_summary(log.state, log[0].event).model_dump_json().encode()),
        )
        if await self._views.write(video_id, view):
            self._metrics.projected.inc()
