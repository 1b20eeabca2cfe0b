"""GET /metrics, for operators: where keys are required, it needs one."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from lectern.gateway.deps import Deps

router = APIRouter(tags=["operations"])


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
async def show_metrics(deps: Deps) -> Response:
    """In the Prometheus text format."""
    return Response(generate_latest(deps.connections.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
