"""Builds the gateway: the one place that knows its concrete adapters."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from lectern.contracts.topology import (
    ANNOUNCER,
    API_KEYS,
    BATCHES,
    ENDED_SESSIONS,
    IDEMPOTENCY,
    QUOTAS,
    RATES,
    SHARES,
    STAGE_TIMES,
    VIDEO_VIEWS,
    WEBHOOK_DELIVERIES,
    WEBHOOK_ENDPOINTS,
)
from lectern.gateway.access.binding import check_binding
from lectern.gateway.access.bundle import AccessBuckets, build_access
from lectern.gateway.api import make_app
from lectern.gateway.batch_ends import tell_batch_end
from lectern.gateway.batches import Batches
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.erasing import Eraser, erase_video
from lectern.gateway.event_feed import JetStreamEventFeed
from lectern.gateway.hub import Hub
from lectern.gateway.log_watch import LogWatch
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.outlook import OutlookBoard, StageTimes, Workforce
from lectern.gateway.outlook_frames import tell_outlooks
from lectern.gateway.projection import Projection
from lectern.gateway.projector import Projector
from lectern.gateway.readiness import make_checks
from lectern.gateway.serving import serve
from lectern.gateway.settings import GatewaySettings
from lectern.gateway.shared_reads import SharedReads
from lectern.gateway.studio_files import load_studio
from lectern.gateway.video_metrics import VideoMetrics
from lectern.gateway.views import Views
from lectern.gateway.watch_metrics import WatchMetrics
from lectern.gateway.webhooks import Announcer, CheckedBackend, Deliveries, Dispatcher, Endpoints, Sender
from lectern.gateway.work_watch import watch_work
from lectern.lessons import load_lessons
from lectern.worker import Connections, JetStreamKeyValueStore, RoomWatch, Service, follow_log


def build(settings: GatewaySettings | None, connections: Connections) -> Service:
    """The gateway as a service: HTTP and the projector of views, side by side. Needs the topology to be applied."""
    settings = settings or GatewaySettings()
    check_binding(settings)
    nats = connections.nats
    views = Views(JetStreamKeyValueStore(nats, VIDEO_VIEWS))
    endpoints = Endpoints(JetStreamKeyValueStore(nats, WEBHOOK_ENDPOINTS))
    deliveries = Deliveries(JetStreamKeyValueStore(nats, WEBHOOK_DELIVERIES))
    times = StageTimes(JetStreamKeyValueStore(nats, STAGE_TIMES))
    room = RoomWatch(settings)
    deps = GatewayDeps(
        settings=settings,
        connections=connections,
        event_log=connections.event_log,
        shared_reads=SharedReads(connections.event_log),
        hub=Hub(JetStreamEventFeed(nats), connections.bus),
        views=views,
        stored_responses=JetStreamKeyValueStore(nats, IDEMPOTENCY),
        batches=Batches(JetStreamKeyValueStore(nats, BATCHES)),
        webhook_endpoints=endpoints,
        webhook_deliveries=deliveries,
        metrics=GatewayMetrics(connections.meter),
        checks=make_checks(connections, views),
        access=build_access(
            settings,
            AccessBuckets(
                keys=JetStreamKeyValueStore(nats, API_KEYS),
                ended_sessions=JetStreamKeyValueStore(nats, ENDED_SESSIONS),
                shares=JetStreamKeyValueStore(nats, SHARES),
                quotas=JetStreamKeyValueStore(nats, QUOTAS),
                rates=JetStreamKeyValueStore(nats, RATES),
            ),
            views,
        ),
        outlook=OutlookBoard(views, times, Workforce(connections.bus)),
        room=room,
        studio=load_studio(),
        lessons=load_lessons(),
    )
    projector = Projector(
        nats, Projection(connections.event_log, views, deps.metrics), views, times, VideoMetrics(connections.meter)
    )
    watch_metrics = WatchMetrics(connections.meter)
    log_watch = LogWatch(nats, connections.bus, watch_metrics)
    announcer = Announcer(connections.event_log, endpoints, deliveries, partial(tell_batch_end, deps))
    loopback = settings.allows_loopback_webhooks()
    sender = Sender(CheckedBackend(allow_loopback=loopback))
    dispatcher = Dispatcher(endpoints, deliveries, sender, allow_loopback=loopback, metrics=deps.metrics)
    eraser = Eraser(nats, partial(erase_video, deps))
    app = make_app(deps)

    async def start() -> None:
        await deps.start()
        await deps.access.wait_until_current()
        if settings.require_keys and not deps.access.ring.exists():
            structlog.get_logger("lectern.gateway").warning(
                "keys are required and there is none", action="no-keys", remedy="create one: lectern keys create"
            )

    async def run(stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve(app, settings, stop, deps.hub.drain), name="gateway:http")
            tasks.create_task(eraser.run(stop), name="gateway:eraser")
            tasks.create_task(projector.run(stop), name="gateway:projector")
            tasks.create_task(tell_outlooks(deps.hub, deps.outlook, stop), name="gateway:outlooks")
            tasks.create_task(follow_log(nats, ANNOUNCER, announcer.announce_messages, stop), name="gateway:announcer")
            tasks.create_task(dispatcher.run(stop), name="gateway:webhooks")
            tasks.create_task(log_watch.run(stop), name="gateway:log-watch")
            tasks.create_task(watch_work(views, dispatcher, room, watch_metrics, stop), name="gateway:work-watch")

    return Service(
        name="gateway", connections=connections, settings=settings, deps=deps, start=start, close=deps.close, run=run
    )
