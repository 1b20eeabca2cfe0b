"""What waits in this installation, as every gateway's mirrors show it: videos that are being made, and webhooks."""

from __future__ import annotations

import asyncio
from collections import Counter

from lectern.contracts.events import now
from lectern.gateway.views import Views
from lectern.gateway.watch_metrics import WatchMetrics
from lectern.gateway.webhooks import Dispatcher
from lectern.worker import RoomWatch, wait_for

INTERVAL = 10.0  # seconds: ten thousand views take some milliseconds
STALLED_AFTER = 900.0  # seconds without an event: most jobs take less, though a long render or a long queue does not
_MADE = ("queued", "in_progress")


async def watch_work(
    views: Views, dispatcher: Dispatcher, room: RoomWatch, metrics: WatchMetrics, stop: asyncio.Event
) -> None:
    """Counts again and again until `stop`."""
    while not stop.is_set():
        count_videos(views, metrics)
        metrics.show_webhooks(*dispatcher.measure_backlog())
        if seen := await room.look():
            metrics.show_room(seen)
        await wait_for(stop, INTERVAL)


def count_videos(views: Views, metrics: WatchMetrics) -> None:
    """Counts the videos that have not ended, and those in which nothing happens."""
    at = now()
    counts: Counter[str] = Counter()
    ages: list[float] = []
    for view in views.list_all():
        counts[view.status] += 1
        since = view.changed_at or view.created_at
        if view.status in _MADE and since:
            ages.append((at - since).total_seconds())
    for status in (*_MADE, "awaiting_approval"):
        metrics.active.set(counts[status], status)
    metrics.oldest_change.set(max(ages, default=0.0))
    metrics.stalled.set(sum(age > STALLED_AFTER for age in ages))
