"""Builds the renderer: the one place that knows which sandbox is used."""

from __future__ import annotations

import asyncio

from prometheus_client import Counter

from lectern.contracts import subjects
from lectern.renderer.answering import answer_requests
from lectern.renderer.handlers import STAGE, RendererDeps
from lectern.renderer.pool import ColdPool, Pool, WarmPool
from lectern.renderer.preflight import PreflightReply, PreflightRequest, preflight
from lectern.renderer.sandbox.slots import cores_available
from lectern.renderer.settings import RendererSettings
from lectern.renderer.stills import StillsReply, StillsRequest, stills
from lectern.worker import Deps, Service


def build(settings: RendererSettings | None, deps: Deps) -> Service:
    """The renderer as a service. Its pool has one slot more than the stage: preflight's own."""
    settings = settings or RendererSettings()
    slots = settings.slots or cores_available()
    pool: Pool = (
        WarmPool(slots=slots + 1, tex=settings.tex_cache) if settings.sandbox == "warm" else ColdPool(slots=slots + 1)
    )
    registry = deps.registry
    adapters = RendererDeps(
        pool=pool,
        cpu_seconds=Counter("lectern_render_cpu_seconds", "CPU spent drawing", ("quality",), registry=registry),
        video_seconds=Counter("lectern_render_video_seconds", "Footage drawn", ("quality",), registry=registry),
        cached=Counter("lectern_render_cached", "Scenes whose footage was known", registry=registry),
        wall_factor=settings.wall_factor,
    )

    async def check(request: PreflightRequest) -> PreflightReply:
        return await preflight(request, pool, deps.store)

    async def show(request: StillsRequest) -> StillsReply:
        return await stills(request, pool, deps.store)

    async def run(stop: asyncio.Event) -> None:
        checks = 1 if settings.renders else slots
        async with asyncio.TaskGroup() as answering:
            answering.create_task(
                answer_requests(deps.nats, subjects.PREFLIGHT, PreflightRequest, check, stop, at_once=checks)
            )
            answering.create_task(answer_requests(deps.nats, subjects.STILLS, StillsRequest, show, stop))

    return Service(
        name="renderer",
        infra=deps,
        settings=settings.model_copy(update={"slots": slots}),
        stage=STAGE if settings.renders else None,
        deps=adapters,
        start=pool.start,
        close=pool.close,
        run=run,
        ready=lambda: {f"sandbox.{layer}": state for layer, state in pool.layers().items()},
    )
