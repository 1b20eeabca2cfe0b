"""The coder, put together."""

from __future__ import annotations

from lectern.coder.engine import TemplateCoder
from lectern.coder.handlers import STAGE, CoderDeps
from lectern.coder.preflight import PreflightClient
from lectern.coder.settings import CoderSettings
from lectern.coder.stills import StillsClient
from lectern.coder.task import Coder
from lectern.lessons import load_lessons
from lectern.llm import ModelClient, build_model_client
from lectern.worker import Connections, Service


def build(settings: CoderSettings | None, connections: Connections) -> Service:
    """The coder with the engine its settings ask for: a model where one is set up, templates in any case."""
    settings = settings or CoderSettings()
    model_client = build_model_client(settings, connections.store)
    preflight = PreflightClient(
        connections.nats, connections.store, timeout=settings.preflight_timeout, patience=settings.preflight_patience
    )
    stills = StillsClient(connections.nats, connections.store, timeout=settings.stills_timeout)
    return Service(
        name="coder",
        connections=connections,
        settings=settings,
        stage=STAGE,
        deps=CoderDeps(coder=_coder(model_client), preflight=preflight, stills=stills),
        close=model_client.close if model_client else None,
    )


def _coder(model_client: ModelClient | None) -> Coder:
    if model_client is None:
        return TemplateCoder()
    from lectern.coder.model.coder import ModelCoder  # its search index is needed only with a model
    from lectern.coder.model.examples import Shelf, examples_of
    from lectern.coder.model.reference import load_reference

    return ModelCoder(model_client, load_reference(), Shelf(examples_of(load_lessons())))
