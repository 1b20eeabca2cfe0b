"""Server-sent events, read (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator

import msgspec


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a stream. `retry` in milliseconds is set when the server named a pause."""

    name: str = "message"
    data: str = ""
    id: str = ""
    retry: int | None = None


async def events(lines: AsyncIterable[str]) -> AsyncIterator[Sent]:
    """The events in a stream's lines (without their ends). Comments are skipped, an unfinished last event dropped."""
    name, data, event_id, retry = "", list[str](), "", None
    async for line in lines:
        if not line:
            if data or retry is not None:
                yield Sent(name=name or "message", data="\n".join(data), id=event_id, retry=retry)
            name, data, event_id, retry = "", [], "", None
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match field:
            case "event":
                name = value
            case "data":
                data.append(value)
            case "id" if "\0" not in value:
                event_id = value
            case "retry" if value.isascii() and value.isdigit():
                retry = int(value)
