"""Which entries of the cache the log names: a video uses what its events name, for as long as the log has them."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Collection
from typing import TypeAlias

from nats.aio.client import Client

from lectern.contracts import keys
from lectern.contracts.topology import VIDEOS
from lectern.worker.log_pass import pass_over_log

FindNamed: TypeAlias = Callable[[Collection[str]], Awaitable[Collection[str]]]  # of entries, those that are named


async def find_named_entries(nats: Client, entries: Collection[str]) -> set[str]:
    """Those of the entries (`keys.name_entry`) that an event names, in one pass over the whole log.

    Raises nats.errors.Error and nats.js.errors.Error.
    """
    sought, found = frozenset(entries), set[str]()
    last = (await nats.jetstream(timeout=5).stream_info(VIDEOS)).state.last_seq
    async with contextlib.aclosing(pass_over_log(nats, last)) as batches:
        async for batch in batches:
            for message in batch:
                found |= sought & keys.find_entries(message.data)
    return found
