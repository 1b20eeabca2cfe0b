"""The projector: what is new is listed at once, also while views of a whole log are made again."""

from __future__ import annotations

import asyncio

import pytest
from unit.gateway.gateways import wait_until
from unit.worker.pipeline_events import requested

from lectern.contracts.topology import STAGE_TIMES, VIDEO_VIEWS
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.outlook import StageTimes
from lectern.gateway.projection import Projection
from lectern.gateway.projector import Projector
from lectern.gateway.video_metrics import VideoMetrics
from lectern.gateway.views import Views
from lectern.worker import Connections, JetStreamKeyValueStore, Meter

pytestmark = pytest.mark.slow


class LongRebuild(Projector):
    """A projector that finds as much to rebuild as a hundred thousand videos are."""

    async def rebuild(self) -> int:
        await asyncio.Event().wait()
        return 0


@pytest.mark.parametrize("kind", [LongRebuild, Projector])
async def test_a_new_video_is_listed_whether_or_not_old_ones_are_still_missing(
    server_connections: Connections, kind: type[Projector]
) -> None:
    nats, stop, meter = server_connections.nats, asyncio.Event(), Meter()
    old = requested()
    await server_connections.event_log.publish(old)
    views = Views(JetStreamKeyValueStore(nats, VIDEO_VIEWS))
    times = StageTimes(JetStreamKeyValueStore(nats, STAGE_TIMES))
    await views.start()
    projection = Projection(server_connections.event_log, views, GatewayMetrics(meter))
    running = asyncio.create_task(kind(nats, projection, views, times, VideoMetrics(meter)).run(stop))
    new = requested()
    await server_connections.event_log.publish(new)

    async def is_listed() -> bool:
        return views.get(new.video_id) is not None

    try:
        await wait_until(is_listed)
    finally:
        stop.set()
        await running
        await views.close()


async def test_everything_that_the_log_holds_is_made_again(server_connections: Connections) -> None:
    nats, meter = server_connections.nats, Meter()
    videos = [requested() for _ in range(40)]
    for video in videos:
        await server_connections.event_log.publish(video)
    views = Views(JetStreamKeyValueStore(nats, VIDEO_VIEWS))
    await views.start()
    times = StageTimes(JetStreamKeyValueStore(nats, STAGE_TIMES))
    projection = Projection(server_connections.event_log, views, GatewayMetrics(meter))
    projector = Projector(nats, projection, views, times, VideoMetrics(meter))
    assert await projector.rebuild() == len(videos)

    async def are_all_listed() -> bool:
        return len(views.ids()) == len(videos)

    await wait_until(are_all_listed)
    assert await projector.rebuild() == 0, "nothing is missing any more"
    await views.close()
