"""Checks every response against the OpenAPI that the gateway publishes for its route and status."""

from __future__ import annotations

import re
from typing import Any

import httpx

IGNORED = {"title", "description", "default", "examples", "example", "format", "discriminator"}
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
PROBLEM = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}}
UNCHECKED = ("text/event-stream", "video/", "image/")  # a body that is a stream, or no text


class SchemaChecker:
    """Finds where JSON departs from a schema. Properties that the schema does not list are faults, too."""

    def __init__(self, components: dict[str, Any]) -> None:
        self._components = components

    def find_faults(self, value: Any, schema: dict[str, Any], path: str = "$") -> list[str]:
        """Faults with their places; none for a value that fits. Raises ValueError for an unknown keyword."""
        faults: list[str] = []
        for keyword, argument in schema.items():
            if keyword not in IGNORED:
                check = getattr(self, f"_check_{keyword.removeprefix('$')}", None)
                if check is None:
                    raise ValueError(f"the schema checker does not know {keyword!r}")
                faults += check(value, argument, schema, path)
        return faults

    def _check_ref(self, value: Any, name: str, _: dict[str, Any], path: str) -> list[str]:
        return self.find_faults(value, self._components[name.removeprefix("#/components/schemas/")], path)

    def _check_anyOf(self, value: Any, schemas: list[dict[str, Any]], _: dict[str, Any], path: str) -> list[str]:
        faults = [self.find_faults(value, schema, path) for schema in schemas]
        return [] if not all(faults) else [f"{path}: fits none of {len(faults)}: {faults}"]

    def _check_type(self, value: Any, name: str, _: dict[str, Any], path: str) -> list[str]:
        fits = isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
        return [] if fits else [f"{path}: {value!r:.60} is no {name}"]

    def _check_enum(self, value: Any, values: list[Any], _: dict[str, Any], path: str) -> list[str]:
        return [] if value in values else [f"{path}: {value!r:.60} is none of {values}"]

    def _check_const(self, value: Any, constant: Any, _: dict[str, Any], path: str) -> list[str]:
        return [] if value == constant else [f"{path}: {value!r:.60} is not {constant!r}"]

    def _check_required(self, value: Any, names: list[str], _: dict[str, Any], path: str) -> list[str]:
        return [f"{path}.{name} is missing" for name in names if isinstance(value, dict) and name not in value]

    def _check_properties(self, value: Any, schemas: dict[str, Any], schema: dict[str, Any], path: str) -> list[str]:
        if not isinstance(value, dict):
            return []
        unknown = [f"{path}.{name} is not in the schema" for name in value if name not in schemas]
        faults = [] if schema.get("additionalProperties") else unknown
        for name in value.keys() & schemas.keys():
            faults += self.find_faults(value[name], schemas[name], f"{path}.{name}")
        return faults

    def _check_additionalProperties(self, value: Any, allowed: Any, schema: dict[str, Any], path: str) -> list[str]:
        if not isinstance(value, dict) or not isinstance(allowed, dict):
            return []
        extra = value.keys() - schema.get("properties", {}).keys()
        return [fault for name in extra for fault in self.find_faults(value[name], allowed, f"{path}.{name}")]

    def _check_pattern(self, value: Any, pattern: str, _: dict[str, Any], path: str) -> list[str]:
        fits = not isinstance(value, str) or re.search(pattern, value)
        return [] if fits else [f"{path}: {value!r:.60} does not match {pattern}"]

    def _check_minLength(self, value: Any, limit: int, _: dict[str, Any], path: str) -> list[str]:
        return [f"{path} is shorter than {limit}"] if isinstance(value, str) and len(value) < limit else []

    def _check_maxLength(self, value: Any, limit: int, _: dict[str, Any], path: str) -> list[str]:
        return [f"{path} is longer than {limit}"] if isinstance(value, str) and len(value) > limit else []

    def _check_minimum(self, value: Any, limit: float, _: dict[str, Any], path: str) -> list[str]:
        return [f"{path} is less than {limit}"] if isinstance(value, int | float) and value < limit else []

    def _check_maximum(self, value: Any, limit: float, _: dict[str, Any], path: str) -> list[str]:
        return [f"{path} is more than {limit}"] if isinstance(value, int | float) and value > limit else []

    def _check_exclusiveMinimum(self, value: Any, limit: float, _: dict[str, Any], path: str) -> list[str]:
        return [f"{path} is not more than {limit}"] if isinstance(value, int | float) and value <= limit else []

    def _check_items(self, value: Any, items: Any, schema: dict[str, Any], path: str) -> list[str]:
        if not isinstance(value, list):
            return []
        rest = value[len(schema.get("prefixItems", ())) :]
        if items is False:
            return [f"{path} has {len(rest)} items too many"] if rest else []
        return [fault for at, item in enumerate(rest) for fault in self.find_faults(item, items, f"{path}[{at}]")]

    def _check_prefixItems(self, value: Any, schemas: list[Any], _: dict[str, Any], path: str) -> list[str]:
        pairs = zip(value, schemas, strict=False) if isinstance(value, list) else ()
        return [
            fault for at, (item, each) in enumerate(pairs) for fault in self.find_faults(item, each, f"{path}[{at}]")
        ]

    def _check_minItems(self, value: Any, limit: int, _: dict[str, Any], path: str) -> list[str]:
        return [f"{path} has fewer than {limit} items"] if isinstance(value, list) and len(value) < limit else []

    def _check_maxItems(self, value: Any, limit: int, _: dict[str, Any], path: str) -> list[str]:
        return [f"{path} has more than {limit} items"] if isinstance(value, list) and len(value) > limit else []


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
        operations = next((operations for pattern, operations in self._routes if pattern.fullmatch(path)), {})
        if method not in operations:
            return PROBLEM  # what is no route has no description, and only ever answers with a problem
        responses = operations[method]["responses"]
        found: dict[str, Any] | None = responses.get(str(status), responses.get("default"))
        return found
