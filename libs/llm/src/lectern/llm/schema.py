"""From a msgspec type to the JSON schema a model is held to, and back from what it says."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_FENCE = re.compile(r"```[a-zA-Z0-9_+-]*[ \t]*\n(.*?)\n?```", re.DOTALL)


def json_schema(type_: Any) -> dict[str, Any]:
    """The type's JSON schema with every reference written out: not all services follow `$ref`. Recursion is refused."""
    (schema,), definitions = msgspec.json.schema_components([type_], ref_template="#/$defs/{name}")
    written: dict[str, Any] = _written_out(schema, definitions, ())
    return written


def _written_out(node: Any, definitions: dict[str, Any], inside: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_written_out(item, definitions, inside) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if name in inside:
            raise ValueError(f"{name} contains itself; a model cannot be held to an endless schema")
        return _written_out(definitions[name], definitions, (*inside, name))
    return {key: _written_out(value, definitions, inside) for key, value in node.items() if key != "discriminator"}


def without_fence(text: str) -> str:
    """What is inside the only code fence of an answer; the answer itself when there is none."""
    found = _FENCE.findall(text)
    return found[0] if len(found) == 1 else text.strip()


def decoded(text: str, type_: type[T]) -> T:
    """The answer as a value. Fences and prose around one JSON value are forgiven.

    Raises msgspec.ValidationError (a ValueError) that names the field, or msgspec.DecodeError for no JSON at all.
    """
    body = without_fence(text)
    first = min((i for i in (body.find("{"), body.find("[")) if i >= 0), default=0)
    last = max(body.rfind("}"), body.rfind("]"))
    return msgspec.json.decode(body[first : last + 1] if last > first else body, type=type_)
