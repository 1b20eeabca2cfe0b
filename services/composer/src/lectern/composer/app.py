"""Builds the composer: the only place that knows its concrete parts."""

from __future__ import annotations

import asyncio

from lectern.composer.deps import ComposerDeps
from lectern.composer.handlers import STAGE
from lectern.composer.metrics import ComposerMetrics
from lectern.composer.requests import build_responder
from lectern.composer.settings import ComposerSettings
from lectern.media import describe_cells
from lectern.worker import Connections, Service


def build(settings: ComposerSettings | None, connections: Connections) -> Service:
    """Builds the composer as a service."""
    settings = settings or ComposerSettings()
    deps = ComposerDeps(
        metrics=ComposerMetrics(connections.meter),
        audio_bitrate=settings.audio_bitrate,
        transfers=settings.transfers,
    )

    async def start() -> None:
        await asyncio.to_thread(describe_cells)  # so that /readyz knows them already

    return Service(
        name="composer",
        connections=connections,
        settings=settings,
        stage=STAGE,
        deps=deps,
        responders=(build_responder(connections.store, deps, settings.scratch, connections.metrics),),
        start=start,
        ready=describe_cells,
    )
