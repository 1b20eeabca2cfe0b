"""/healthz, /readyz and /metrics on a port of their own, which no ingress ever shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

if TYPE_CHECKING:
    from lectern.worker.service import Service


@asynccontextmanager
async def serve_health(service: Service, port: int) -> AsyncIterator[None]:
    """Serves while the context lasts. `/healthz` says the loop turns; `/readyz` that what it needs answers."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "service": service.name})

    async def readyz(_: web.Request) -> web.Response:
        try:
            return web.json_response({"status": "ready", **await service.readiness()})
        except Exception as error:
            return web.json_response({"status": "not ready", "reason": type(error).__name__}, status=503)

    async def metrics(_: web.Request) -> web.Response:
        body = generate_latest(service.connections.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "0.0.0.0", port).start()  # noqa: S104 - scraped from outside the pod
        yield
    finally:
        await runner.cleanup()
