"""Gateways for tests: over in-memory doubles without a port, the same on a port, and over real servers."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from servers import free_port
from unit.gateway.published_schema import ResponseChecker

from lectern.contracts import events as e
from lectern.contracts.log import LogEntry
from lectern.gateway.access.bundle import AccessBuckets, build_access
from lectern.gateway.api import make_app
from lectern.gateway.app import build
from lectern.gateway.batches import Batches
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.event_feed import EventListener
from lectern.gateway.hub import Hub
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.openapi import describe_api
from lectern.gateway.outlook import OutlookBoard, StageTimes, Workforce
from lectern.gateway.projection import Projection
from lectern.gateway.routes import PUBLIC_ROUTERS, ROUTERS
from lectern.gateway.serving import serve
from lectern.gateway.settings import GatewaySettings
from lectern.gateway.shared_reads import SharedReads
from lectern.gateway.studio_files import load_studio
from lectern.gateway.views import Views
from lectern.gateway.webhooks import Deliveries, Endpoints
from lectern.lessons import load_lessons
from lectern.worker import Connections, KeyValueStore, RoomWatch, Settings
from lectern.worker.testing import MemoryEventLog, MemoryKeyValueStore

SIGNING_KEY = "a signing key of the tests, long enough"


@dataclass(frozen=True, repr=False)  # asyncio shows what a fixture gave, several times a test: all deps and settings
class TestGateway:
    """A gateway and a client of it."""

    __test__ = False

    deps: GatewayDeps
    http: httpx.AsyncClient
    url: str = "http://gateway"
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class MemoryEventFeed:
    """The live feed of an in-memory event log."""

    def __init__(self, event_log: MemoryEventLog) -> None:
        self._event_log = event_log

    @asynccontextmanager
    async def following(self, listener: EventListener) -> AsyncIterator[None]:
        """See `EventFeed.following`."""

        async def follow(entry: LogEntry) -> None:
            await listener(entry.sequence, entry.event.video_id, e.encode(entry.event))

        self._event_log.followers.append(follow)
        try:
            yield
        finally:
            self._event_log.followers.remove(follow)


async def wait_until(check: Callable[[], Awaitable[bool]], seconds: float = 120.0) -> None:
    """Wait until something that happens by itself has happened."""
    async with asyncio.timeout(seconds):
        while not await check():
            await asyncio.sleep(0.02)


_read_studio = functools.cache(load_studio)
_read_lessons = functools.cache(load_lessons)


@asynccontextmanager
async def start_deps(
    connections: Connections,
    bucket: KeyValueStore | None = None,
    access_buckets: AccessBuckets | None = None,
    **overrides: Any,
) -> AsyncIterator[GatewayDeps]:
    """Deps over doubles, started; each event is projected as soon as it is stored. `overrides` are settings."""
    event_log = connections.event_log
    assert isinstance(event_log, MemoryEventLog)
    views = Views(bucket or MemoryKeyValueStore())
    metrics = GatewayMetrics(connections.meter)
    projection = Projection(event_log, views, metrics)

    async def project(entry: LogEntry) -> None:
        await projection.project(entry.event.video_id)

    values = {
        "metrics_port": 0,
        "grace_seconds": 2.0,
        "allowed_hosts": "gateway",
        "signing_key": SIGNING_KEY,
        **overrides,
    }
    settings = GatewaySettings(**values)
    deps = GatewayDeps(
        settings=settings,
        connections=connections,
        event_log=event_log,
        shared_reads=SharedReads(event_log),
        hub=Hub(MemoryEventFeed(event_log), connections.bus),
        views=views,
        stored_responses=MemoryKeyValueStore(),
        batches=Batches(MemoryKeyValueStore()),
        webhook_endpoints=Endpoints(MemoryKeyValueStore()),
        webhook_deliveries=Deliveries(MemoryKeyValueStore()),
        metrics=metrics,
        checks={"views": views.wait_until_current, "store": connections.store.check},
        access=build_access(settings, access_buckets or make_buckets(), views),
        outlook=OutlookBoard(views, StageTimes(MemoryKeyValueStore()), Workforce(connections.bus)),
        room=RoomWatch(settings, hold=0.0),
        studio=_read_studio(),
        lessons=_read_lessons(),
    )
    await deps.start()
    event_log.followers.append(project)
    try:
        yield deps
    finally:
        event_log.followers.remove(project)
        await deps.close()


def make_buckets() -> AccessBuckets:
    """Buckets in memory, which several gateways may share."""
    names = ("keys", "ended_sessions", "shares", "quotas", "rates")
    return AccessBuckets(**{name: MemoryKeyValueStore() for name in names})


@functools.cache
def published_openapi() -> dict[str, Any]:
    """The OpenAPI of the gateway's routes."""
    app = FastAPI()
    for router in ROUTERS:
        app.include_router(router)
    return describe_api(app, ROUTERS, PUBLIC_ROUTERS)


