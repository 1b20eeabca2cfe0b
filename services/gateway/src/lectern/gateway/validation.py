"""Invalid input in words: errors of pydantic and msgspec as JSON pointers with what to do instead."""

from __future__ import annotations

import difflib
import itertools
import re
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from fastapi import Request
from pydantic import BaseModel

from lectern.contracts.problems import MAX_ERRORS, FieldError
from lectern.gateway import problem_types
from lectern.gateway.refusals import Refusal, make_pointer, refuse, refuse_fields, refuse_media_type
from lectern.gateway.schemas import RequestBody

_MSGSPEC_ERROR = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
_EXPECTED = {  # by the name of a pydantic error, without `_type` or `_parsing`
    "string": "a valid string",
    "bool": "a valid boolean",
    "int": "a valid integer",
    "float": "a valid number",
    "list": "a valid list",
    "dict": "a valid object",
    "model": "a valid object",
    "model_attributes": "a valid object",
}


def _suggest(name: str, known: Iterable[str]) -> str:
    """`; did you mean "topic"?` when a known name is close, else the list of known names."""
    names = list(known)
    close = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else f"; known fields: {', '.join(sorted(names))}"


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in typing.get_args(annotation) for model in _models_in(part)]


def _field_names(body: type[BaseModel] | None, path: Sequence[object]) -> list[str]:
    """Names of the fields of the model at `path` in a body."""
    models = [body] if body else []
    for part in path:
        fields = [model.model_fields[part] for model in models if isinstance(part, str) and part in model.model_fields]
        models = [found for field in fields for found in _models_in(field.annotation)]
    return [name for model in models for name in model.model_fields]


def _body_model(request: Request) -> type[BaseModel] | None:
    """The body model of a request's route, if it has one."""
    endpoint = getattr(request.scope.get("route"), "endpoint", None)
    hints = typing.get_type_hints(endpoint) if endpoint else {}
    found = [model for hint in hints.values() for model in _models_in(hint) if issubclass(model, RequestBody)]
    return found[0] if found else None


def _describe(error: Mapping[str, Any], path: Sequence[object], body: type[BaseModel] | None) -> str:
    context, received, kind = error.get("ctx", {}), error.get("input"), str(error["type"])
    shown = f"{received!r}"[:60] if isinstance(received, str | int | float | bool) else type(received).__name__
    match kind:
        case "extra_forbidden":
            return f'unknown field "{path[-1]}"{_suggest(str(path[-1]), _field_names(body, path[:-1]))}'
        case "missing":
            return "is required; add it"
        case "literal_error":
            return f"{shown} is not possible; use one of {context['expected']}"
        case "string_pattern_mismatch":
            return f"{shown} does not have the form {context['pattern']}; correct it or leave it out"
        case "string_too_long":
            return f"is longer than {context['max_length']} characters; shorten it"
        case "string_too_short" | "too_short":
            return "is empty; fill it in or leave the field out"
        case "too_long":
            return f"has more than {context['max_length']} entries; send fewer"
        case "greater_than_equal":
            return f"{shown} is too small; use {context['ge']} or more"
        case "less_than_equal":
            return f"{shown} is too large; use {context['le']} or less"
    expected = _EXPECTED.get(kind.removesuffix("_type").removesuffix("_parsing"))
    return f"{shown} has the wrong type; send {expected}" if expected else str(error["msg"])


def refuse_request(request: Request, errors: Sequence[Mapping[str, Any]]) -> Refusal:
    """Build the Refusal for a request that FastAPI could not validate: 400, 415 or 422."""
    malformed = next((error for error in errors if error["type"] == "json_invalid"), None)
    if malformed:
        position = malformed["loc"][-1]
        where = f" at character {position}" if isinstance(position, int) else ""
        reason = malformed.get("ctx", {}).get("error", "not JSON")
        return refuse(problem_types.MALFORMED_REQUEST, f"The body cannot be parsed as JSON{where}: {reason}.")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    not_parsed = any(error["loc"] == ("body",) and error["type"].endswith("_type") for error in errors)
    if not_parsed and media_type != "application/json" and not media_type.endswith("+json"):
        return refuse_media_type(media_type, "application/json")
    body = _body_model(request)
    found = []
    for error in errors[:MAX_ERRORS]:  # each is compared with all known names
        source, *path = error["loc"]
        name = ".".join(map(str, path))
        pointer = make_pointer(path) if source == "body" else f"?{path[0]}" if source == "query" else name
        found.append(FieldError(pointer=pointer, detail=_describe(error, path, body)))
    return refuse_fields(*found)


def refuse_invalid_model(errors: Sequence[Mapping[str, Any]], body: type[BaseModel]) -> Refusal:
    """422 for JSON that does not fit a model, though it is no request's whole body."""
    return refuse_fields(
        *(
            FieldError(pointer=make_pointer(error["loc"]), detail=_describe(error, error["loc"], body))
            for error in errors[:MAX_ERRORS]
        )
    )


def refuse_invalid_json(error: msgspec.ValidationError) -> Refusal:
    """422 for JSON that does not fit a contract, with the place that msgspec names."""
    match = _MSGSPEC_ERROR.fullmatch(str(error))
    what, path = (match["what"], match["path"] or "") if match else (str(error), "")
    pointer = make_pointer(part for part in re.split(r"[.\[\]]+", path) if part)
    return refuse_fields(FieldError(pointer=pointer, detail=f"{what}; correct it"))


def find_unknown_fields(received: object, known: object, path: tuple[object, ...] = ()) -> list[FieldError]:
    """Find fields of JSON that its contract does not have: typos that would otherwise be lost.

    `known` is the same value with every field that the contract has.
    """
    if isinstance(received, dict) and isinstance(known, dict):
        found = [
            FieldError(pointer=make_pointer((*path, name)), detail=f'unknown field "{name}"{_suggest(name, known)}')
            for name in itertools.islice((name for name in received if name not in known), MAX_ERRORS)
        ]
        inner = [(name, received[name], known[name]) for name in received if name in known]
    elif isinstance(received, list) and isinstance(known, list | tuple):
        found, inner = [], [(index, *pair) for index, pair in enumerate(zip(received, known, strict=False))]
    else:
        return []
    for name, one, other in inner:
        if len(found) >= MAX_ERRORS:
            break
        found += find_unknown_fields(one, other, (*path, name))
    return found[:MAX_ERRORS]
