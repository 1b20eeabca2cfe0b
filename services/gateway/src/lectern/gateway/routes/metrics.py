"""GET /metrics, for operators: where keys are required, it needs one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Response

from lectern.gateway.deps import Deps
from lectern.worker import expose

router = APIRouter(tags=["operations"])


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
async def show_metrics(deps: Deps, accept: Annotated[str, Header()] = "") -> Response:
    """In OpenMetrics where `Accept` asks for it, else in the Prometheus text format."""
    page, media_type = expose(deps.connections.registry, accept)
    return Response(page, headers={"Content-Type": media_type})
