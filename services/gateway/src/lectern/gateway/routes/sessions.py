"""Sessions: browsers, whose event streams and players cannot send a key, exchange it for a cookie."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from lectern.gateway.access import examples
from lectern.gateway.access.authentication import refuse_credentials
from lectern.gateway.access.sessions import read_cookie, set_cookie
from lectern.gateway.deps import Deps
from lectern.gateway.json_body import JsonRoute
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.responses import make_json_response
from lectern.gateway.schemas import SessionInfo, SessionRequest

router = APIRouter(tags=["access"], route_class=JsonRoute)


@router.post(
    "/v1/session",
    status_code=201,
    response_model=SessionInfo,
    summary="Sign in",
    responses={
        **describe_json(201, SessionInfo, "Signed in; the cookie is set", examples.SESSION),
        **describe_problems(400, 401, 403, 413, 415, 422, 503),
    },
)
async def open_session(deps: Deps, request: Request, body: SessionRequest) -> Response:
    """Exchanges a key for a cookie that no script can read and no other site can send. It ends with the key."""
    key = deps.access.ring.find(body.key.strip())
    if key is None:
        raise refuse_credentials("This key is unknown, revoked or expired.")
    value, session = deps.access.sessions.open(key)
    info = SessionInfo(owner=key.owner, scopes=list(key.scopes), expires_at=session.expires_at)
    response = make_json_response(info, 201)
    seconds = int((session.expires_at - deps.access.clock()).total_seconds())
    set_cookie(response, value, seconds=seconds, secure=request.url.scheme == "https")
    return response


@router.delete(
    "/v1/session",
    status_code=204,
    summary="Sign out",
    response_class=Response,
    responses={204: {"description": "Signed out; the cookie is taken back"}, **describe_problems(403, 503)},
)
async def end_session(deps: Deps, request: Request) -> Response:
    """Ends the session everywhere, also for whoever has copied its cookie."""
    if found := deps.access.sessions.find(read_cookie(request.headers.get("cookie", ""))):
        await deps.access.sessions.end(found[1])
    response = Response(status_code=204)
    set_cookie(response, "", seconds=0, secure=request.url.scheme == "https")
    return response
