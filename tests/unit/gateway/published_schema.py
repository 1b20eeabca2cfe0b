"""Checks every response against the OpenAPI that the gateway publishes for its route and status."""

from __future__ import annotations

import re
from typing import Any

import httpx
from jsonschema import Draft202012Validator

PROBLEM = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}}
PAGES = ("/studio/", "/library", "/explore", "/settings", "/videos/", "/s/")  # for people, no part of the API
UNCHECKED = ("text/event-stream", "video/", "image/")  # a body that is a stream, or no text


class SchemaChecker:
    """Finds where JSON departs from a schema. Properties that the schema does not list are faults, too."""

    def __init__(self, components: dict[str, Any]) -> None:
        self._components = {"components": {"schemas": _close(components)}}

    def find_faults(self, value: Any, schema: dict[str, Any]) -> list[str]:
        """Faults with their places; none for a value that fits."""
        validator = Draft202012Validator({**_close(schema), **self._components})
        return [f"{fault.json_path}: {fault.message:.200}" for fault in validator.iter_errors(value)]


def _close(schema: Any) -> Any:
    """The schema with nothing but listed properties allowed, unless it says otherwise."""
    if isinstance(schema, list):
        return [_close(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _close(value) for key, value in schema.items()}
    is_object = closed.get("type") == "object" and isinstance(closed.get("properties"), dict)
    return {"additionalProperties": False, **closed} if is_object else closed


class ResponseChecker:
    """A response hook of the tests' HTTP client. `checked` counts the JSON bodies it compared."""

    def __init__(self, openapi: dict[str, Any]) -> None:
        self._schemas = SchemaChecker(openapi["components"]["schemas"])
        self._routes = [
            (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), operations)
            for path, operations in openapi["paths"].items()
        ]
        self.checked = 0

    async def __call__(self, response: httpx.Response) -> None:
        """Raises AssertionError when the response is not as published."""
        media_type = response.headers.get("content-type", "").partition(";")[0]
        method, path = response.request.method.lower(), response.request.url.path
        if method == "head" or media_type.startswith(UNCHECKED) or path == "/openapi.json":
            return
        if (response.is_success or media_type == "text/html") and path.startswith(PAGES):
            return
        where = f"{method.upper()} {path} {response.status_code}"
        published = self._find_response(method, path, response.status_code)
        assert published is not None, f"{where} is not in the OpenAPI"
        body = await response.aread()
        if not media_type:
            assert not body, f"{where} has a body without a type"
            return
        content = published.get("content", {})
        if not media_type.endswith("json"):
            assert media_type in content or not content, f"{where}: {media_type} is not in the OpenAPI"
            return
        assert media_type in content, f"{where}: {media_type} is not in the OpenAPI"
        faults = self._schemas.find_faults(response.json(), content[media_type]["schema"])
        assert not faults, f"{where} departs from its schema: {faults}"
        self.checked += 1

    def _find_response(self, method: str, path: str, status: int) -> dict[str, Any] | None:
        fitting = [operations for pattern, operations in self._routes if pattern.fullmatch(path)]
        operations = next((operations for operations in fitting if method in operations), {})
        if method not in operations:
            return PROBLEM  # what is no route has no description, and only ever answers with a problem
        responses = operations[method]["responses"]
        found: dict[str, Any] | None = responses.get(str(status), responses.get("default"))
        return found
