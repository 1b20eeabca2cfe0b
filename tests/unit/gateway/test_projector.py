"""The projector: what is new is listed at once, also while views of a whole log are made again."""

from __future__ import annotations

import asyncio

import pytest
from unit.gateway.gateways import wait_until
from unit.worker.pipeline_events import planned, requested

from lectern.contracts.log import VideoLog
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


class WatchedProjection(Projection):
    """A projection that notes which videos are looked for among all others."""

    def __init__(self, connections: Connections, views: Views) -> None:
        super().__init__(connections.event_log, views, GatewayMetrics(Meter()))
        self.read_alone: list[str] = []

    async def read(self, video_id: str, *, at_least: int = 0) -> VideoLog:
        self.read_alone.append(video_id)
        return await super().read(video_id, at_least=at_least)


async def test_all_views_are_made_in_one_pass_over_the_log_and_a_few_by_looking_for_their_videos(
    server_connections: Connections,
) -> None:
    nats = server_connections.nats
    videos = [requested() for _ in range(220)]
    await asyncio.gather(
        *map(server_connections.event_log.publish, [*videos, *(planned(each.video_id) for each in videos)])
    )
    views = Views(JetStreamKeyValueStore(nats, VIDEO_VIEWS))
    await views.start()
    times = StageTimes(JetStreamKeyValueStore(nats, STAGE_TIMES))
    projection = WatchedProjection(server_connections, views)
    projector = Projector(nats, projection, views, times, VideoMetrics(Meter()))

    async def are_all_listed() -> bool:
        return len(views.ids()) == len(videos)

    assert await projector.rebuild() == len(videos)
    assert projection.read_alone == []
    await wait_until(are_all_listed)
    assert {view.events for view in views.list_all()} == {2}
    assert await projector.rebuild() == 0, "nothing is missing any more"

    async def is_one_gone() -> bool:
        return len(views.ids()) == len(videos) - 1

    await views.delete(videos[7].video_id)
    await wait_until(is_one_gone)
    assert await projector.rebuild() == 1
    assert projection.read_alone == [videos[7].video_id]
    await wait_until(are_all_listed)
    await views.close()
