"""How many events each video has, from the server's index of subjects."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import get_args

import msgspec
from nats.aio.client import Client

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.topology import VIDEOS

_PATIENCE = 120.0  # seconds for one answer, which the server makes of a million subjects and more; nobody waits for it
_AT_ONCE = 1000  # subjects that are counted before others are served


async def count_events(nats: Client) -> tuple[Counter[str], int]:
    """The number of each video's events, and the stream's last sequence before they were counted.

    Each kind of event is asked for by itself: the server sorts all subjects that an answer is a page of, for each page
    anew. Raises nats.errors.Error.
    """
    counts: Counter[str] = Counter()
    last = (await _ask(nats, "", 0)).state.last_seq
    for event_type in get_args(e.AnyEvent):
        offset, total = 0, 1
        while offset < total:
            page = await _ask(nats, subjects.inputs(event_type, "*"), offset)
            found = page.state.subjects or {}
            for number, (subject, events) in enumerate(found.items(), start=1):
                counts[subject.split(".", 3)[2]] += events
                if not number % _AT_ONCE:
                    await asyncio.sleep(0)
            offset, total = offset + len(found), page.total if found else 0
    return counts, last


class _State(msgspec.Struct, frozen=True):
    subjects: dict[str, int] | None = None
    last_seq: int = 0


class _Page(msgspec.Struct, frozen=True):
    """What the server says of a stream: some of the subjects that were asked for, of `total`, and their messages."""

    state: _State = _State()
    total: int = 0


async def _ask(nats: Client, wanted: str, offset: int) -> _Page:
    query = {"subjects_filter": wanted, "offset": offset} if wanted else {}
    reply = await nats.request(f"$JS.API.STREAM.INFO.{VIDEOS}", json.dumps(query).encode(), timeout=_PATIENCE)
    return msgspec.json.decode(reply.data, type=_Page)
