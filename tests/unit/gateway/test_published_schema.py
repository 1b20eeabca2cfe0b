"""The check that the tests apply to every response: it must find each departure from a schema."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from unit.gateway.published_schema import ResponseChecker, SchemaChecker

CHECKER = SchemaChecker({"Name": {"type": "string"}})
PERSON: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"$ref": "#/components/schemas/Name"},
        "age": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "kind": {"enum": ["a", "b"]},
        "pair": {"type": "array", "prefixItems": [{"type": "string"}], "minItems": 1, "maxItems": 1, "items": False},
        "tags": {"type": "object", "additionalProperties": {"type": "number"}},
    },
}


@pytest.mark.parametrize(
    "value", [{"name": "x"}, {"name": "x", "age": None, "kind": "b", "pair": ["p"], "tags": {"t": 1.5}}]
)
def test_a_value_that_fits_its_schema_has_no_faults(value: object) -> None:
    assert CHECKER.find_faults(value, PERSON) == []


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({}, "'name' is a required property"),
        ({"name": 1}, "$.name: 1 is not of type 'string'"),
        ({"name": "x", "age": "old"}, "$.age: 'old' is not valid"),
        ({"name": "x", "kind": "c"}, "$.kind: 'c' is not one of"),
        ({"name": "x", "pair": ["p", "q"]}, "$.pair: "),
        ({"name": "x", "tags": {"t": True}}, "$.tags.t: True is not of type"),
        ({"name": "x", "more": 1}, "'more' was unexpected"),
        ([], "[] is not of type 'object'"),
    ],
)
def test_each_departure_from_a_schema_is_found(value: object, fault: str) -> None:
    assert any(fault in found for found in CHECKER.find_faults(value, PERSON))


@pytest.mark.parametrize(
    ("status", "body"), [(200, {"name": 1}), (201, {"name": "x"})], ids=["another body", "another status"]
)
async def test_a_response_that_departs_from_the_openapi_fails(status: int, body: object) -> None:
    content = {"application/json": {"schema": PERSON}}
    paths = {"/people/{id}": {"get": {"responses": {"200": {"content": content}}}}}
    check = ResponseChecker({"paths": paths, "components": {"schemas": {"Name": {"type": "string"}}}})
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=body))
    async with httpx.AsyncClient(transport=transport, base_url="http://x", event_hooks={"response": [check]}) as http:
        with pytest.raises(AssertionError, match="/people/7"):
            await http.get("/people/7")
