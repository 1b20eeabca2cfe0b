"""/healthz, /readyz and /metrics: what they answer, and a server for them on a port of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeAlias

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from lectern.contracts.topology import VIDEOS
from lectern.worker.connections import Connections

Readiness: TypeAlias = Callable[[], Awaitable[Mapping[str, str]]]


def liveness(service: str) -> dict[str, str]:
    """The body of `/healthz`: the process turns its loop."""
    return {"status": "ok", "service": service}


async def check_connections(connections: Connections) -> dict[str, str]:
    """The state of what every service needs. Raises what a part raises that does not answer."""
    await connections.nats.jetstream(timeout=1).stream_info(VIDEOS)
    await connections.store.check()
    return {"nats": "ok", "store": "ok"}


async def readiness(check: Readiness) -> tuple[int, dict[str, str]]:
    """The status and body of `/readyz`: 200 with each part's state, or 503 with the reason."""
    try:
        return 200, {"status": "ready", **await check()}
    except Exception as error:
        return 503, {"status": "not ready", "reason": type(error).__name__}


@asynccontextmanager
async def serve_health(service: str, check: Readiness, registry: CollectorRegistry, port: int) -> AsyncIterator[None]:
    """Serves all three while the context lasts, on a port that no ingress ever shows."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response(liveness(service))

    async def readyz(_: web.Request) -> web.Response:
        status, body = await readiness(check)
        return web.json_response(body, status=status)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "0.0.0.0", port).start()  # noqa: S104 - scraped from outside the pod
        yield
    finally:
        await runner.cleanup()
