"""Every error of the API as `application/problem+json`: refusals, invalid input, unknown paths, outages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import nats.errors
import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from nats.js import errors as js_errors
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from lectern.contracts.problems import ProblemError
from lectern.gateway import mapping, problem_types
from lectern.gateway.refusals import Refusal, refuse
from lectern.gateway.validation import refuse_request
from lectern.worker import Transient

MEDIA_TYPE = "application/problem+json"


def make_response(refusal: Refusal, request_id: str = "") -> Response:
    """The response for a Refusal."""
    body = mapping.map_problem(refusal.problem, status=refusal.status, instance=request_id or None)
    return Response(
        body.model_dump_json(exclude_none=True), refusal.status, headers=refusal.headers, media_type=MEDIA_TYPE
    )


def _refuse_unavailable(error: Exception) -> Refusal:
    """503: the event log or the object store does not answer."""
    reason = str(error) if isinstance(error, Transient) else "the event log does not answer"
    return refuse(problem_types.DEPENDENCY_UNAVAILABLE, f"{reason[:1].upper()}{reason[1:]}.", retry_after=5)


def _list_methods(request: Request, routers: Iterable[APIRouter]) -> str:
    """Every method of a path, for the header Allow: the framework names those of one route of it only.

    Of two paths that fit, such as `/videos/estimate` and `/videos/{id}`, it is the one with fewer parameters.
    """
    routes = [route for router in routers for route in router.routes if isinstance(route, Route)]
    matching = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    path = min(matching, key=lambda route: len(route.param_convertors)).path if matching else ""
    return ", ".join(sorted({method for route in matching if route.path == path for method in route.methods or ()}))


def _refuse_http(request: Request, error: HTTPException, routers: Iterable[APIRouter]) -> Refusal:
    """The Refusal for an error of the framework: an unknown path, a wrong method, a body it cannot parse."""
    path = request.url.path[:120]
    match error.status_code:
        case 404:
            return refuse(problem_types.NO_SUCH_ROUTE, f"{path} is not part of the API.")
        case 405:
            allowed = _list_methods(request, routers) or (error.headers or {}).get("Allow", "")
            return refuse(
                problem_types.METHOD_NOT_ALLOWED,
                f"{path} does not support {request.method}.",
                f"Use {allowed}." if allowed else "",
                headers={"Allow": allowed},
            )
        case 400:
            return refuse(problem_types.MALFORMED_REQUEST, f"{error.detail}.")
    return refuse(problem_types.HTTP_ERROR, str(error.detail), status=error.status_code, headers=error.headers)


def _request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))


async def answer_error(request: Request, error: Exception) -> Response:
    """The response of the application's handler for an error; raises the error where there is none."""
    handlers = request.app.exception_handlers
    found = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
    if found is None:
        raise error
    return cast(Response, await found(request, error))


def install(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Register the exception handlers. `routers` are those of the application."""

    @app.exception_handler(Refusal)
    async def on_refusal(request: Request, error: Refusal) -> Response:
        return make_response(error, _request_id(request))

    @app.exception_handler(ProblemError)
    async def on_problem(request: Request, error: ProblemError) -> Response:
        return make_response(Refusal(422, error.problem), _request_id(request))

    @app.exception_handler(RequestValidationError)
    async def on_invalid_request(request: Request, error: RequestValidationError) -> Response:
        return make_response(refuse_request(request, error.errors()), _request_id(request))

    @app.exception_handler(HTTPException)
    async def on_http_error(request: Request, error: HTTPException) -> Response:
        refusal = error.__cause__ if isinstance(error.__cause__, Refusal) else _refuse_http(request, error, routers)
        return make_response(refusal, _request_id(request))  # FastAPI wraps what is raised while it reads a body

    async def on_outage(request: Request, error: Exception) -> Response:
        structlog.get_logger("lectern.gateway").warning("unavailable", action="refused", error=repr(error)[:200])
        return make_response(_refuse_unavailable(error), _request_id(request))

    for kind in (Transient, nats.errors.Error, js_errors.Error, TimeoutError, ConnectionError):
        app.add_exception_handler(kind, on_outage)
