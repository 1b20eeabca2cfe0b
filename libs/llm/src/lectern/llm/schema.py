"""The JSON schema of a msgspec type, for a model's request, and the decoding of its answer."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_FENCE = re.compile(r"```[a-zA-Z0-9_+-]*[ \t]*\n(.*?)\n?```", re.DOTALL)


def json_schema(type_: Any) -> dict[str, Any]:
    """The type's JSON schema with every reference inlined, as not all services follow `$ref`.

    Raises ValueError for a type that contains itself.
    """
    (schema,), definitions = msgspec.json.schema_components([type_], ref_template="#/$defs/{name}")
    inlined: dict[str, Any] = _inline(schema, definitions, ())
    return inlined


def _inline(node: Any, definitions: dict[str, Any], inside: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_inline(item, definitions, inside) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if name in inside:
            raise ValueError(f"{name} contains itself; a model cannot be held to an endless schema")
        return _inline(definitions[name], definitions, (*inside, name))
    return {key: _inline(value, definitions, inside) for key, value in node.items() if key != "discriminator"}


def strip_fence(text: str) -> str:
    """The content of an answer's only code fence; the answer itself when there is none or more than one."""
    found = _FENCE.findall(text)
    return found[0] if len(found) == 1 else text.strip()


def decode_answer(text: str, type_: type[T]) -> T:
    """The answer as a value. Fences and prose around one JSON value are ignored.

    Raises msgspec.ValidationError (a ValueError) that names the field, or msgspec.DecodeError when there is no JSON.
    """
    body = strip_fence(text)
    first = min((i for i in (body.find("{"), body.find("[")) if i >= 0), default=0)
    last = max(body.rfind("}"), body.rfind("]"))
    try:
        return msgspec.json.decode(body[first : last + 1] if last > first else body, type=type_)
    except RecursionError:
        raise msgspec.DecodeError("it is nested too deep") from None
