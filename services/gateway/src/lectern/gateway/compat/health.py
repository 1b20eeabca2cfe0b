"""`GET /health`, as older clients know it: whether videos can be made."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from lectern.gateway.compat.answers import answer, check_enabled
from lectern.gateway.compat.schemas import OlderHealth
from lectern.gateway.deps import Deps
from lectern.gateway.room import describe_room
from lectern.worker import readiness

router = APIRouter(tags=["older clients"], dependencies=[Depends(check_enabled)], deprecated=True)


@router.get(
    "/health",
    response_model=OlderHealth,
    summary="Readiness, under another name",
    responses={503: {"model": OlderHealth, "description": "A dependency does not answer; `checks` says which"}},
)
async def check_health(deps: Deps) -> Response:
    """The same as `/readyz`."""
    facts = await describe_room(deps)
    status, body = await readiness(deps.checks, lambda: facts)
    word = "healthy" if status == 200 else "unhealthy"
    return answer(OlderHealth(status=word, checks=body["checks"]), status)
