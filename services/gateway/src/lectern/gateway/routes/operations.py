"""For operators: liveness and readiness."""

from __future__ import annotations

from fastapi import APIRouter, Response

from lectern.gateway.deps import Deps
from lectern.gateway.responses import make_json_response
from lectern.gateway.room import describe_room
from lectern.gateway.schemas import Health, Readiness
from lectern.worker import liveness, readiness

router = APIRouter(tags=["operations"])


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
    facts = await describe_room(deps)
    status, body = await readiness(deps.checks, lambda: facts)
    return make_json_response(Readiness.model_validate(body), status)
