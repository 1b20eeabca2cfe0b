"""Builds the renderer: the one place that knows which sandbox is used."""

from __future__ import annotations

from lectern.renderer.deps import RendererDeps
from lectern.renderer.handlers import STAGE
from lectern.renderer.measured_pool import MeasuredPool
from lectern.renderer.metrics import RendererMetrics
from lectern.renderer.pool import ColdPool, Pool, WarmPool
from lectern.renderer.requests import build_responders
from lectern.renderer.sandbox.cores import count_cores
from lectern.renderer.sandbox.work_folders import remove_abandoned_folders
from lectern.renderer.settings import RendererSettings
from lectern.renderer.warming_up import warm_up_for_work
from lectern.worker import Connections, Service, ServiceLedger


def build(settings: RendererSettings | None, connections: Connections) -> Service:
    """Builds the service. Its pool has one slot more than the stage, which renders leave to preflights."""
    settings = settings or RendererSettings()
    slots = settings.slots or count_cores()
    ledger = ServiceLedger()  # one for the queue and the pool: what a video computes in either counts
    metrics = RendererMetrics(connections.meter)
    pool = MeasuredPool(_build_pool(settings, slots + 1, ledger), metrics)
    return Service(
        name="renderer",
        connections=connections,
        settings=settings.model_copy(update={"slots": slots}),
        stage=STAGE if settings.renders else None,
        deps=RendererDeps(pool=pool, metrics=metrics),
        ledger=ledger,
        start=pool.start,
        close=pool.close,
        run=lambda stop: warm_up_for_work(pool, connections.bus, stop),
        responders=build_responders(pool, connections.store, connections.metrics),
        ready=lambda: _describe_layers(pool),
        clean=lambda: remove_abandoned_folders(settings.scratch),
    )


def _describe_layers(pool: Pool) -> dict[str, str]:
    layers = {f"sandbox.{layer}": state for layer, state in pool.layers().items()}
    return layers or {"sandbox": "not started; it starts with the first work"}


def _build_pool(settings: RendererSettings, slots: int, ledger: ServiceLedger) -> Pool:
    if settings.sandbox == "warm":
        on_demand = settings.warm_up == "with-work"
        return WarmPool(
            scratch=settings.scratch, slots=slots, tex=settings.tex_cache, ledger=ledger, on_demand=on_demand
        )
    return ColdPool(scratch=settings.scratch, slots=slots)
