"""The log, the store and the tallies of `lectern.worker.testing`, at which deliveries may meet their fate."""

from __future__ import annotations

from lectern.contracts import events as e
from lectern.worker.testing import MemoryEventLog, MemoryKeyValueStore, MemoryObjectStore
from rules.deliveries import RUN, pass_point
from rules.makers import Books


class FatefulLog(MemoryEventLog):
    """A log whose worker may die before an event is stored, or after it and before it hears of it."""

    async def _store(self, event: e.AnyEvent) -> int:
        await pass_point("log")
        sequence = await super()._store(event)
        await pass_point("log")
        return sequence

    def forget_ids(self) -> None:
        """The window in which the server drops duplicates is over."""
        self._sequences.clear()


class FatefulStore(MemoryObjectStore):
    """A store whose worker may die before an object is stored, or after it. The books hear what narration it has."""

    def __init__(self, books: Books) -> None:
        super().__init__()
        self._books = books

    async def put(self, key: str, data: bytes, media_type: str) -> None:
        """See `ObjectStore.put`."""
        await pass_point("store")
        await super().put(key, data, media_type)
        if (run := RUN.get()) and key.startswith("cache/narration/") and key.endswith(".json") and "bill" not in key:
            self._books.keep_spoken(run.event)
        await pass_point("store")


class FatefulTallies(MemoryKeyValueStore):
    """Tallies whose worker may die before they are written."""

    async def create(self, key: str, value: bytes) -> int | None:
        await pass_point("log")
        return await super().create(key, value)

    async def update(self, key: str, value: bytes, last: int) -> int | None:
        await pass_point("log")
        return await super().update(key, value, last)
