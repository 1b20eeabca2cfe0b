"""JSON bodies: parsed and measured before anything else looks at them, so that no body keeps the event loop busy."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.requests import Request as StarletteRequest

from lectern.contracts.problems import MAX_ERRORS, FieldError
from lectern.gateway import problem_types
from lectern.gateway.refusals import make_pointer, refuse, refuse_fields

MAX_VALUES = 1000  # in a request; the longest, with 64 images, has under 200
MAX_DEPTH = 32
MAX_MARKS = 250_000  # of one kind of bracket, comma or colon; more than the longest document has characters


def parse_json_body(body: bytes, max_values: int = MAX_VALUES) -> Any:
    """The value in a body of at most `max_values` numbers, strings, lists and objects.

    Raises a 400 for what is not JSON (RFC 8259), and a 422 for one that is too large, too deep, or not Unicode.
    """
    if any(body.count(mark) > MAX_MARKS for mark in (b",", b":", b"[", b"{")):
        raise _refuse_size(max_values)
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except RecursionError:
        raise _refuse_depth() from None
    except json.JSONDecodeError as error:
        raise _refuse_syntax(f"at character {error.pos}: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise _refuse_syntax(f"at byte {error.start}: not UTF-8") from None
    except ValueError as error:
        raise _refuse_syntax(f"because {str(error).partition(';')[0]}") from None
    _check_values(value, max_values)
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def _check_values(value: Any, max_values: int) -> None:
    errors: list[FieldError] = []
    waiting: list[tuple[Any, tuple[object, ...]]] = [(value, ())]
    count = 0
    while waiting:
        each, path = waiting.pop()
        count += 1
        if count + len(waiting) > max_values:
            raise _refuse_size(max_values)
        if len(path) > MAX_DEPTH:
            raise _refuse_depth()
        match each:
            case str():
                _check_unicode(each, path, errors)
            case list() if len(each) <= max_values:
                waiting += [(inner, (*path, index)) for index, inner in enumerate(each)]
            case dict() if len(each) <= max_values:
                for name in each:
                    _check_unicode(name, path, errors)
                waiting += [(inner, (*path, name)) for name, inner in each.items()]
            case list() | dict():
                raise _refuse_size(max_values)
    if errors:
        raise refuse_fields(*errors[:MAX_ERRORS])


def _check_unicode(text: str, path: tuple[object, ...], errors: list[FieldError]) -> None:
    """A lone surrogate (`\\ud800`) is no character: nothing that holds one can be stored or sent."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        found = f"U+{ord(text[error.start]):04X} at character {error.start + 1}"
        readable = [str(part).encode("ascii", "backslashreplace").decode() for part in path]
        errors.append(FieldError(pointer=make_pointer(readable), detail=f"holds the lone surrogate {found}; delete it"))


def _refuse_syntax(reason: str) -> Exception:
    return refuse(problem_types.MALFORMED_REQUEST, f"The body cannot be parsed as JSON {reason}.")


def _refuse_depth() -> Exception:
    return refuse_fields(FieldError(pointer="", detail=f"is nested deeper than {MAX_DEPTH} levels; flatten it"))


def _refuse_size(max_values: int) -> Exception:
    return refuse_fields(FieldError(pointer="", detail=f"holds more than {max_values} values; send fewer"))


class _JsonRequest(Request):
    max_values = MAX_VALUES

    async def json(self) -> Any:
        return parse_json_body(await self.body(), self.max_values)


class JsonRoute(APIRoute):
    """A route whose body is parsed by `parse_json_body`, with at most `max_values`."""

    max_values: ClassVar[int] = MAX_VALUES

    def get_route_handler(self) -> Any:
        """The route's handler."""
        handle = super().get_route_handler()

        async def handle_request(request: StarletteRequest) -> Response:
            measured = _JsonRequest(request.scope, request.receive)
            measured.max_values = self.max_values
            return await handle(measured)

        return handle_request
