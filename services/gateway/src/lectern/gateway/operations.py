"""For those who run the service: is it alive, is it ready, what has it counted; and where things are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from lectern.contracts import topology
from lectern.gateway.context import Gateway, TheGateway

router = APIRouter(tags=["operations"])

_BUDGET = 1.0  # seconds a readiness answer may take: a probe that waits longer counts as a failure


@router.get("/", summary="Where things are")
async def root() -> JSONResponse:
    """Links to start from."""
    links = {"videos": "/v1/videos", "openapi": "/openapi.json", "health": "/healthz", "ready": "/readyz"}
    return JSONResponse({"service": "lectern", "links": links})


@router.get("/healthz", summary="Is the process alive")
async def healthz() -> JSONResponse:
    """200 as long as the process answers."""
    return JSONResponse({"status": "ok", "service": "gateway"})


async def _consumers(gateway: Gateway) -> None:
    js = gateway.connections.nats.jetstream(timeout=_BUDGET)
    wanted = [consumer.name for consumer in topology.consumers() if consumer.stream == topology.VIDEOS]
    await asyncio.gather(*(js.consumer_info(topology.VIDEOS, name) for name in wanted))


async def _stream(gateway: Gateway) -> None:
    await gateway.connections.nats.jetstream(timeout=_BUDGET).stream_info(topology.VIDEOS)


async def _connected(gateway: Gateway) -> None:
    if not gateway.connections.nats.is_connected:
        raise ConnectionError("not connected")


async def _state_of(check: Awaitable[None]) -> str:
    try:
        async with asyncio.timeout(_BUDGET):
            await check
    except Exception as error:
        return f"failed: {type(error).__name__}"
    return "ok"


@router.get(
    "/readyz",
    summary="Can requests be answered",
    responses={503: {"description": "A part that is needed does not answer; `checks` says which"}},
)
async def readyz(gateway: TheGateway) -> JSONResponse:
    """Asks the event log, its stream and consumers, and the object store, all within a second."""
    checks = {
        "nats": _connected(gateway),
        "stream": _stream(gateway),
        "consumers": _consumers(gateway),
        "views": gateway.views.current(),
        "store": gateway.connections.store.check(),
    }
    states = dict(zip(checks, await asyncio.gather(*map(_state_of, checks.values())), strict=True))
    ready = all(state == "ok" for state in states.values())
    return JSONResponse({"status": "ready" if ready else "not ready", "checks": states}, 200 if ready else 503)


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
async def metrics(gateway: TheGateway) -> Response:
    """In the Prometheus text format."""
    return Response(generate_latest(gateway.connections.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
