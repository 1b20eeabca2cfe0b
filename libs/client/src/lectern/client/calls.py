"""Requests to the API as data. Nothing here does I/O: a transport sends what these functions describe."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Generic, Literal, TypeAlias, TypeVar
from urllib.parse import parse_qsl, quote

import httpx
import msgspec

from lectern.client.errors import ConnectionFailed, ForeignAnswer, LecternError

Reply = TypeVar("Reply")
QueryValue: TypeAlias = str | int | list[str] | None
Repetition: TypeAlias = Literal["safe", "keyed", "unsafe"]

DEFAULT_TIMEOUT_SECONDS = 30.0
NO_ANSWER = type(None)


class Call(msgspec.Struct, Generic[Reply], frozen=True, kw_only=True):
    """One request. `repetition` says what sending it twice does.

    `safe`: the same as once. `keyed`: as well, since it has an Idempotency-Key. `unsafe`: it may be done twice.
    """

    method: str
    path: str
    reply: type[Reply]
    query: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = {}
    content: bytes | None = None
    repetition: Repetition = "safe"
    timeout: float = DEFAULT_TIMEOUT_SECONDS


def make_call(
    method: str,
    path: str,
    reply: type[Reply],
    *,
    query: Mapping[str, QueryValue] | None = None,
    headers: Mapping[str, str | None] | None = None,
    body: Any = None,
    content: bytes | None = None,
    key: str | None = None,
    repetition: Repetition = "safe",
    timeout: float = DEFAULT_TIMEOUT_SECONDS,
) -> Call[Reply]:
    """Describe a request. `body` is sent as JSON, `content` as it is; what is None is left out.

    A `path` from an answer, such as an output's `url`, may have a query, to which `query` is added.

    A `keyed` one gets an Idempotency-Key of its own where the caller names none.
    """
    sent = {name: value for name, value in (headers or {}).items() if value is not None}
    if body is not None:
        content = msgspec.json.encode(body)
        sent["Content-Type"] = "application/json"
    if repetition == "keyed":
        sent["Idempotency-Key"] = key or str(uuid.uuid4())
    path, _, own_query = path.partition("?")
    return Call(
        method=method,
        path=path,
        reply=reply,
        query=(*parse_qsl(own_query, keep_blank_values=True), *_spread_query(query or {})),
        headers=sent,
        content=content,
        repetition=repetition,
        timeout=timeout,
    )


def fill_path(template: str, *values: str | int) -> str:
    """A path with its `{}` filled in. No value can name another path. Raises ValueError for an empty one."""
    parts = [quote(str(value), safe="") for value in values]
    for part in parts:
        if not part.strip(".") or not part:
            raise ValueError(f"{part!r} cannot be part of the address {template}")
    return template.format(*parts)


def read_answer(call: Call[Reply], response: httpx.Response) -> Reply:
    """The answer as its model. Raises ForeignAnswer when it has another shape."""
    if call.reply is NO_ANSWER:
        return None  # type: ignore[return-value]
    if call.reply is str:
        return response.text  # type: ignore[return-value]
    try:
        return msgspec.json.decode(response.content, type=call.reply)
    except msgspec.DecodeError as error:
        raise ForeignAnswer(
            f"The answer to {call.method} {call.path} cannot be read: {error}.",
            "Check that the address is a Lectern's, and install the client of its version.",
        ) from error


def report_silence(call_url: str, error: Exception) -> LecternError:
    """The error for an API that does not answer."""
    return ConnectionFailed(
        f"{call_url} does not answer ({type(error).__name__}).", "Start it with `lectern up`, or name another address."
    )


def _spread_query(query: Mapping[str, QueryValue]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if value is None:
            continue
        pairs += [(name, str(each)) for each in (value if isinstance(value, list) else [value])]
    return pairs
