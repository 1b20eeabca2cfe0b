"""The parts of OpenAPI beside the schemas: examples, and the problems of each route."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel

from lectern.gateway import examples
from lectern.gateway.openapi_links import add_links
from lectern.gateway.schemas import CONTRACT_SCHEMAS, STREAM_SCHEMAS, ProblemBody, Video

_DESCRIPTIONS = {
    400: "The request is malformed",
    401: "No valid API key",
    403: "The key may not do this",
    404: "Not found",
    406: "The script has no Markdown form",
    410: "The video was deleted",
    409: "Conflicts with the video's state",
    412: "What you edit has changed",
    413: "The body is too large",
    415: "The body has the wrong type",
    421: "The request names another host",
    416: "The range lies outside the file",
    422: "The request is invalid",
    503: "A dependency is unavailable",
}


_SECURITY_SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer lk_…`"},
    "session": {"type": "apiKey", "in": "cookie", "name": "lectern_session", "description": "See POST /v1/session"},
}
_PROBLEM_SCHEMA = {"$ref": "#/components/schemas/ProblemBody"}
_ANY_ERROR = {"description": "Any other error", "content": {"application/problem+json": {"schema": _PROBLEM_SCHEMA}}}


def describe_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for the statuses, as problem+json, each with an example."""
    return {
        status: {
            "model": ProblemBody,
            "description": _DESCRIPTIONS[status],
            "content": {
                "application/problem+json": {
                    "schema": _PROBLEM_SCHEMA,
                    "example": {**examples.PROBLEM, "status": status, "retryable": status == 503},
                }
            },
        }
        for status in statuses
    }


def describe_json(
    status: int, model: type[BaseModel], description: str, example: object
) -> dict[int | str, dict[str, Any]]:
    """An OpenAPI response with its schema and an example."""
    content = {"application/json": {"example": example}}
    return {status: {"model": model, "description": description, "content": content}}


def describe_settled(example: object) -> dict[int | str, dict[str, Any]]:
    """The response to `Prefer: wait` when the video has ended, or waits for approval, in time."""
    return describe_json(200, Video, "With `Prefer: wait`: it has ended, or waits for approval", example)


def describe_api(app: FastAPI, routers: Iterable[APIRouter], public: Iterable[APIRouter] = ()) -> dict[str, Any]:
    """The application's OpenAPI: with the schemas of the contract, without the 422 that FastAPI adds itself."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        for operations in schema["paths"].values():
            for operation in operations.values():
                _clean_responses(operation["responses"])
        for router in routers:
            for route in router.routes:
                if isinstance(route, APIRoute) and route.include_in_schema:
                    _restore_examples(schema["paths"][route.path], route)
        for router in public:
            for route in router.routes:
                if isinstance(route, APIRoute) and route.include_in_schema:
                    for method in route.methods or ():
                        schema["paths"][route.path][method.lower()]["security"] = []
        add_links(schema["paths"])
        schema["security"] = [{"key": []}, {"session": []}]
        schema["components"]["securitySchemes"] = _SECURITY_SCHEMES
        for unused in ("HTTPValidationError", "ValidationError"):
            schema["components"]["schemas"].pop(unused, None)
        schema["components"]["schemas"].update(CONTRACT_SCHEMAS)
        for name, published in STREAM_SCHEMAS.items():
            schema["components"]["schemas"].setdefault(name, published)
        app.openapi_schema = schema
    return app.openapi_schema


def _clean_responses(responses: dict[str, Any]) -> None:
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    for response in responses.values():
        if "application/problem+json" in response.get("content", {}):
            response["content"].pop("application/json", None)
    responses["default"] = _ANY_ERROR


def _restore_examples(operations: dict[str, Any], route: APIRoute) -> None:
    """Put the declared examples in place of FastAPI's copies, which lack every field that is null."""
    for method in route.methods or ():
        for status, response in route.responses.items():
            for media_type, content in response.get("content", {}).items():
                if "example" in content:
                    published = operations[method.lower()]["responses"][str(status)]["content"][media_type]
                    published["example"] = content["example"]