@functools.cache
def _make_response_checker() -> ResponseChecker:
    return ResponseChecker(published_openapi())


_idle_apps: list[FastAPI] = []


@contextmanager
def _borrow_app(deps: GatewayDeps) -> Iterator[FastAPI]:
    """An app that no gateway uses now, as FastAPI takes a tenth of a second to compile the routes of each."""
    if deps.settings.list_cors_origins():  # the only setting that an app is built with
        yield make_app(deps)
        return
    app = _idle_apps.pop() if _idle_apps else make_app(deps)
    app.state.deps = deps
    try:
        yield app
    finally:
        _idle_apps.append(app)


@asynccontextmanager
async def gateway_in_process(connections: Connections, **overrides: Any) -> AsyncIterator[TestGateway]:
    """A gateway over doubles, without a port. Responses come whole, so event streams must end by themselves."""
    async with AsyncExitStack() as stack:
        deps = await stack.enter_async_context(start_deps(connections, **overrides))
        app = stack.enter_context(_borrow_app(deps))
        hooks = {"response": [_make_response_checker()]}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway", event_hooks=hooks) as http:
            yield TestGateway(deps, http)


@asynccontextmanager
async def gateway_on_a_port(connections: Connections, **overrides: Any) -> AsyncIterator[TestGateway]:
    """A gateway over doubles that serves on a free port."""
    async with AsyncExitStack() as stack:
        deps = await stack.enter_async_context(start_deps(connections, port=free_port(), **overrides))
        app, stop = stack.enter_context(_borrow_app(deps)), asyncio.Event()
        task = asyncio.create_task(serve(app, deps.settings, stop, deps.hub.drain))
        async with _client_of(deps, stop, task) as gateway:
            yield gateway


@asynccontextmanager
async def gateway_over_servers(
    settings: Settings, connections: Connections, **overrides: Any
) -> AsyncIterator[TestGateway]:
    """A whole gateway service on a free port, over real servers. Its metrics are its own, as in a process of its own."""
    connections = Connections.over(connections.nats, connections.store, CollectorRegistry())
    values = {**settings.model_dump(), "port": free_port(), "signing_key": SIGNING_KEY, **overrides}
    service = build(GatewaySettings(**values), connections)
    stop = asyncio.Event()
    task = asyncio.create_task(service.serve(stop))
    async with _client_of(service.deps, stop, task) as gateway:
        yield gateway


@asynccontextmanager
async def _client_of(deps: GatewayDeps, stop: asyncio.Event, task: asyncio.Task[None]) -> AsyncIterator[TestGateway]:
    url = f"http://127.0.0.1:{deps.settings.port}"
    async with httpx.AsyncClient(
        base_url=url, timeout=10, event_hooks={"response": [_make_response_checker()]}
    ) as http:

        async def answers() -> bool:
            if task.done():
                task.result()
            try:
                return (await http.get("/healthz")).status_code == 200
            except httpx.TransportError:
                return False

        await wait_until(answers)
        try:
            yield TestGateway(deps, http, url, stop, task)
        finally:
            stop.set()
            await asyncio.wait_for(task, 120)


@dataclass
class StreamBlock:
    """One block of an event stream as a client receives it."""

    name: str = ""
    id: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    retry: int | None = None
    comment: str = ""


async def read_blocks(response: httpx.Response) -> AsyncIterator[StreamBlock]:
    """The blocks of an event stream, comments included."""
    block = StreamBlock()
    async for line in response.aiter_lines():
        name, _, value = line.partition(": ")
        if not line:
            yield block
            block = StreamBlock()
        elif name == "event":
            block.name = value
        elif name == "id":
            block.id = value
        elif name == "retry":
            block.retry = int(value)
        elif name == "data":
            block.data = msgspec.json.decode(value)
        elif line.startswith(":"):
            block.comment = line[1:].strip()


async def collect_blocks(http: httpx.AsyncClient, url: str, **headers: str) -> list[StreamBlock]:
    """All blocks that a stream sends until it closes."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    async with http.stream("GET", url, headers=names) as response:
        assert response.status_code == 200, await response.aread()
        return [block async for block in read_blocks(response)]
