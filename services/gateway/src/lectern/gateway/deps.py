"""The gateway's dependencies, as routes receive them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from lectern.gateway.hub import Hub
from lectern.gateway.metrics import GatewayMetrics
from lectern.gateway.settings import GatewaySettings
from lectern.gateway.views import Views
from lectern.worker import Check, Connections, EventLog, KeyValueStore


@dataclass(frozen=True, kw_only=True)
class GatewayDeps:
    """The gateway's adapters.

    `stored_responses` holds the response to each Idempotency-Key, `checks` are those of readiness.
    """

    settings: GatewaySettings
    connections: Connections
    event_log: EventLog
    hub: Hub
    views: Views
    stored_responses: KeyValueStore
    metrics: GatewayMetrics
    checks: Mapping[str, Check]


def get_deps(request: Request) -> GatewayDeps:
    """The deps of the gateway that received this request."""
    return cast(GatewayDeps, request.app.state.deps)


Deps = Annotated[GatewayDeps, Depends(get_deps)]
