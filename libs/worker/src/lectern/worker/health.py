"""/healthz, /readyz and /metrics: what they answer, and a server for them on a port of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import nats.errors
from nats.js import errors as js_errors
from prometheus_client import CollectorRegistry

from lectern.contracts.options import LANES
from lectern.contracts.topology import VIDEOS, consumer_name
from lectern.worker.connections import Connections
from lectern.worker.exposition import expose
from lectern.worker.failures import Unavailable
from lectern.worker.outages import check_disk_space

CHECK_TIMEOUT_SECONDS = 1.0  # a probe that waits longer counts as a failure

Check: TypeAlias = Callable[[], Awaitable[None]]
Report: TypeAlias = Callable[[], Awaitable[tuple[int, dict[str, Any]]]]


def liveness(service: str) -> dict[str, str]:
    """The body of `/healthz`: the process turns its loop."""
    return {"status": "ok", "service": service}


def connection_checks(connections: Connections, scratch: Path | None = None) -> dict[str, Check]:
    """The checks of what every service needs. Each raises when its part does not answer, or cannot be written to."""

    async def check_stream() -> None:
        try:
            await connections.nats.jetstream(timeout=CHECK_TIMEOUT_SECONDS).stream_info(VIDEOS)
        except (js_errors.ServiceUnavailableError, nats.errors.NoRespondersError) as error:
            raise Unavailable("JetStream is off", code="log-unavailable") from error
        if refusal := connections.event_log.refusal():
            raise refusal

    async def check_disk() -> None:
        check_disk_space(scratch)

    return {"stream": check_stream, "store": connections.store.check, "disk": check_disk}


def consumer_check(connections: Connections, stage: str) -> Check:
    """A check that the stage's consumers exist: without them it would take nothing, and look idle."""

    async def check_consumers() -> None:
        js = connections.nats.jetstream(timeout=CHECK_TIMEOUT_SECONDS)
        for lane in LANES:
            name = consumer_name(stage, lane)
            try:
                await js.consumer_info(VIDEOS, name)
            except js_errors.NotFoundError as error:
                reason = f"there is no consumer {name}; run `lectern provision`"
                raise Unavailable(reason, code="log-unavailable") from error

    return check_consumers


async def readiness(
    checks: Mapping[str, Check], facts: Callable[[], Mapping[str, str]] | None = None
) -> tuple[int, dict[str, Any]]:
    """The status and body of `/readyz`: 200 when every check passes within a second, else 503.

    `checks` in the body has the result of each, `ok` or `failed: <error>`, and the `facts`, which may raise, too.
    """
    results = dict(zip(checks, await asyncio.gather(*map(run_check, checks.values())), strict=True))
    ready = all(result == "ok" for result in results.values())
    try:
        results.update(facts() if facts else {})
    except Exception as error:
        ready, results["service"] = False, f"failed: {type(error).__name__}"
    return (200 if ready else 503), {"status": "ready" if ready else "not ready", "checks": results}


async def run_check(check: Check, seconds: float = CHECK_TIMEOUT_SECONDS) -> str:
    """`ok`, or `failed: <error>`; a check that takes longer than so many seconds has failed."""
    try:
        async with asyncio.timeout(seconds):
            await check()
    except Unavailable as error:
        return f"failed: {error}"
    except TimeoutError:
        return f"failed: no answer within {seconds:.0f} s"
    except Exception as error:
        return f"failed: {type(error).__name__}"
    return "ok"


@asynccontextmanager
async def serve_health(service: str, report: Report, registry: CollectorRegistry, port: int) -> AsyncIterator[None]:
    """Serves all three while the context lasts, on a port that no ingress ever shows."""
    from aiohttp import web  # loaded only by a process that has such a port

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response(liveness(service))

    async def readyz(_: web.Request) -> web.Response:
        status, body = await report()
        return web.json_response(body, status=status)

    async def metrics(request: web.Request) -> web.Response:
        page, media_type = expose(registry, request.headers.get("Accept", ""))
        return web.Response(body=page, headers={"Content-Type": media_type})

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "0.0.0.0", port).start()  # noqa: S104 - scraped from outside the pod
        yield
    finally:
        await runner.cleanup()
