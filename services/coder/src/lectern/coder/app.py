"""Builds the coder from its settings and connections."""

from __future__ import annotations

from functools import partial

from lectern.coder.clients import PreflightClient, StillsClient
from lectern.coder.coding import SceneCoder
from lectern.coder.cuing import Cuer
from lectern.coder.deps import CoderDeps
from lectern.coder.handlers import STAGE
from lectern.coder.requests import build_responder
from lectern.coder.settings import CoderSettings
from lectern.coder.template_coder import TemplateCoder
from lectern.contracts.topology import CUER
from lectern.lessons import load_studies
from lectern.llm import ModelClient, ModelMetrics, build_model_client
from lectern.worker import Connections, Service, follow_log


def build(settings: CoderSettings | None, connections: Connections) -> Service:
    """The coder with what its settings ask for: a model where one is set up, templates in any case."""
    settings = settings or CoderSettings()
    metrics = ModelMetrics(connections.meter, connections.metrics)
    model_client = build_model_client(settings, connections.store, metrics, connections.claims)
    preflight = PreflightClient(
        connections.bus,
        connections.store,
        connections.metrics,
        timeout=settings.preflight_timeout,
        startup_wait=settings.preflight_patience,
    )
    stills = StillsClient(
        connections.bus,
        connections.store,
        timeout=settings.stills_timeout,
        startup_wait=settings.preflight_patience,
    )
    cuer = Cuer(connections.event_log, connections.store)
    return Service(
        name="coder",
        connections=connections,
        settings=settings,
        stage=STAGE,
        responders=(build_responder(has_model=model_client is not None),),
        deps=CoderDeps(coder=_build_coder(model_client), preflight=preflight, stills=stills),
        run=partial(follow_log, connections.nats, CUER, cuer.cue_messages),
        close=model_client.close if model_client else None,
    )


def _build_coder(model_client: ModelClient | None) -> SceneCoder:
    if model_client is None:
        return TemplateCoder()
    from lectern.coder.codegen.examples import ExampleIndex, find_examples  # its search index is needed only here
    from lectern.coder.codegen.model_coder import ModelCoder
    from lectern.coder.codegen.reference import load_reference

    return ModelCoder(model_client, load_reference(), ExampleIndex(find_examples(load_studies())))
