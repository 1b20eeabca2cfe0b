"""For operators: liveness and readiness; and links to start from."""

from __future__ import annotations

from fastapi import APIRouter, Response

from lectern.gateway.deps import Deps
from lectern.gateway.responses import make_json_response
from lectern.gateway.schemas import ApiIndex, Health, Readiness
from lectern.worker import liveness, readiness

router = APIRouter(tags=["operations"])

_LINKS = {"videos": "/v1/videos", "openapi": "/openapi.json", "health": "/healthz", "ready": "/readyz"}


@router.get("/", summary="Links to start from")
async def show_links() -> ApiIndex:
    """Links to start from."""
    return ApiIndex(service="lectern", links=_LINKS)


@router.get("/healthz", summary="Liveness")
async def show_health() -> Health:
    """200 as long as the process answers."""
    return Health.model_validate(liveness("gateway"))


@router.get(
    "/readyz",
    response_model=Readiness,
    summary="Readiness",
    responses={503: {"model": Readiness, "description": "A dependency does not answer; `checks` says which"}},
)
async def show_readiness(deps: Deps) -> Response:
    """Asks the event log, its stream and consumers, the views and the object store, all within a second."""
    status, body = await readiness(deps.checks)
    return make_json_response(Readiness.model_validate(body), status)
