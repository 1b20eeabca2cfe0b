"""Builds the renderer: the one place that knows which sandbox is used."""

from __future__ import annotations

from prometheus_client import Counter

from lectern.contracts.requests import CHECK_SCENE, DRAW_STILLS, CheckScene, DrawStills, SceneVerdict, Stills
from lectern.renderer.handlers import STAGE, RendererDeps
from lectern.renderer.pool import ColdPool, Pool, WarmPool
from lectern.renderer.preflight import preflight
from lectern.renderer.sandbox.slots import cores_available
from lectern.renderer.settings import RendererSettings
from lectern.renderer.stills import stills
from lectern.worker import Connections, Responder, Service


def build(settings: RendererSettings | None, connections: Connections) -> Service:
    """The renderer as a service. Its pool has one slot more than the stage: preflight's own."""
    settings = settings or RendererSettings()
    slots = settings.slots or cores_available()
    pool: Pool = (
        WarmPool(slots=slots + 1, tex=settings.tex_cache) if settings.sandbox == "warm" else ColdPool(slots=slots + 1)
    )
    registry = connections.registry
    adapters = RendererDeps(
        pool=pool,
        cpu_seconds=Counter("lectern_render_cpu_seconds", "CPU spent drawing", ("quality",), registry=registry),
        video_seconds=Counter("lectern_render_video_seconds", "Footage drawn", ("quality",), registry=registry),
        cached=Counter("lectern_render_cached", "Scenes whose footage was known", registry=registry),
        wall_factor=settings.wall_factor,
    )

    async def check(message: CheckScene) -> SceneVerdict:
        return await preflight(message, pool, connections.store)

    async def draw(message: DrawStills) -> Stills:
        return await stills(message, pool, connections.store)

    return Service(
        name="renderer",
        connections=connections,
        settings=settings.model_copy(update={"slots": slots}),
        stage=STAGE if settings.renders else None,
        deps=adapters,
        start=pool.start,
        close=pool.close,
        responders=(
            Responder(
                request=CHECK_SCENE,
                handler=check,
                failed=lambda error: SceneVerdict(ok=False, unavailable=_cause(error)),
                slots=1 if settings.renders else slots,
            ),
            Responder(
                request=DRAW_STILLS,
                handler=draw,
                failed=lambda error: Stills(ok=False, unavailable=_cause(error)),
            ),
        ),
        ready=lambda: {f"sandbox.{layer}": state for layer, state in pool.layers().items()},
    )


def _cause(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
