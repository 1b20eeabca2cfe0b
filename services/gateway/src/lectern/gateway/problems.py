"""Every error of the API as `application/problem+json`: refusals, refused input, unknown routes, outages."""

from __future__ import annotations

import nats.errors
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from nats.js import errors as js_errors
from starlette.exceptions import HTTPException

from lectern.contracts.problems import Problem, ProblemError
from lectern.gateway import mapping
from lectern.gateway.refusals import Refusal, refusal
from lectern.gateway.validation import refused_input
from lectern.worker import Missing, Transient

MEDIA_TYPE = "application/problem+json"


def answer(refused: Refusal, request_id: str = "") -> Response:
    """The response for a Refusal."""
    body = mapping.problem(refused.problem, status=refused.status, instance=request_id or None)
    return Response(
        body.model_dump_json(exclude_none=True), refused.status, headers=refused.headers, media_type=MEDIA_TYPE
    )


def unavailable(error: Exception) -> Refusal:
    """503: the event log or the object store does not answer."""
    what = str(error) if isinstance(error, Transient) else "the event log does not answer"
    return refusal(
        503,
        "dependency-unavailable",
        "Something the service needs is away",
        f"{what[:1].upper()}{what[1:]}.",
        "Try again in a few seconds; nothing was lost.",
        retry_after=5,
    )


def unexpected() -> Refusal:
    """500: a mistake of ours."""
    return refusal(
        500,
        "internal",
        "The service made a mistake",
        "Something unexpected happened while answering.",
        "Try again; if it stays, report the request id in `instance`.",
        retry_after=5,
    )


def _unrouted(request: Request, error: HTTPException) -> Refusal:
    path = request.url.path[:120]
    if error.status_code == 404:
        return refusal(
            404, "no-such-route", "No such address", f"{path} is not part of the API.", "See /openapi.json for what is."
        )
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        problem = Problem(
            code="method-not-allowed",
            title="The method does not fit the address",
            detail=f"{request.method} is not possible on {path}.",
            remedy=f"Use {allowed}." if allowed else "See /openapi.json for what is.",
        )
        return Refusal(405, problem, error.headers)
    if error.status_code == 400:
        return refusal(
            400, "malformed-request", "The request cannot be read", f"{error.detail}.", "Send a JSON object in UTF-8."
        )
    problem = Problem(code="http-error", title="The request failed", detail=str(error.detail), remedy="See the status.")
    return Refusal(error.status_code, problem, error.headers)


def _request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))


def install(app: FastAPI) -> None:
    """Registers the handlers."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, error: Refusal) -> Response:
        return answer(error, _request_id(request))

    @app.exception_handler(ProblemError)
    async def refused_by_contract(request: Request, error: ProblemError) -> Response:
        return answer(Refusal(422, error.problem), _request_id(request))

    @app.exception_handler(RequestValidationError)
    async def invalid_input(request: Request, error: RequestValidationError) -> Response:
        return answer(refused_input(request, error.errors()), _request_id(request))

    @app.exception_handler(HTTPException)
    async def unrouted(request: Request, error: HTTPException) -> Response:
        return answer(_unrouted(request, error), _request_id(request))

    async def away(request: Request, error: Exception) -> Response:
        structlog.get_logger("lectern.gateway").warning("unavailable", action="refused", error=repr(error)[:200])
        return answer(unavailable(error), _request_id(request))

    for kind in (Transient, Missing, nats.errors.Error, js_errors.Error, TimeoutError, ConnectionError):
        app.add_exception_handler(kind, away)
