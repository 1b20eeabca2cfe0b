"""The coder, put together."""

from __future__ import annotations

from lectern.coder.engine import TemplateCoder
from lectern.coder.handlers import STAGE, CoderDeps
from lectern.coder.preflight import Preflight
from lectern.coder.settings import CoderSettings
from lectern.worker import Deps, Service


def build(settings: CoderSettings | None, deps: Deps) -> Service:
    """The coder with the engine its settings ask for: so far the one that needs no model."""
    settings = settings or CoderSettings()
    preflight = Preflight(
        deps.nats, deps.store, timeout=settings.preflight_timeout, patience=settings.preflight_patience
    )
    return Service(
        name="coder",
        infra=deps,
        settings=settings,
        stage=STAGE,
        deps=CoderDeps(coder=TemplateCoder(), preflight=preflight),
    )
