"""Refused input in words: pydantic's and msgspec's errors as JSON pointers with what to do instead."""

from __future__ import annotations

import difflib
import re
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from fastapi import Request
from pydantic import BaseModel

from lectern.contracts.problems import FieldError
from lectern.gateway.models import Body
from lectern.gateway.refusals import Refusal, invalid, refusal

_AT = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)


def pointer(path: Iterable[object]) -> str:
    """A path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean "topic"?` when a known name is close, else the list of what is known."""
    names = list(known)
    close = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else f"; known here: {', '.join(sorted(names))}"


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in typing.get_args(annotation) for model in _models_in(part)]


def _fields_at(body: type[BaseModel] | None, path: Sequence[object]) -> list[str]:
    """The names of fields that the model at `path` inside a body has."""
    models = [body] if body else []
    for part in path:
        fields = [model.model_fields[part] for model in models if isinstance(part, str) and part in model.model_fields]
        models = [found for field in fields for found in _models_in(field.annotation)]
    return [name for model in models for name in model.model_fields]


def body_model(request: Request) -> type[BaseModel] | None:
    """The body model of the route a request came to, if it has one."""
    endpoint = getattr(request.scope.get("route"), "endpoint", None)
    hints = typing.get_type_hints(endpoint) if endpoint else {}
    found = [model for hint in hints.values() for model in _models_in(hint) if issubclass(model, Body)]
    return found[0] if found else None


def _sentence(error: Mapping[str, Any], path: Sequence[object], body: type[BaseModel] | None) -> str:
    context, given = error.get("ctx", {}), error.get("input")
    shown = f"{given!r}"[:60] if isinstance(given, str | int | float | bool) else type(given).__name__
    match error["type"]:
        case "extra_forbidden":
            return f'unknown field "{path[-1]}"{nearest(str(path[-1]), _fields_at(body, path[:-1]))}'
        case "missing":
            return "is required; add it"
        case "literal_error":
            return f"{shown} is not possible; use one of {context['expected']}"
        case "string_pattern_mismatch":
            return f"{shown} does not have the form {context['pattern']}; correct or leave it out"
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
        case kind if kind.endswith(("_type", "_parsing")):
            message = str(error["msg"]).removeprefix("Input s").removeprefix("hould be ")
            return f"{shown} has the wrong type; send {message.partition(',')[0]}"
        case _:
            return str(error["msg"])


def refused_input(request: Request, errors: Sequence[Mapping[str, Any]]) -> Refusal:
    """The Refusal for a request that FastAPI could not validate: 400, 415 or 422."""
    kinds = {error["type"] for error in errors}
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if "json_invalid" in kinds:
        found = next(error for error in errors if error["type"] == "json_invalid")
        where = f" at character {found['loc'][-1]}" if isinstance(found["loc"][-1], int) else ""
        return refusal(
            400,
            "malformed-request",
            "The body is not JSON",
            f"The body cannot be read as JSON{where}: {found.get('ctx', {}).get('error', 'it is not JSON')}.",
            "Send a JSON object in UTF-8.",
        )
    at_body = any(error["loc"] == ("body",) and error["type"].endswith("_type") for error in errors)
    if at_body and media_type != "application/json" and not media_type.endswith("+json"):
        return unsupported_media_type(media_type, "application/json")
    body = body_model(request)
    refused = []
    for error in errors:
        source, *path = error["loc"]
        where = pointer(path) if source == "body" else f"{'?' if source == 'query' else ''}{'.'.join(map(str, path))}"
        refused.append(FieldError(pointer=where, detail=_sentence(error, path, body)))
    return invalid(*refused)


def unsupported_media_type(given: str, *wanted: str) -> Refusal:
    """415: the body is of a type that is not taken here."""
    return refusal(
        415,
        "unsupported-media-type",
        "The body has the wrong type",
        f"Content-Type is {given or 'missing'}; this address takes {' or '.join(wanted)}.",
        f"Send the header Content-Type: {wanted[0]}.",
    )


def unfitting(error: msgspec.ValidationError) -> Refusal:
    """422 for JSON that does not fit a contract, with the place msgspec names."""
    match = _AT.fullmatch(str(error))
    what, path = (match["what"], match["path"] or "") if match else (str(error), "")
    where = pointer(part for part in re.split(r"[.\[\]]+", path) if part)
    return invalid(FieldError(pointer=where, detail=f"{what}; correct it"))


def unknown_fields(given: object, understood: object, path: tuple[object, ...] = ()) -> list[FieldError]:
    """Fields of JSON that a contract left out when it read it: typing errors that would otherwise be lost."""
    if isinstance(given, dict) and isinstance(understood, dict):
        found = [
            FieldError(pointer=pointer((*path, name)), detail=f'unknown field "{name}"{nearest(name, understood)}')
            for name in given
            if name not in understood
        ]
        inner = [(name, given[name], understood[name]) for name in given if name in understood]
    elif isinstance(given, list) and isinstance(understood, list | tuple):
        found, inner = [], [(index, *pair) for index, pair in enumerate(zip(given, understood, strict=False))]
    else:
        return []
    return found + [error for name, one, other in inner for error in unknown_fields(one, other, (*path, name))]
