"""A key-value bucket within one process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lectern.worker.key_value import EntryListener, KeyValueEntry, KeyValueStore
from lectern.worker.testing.memory_bus import matches


class MemoryKeyValueStore(KeyValueStore):
    """Keeps entries in a dictionary; revisions count the changes of the whole bucket, from 1."""

    def __init__(self) -> None:
        self._entries: dict[str, KeyValueEntry] = {}
        self._listeners: list[EntryListener] = []
        self._revision = 0

    async def get(self, key: str) -> KeyValueEntry | None:
        """See `KeyValueStore.get`."""
        await asyncio.sleep(0)  # a server would let others go first here, too
        entry = self._entries.get(key)
        return entry if entry and entry.value is not None else None

    async def create(self, key: str, value: bytes) -> int | None:
        """See `KeyValueStore.create`."""
        await asyncio.sleep(0)
        entry = self._entries.get(key)
        return None if entry and entry.value is not None else await self._store(key, value)

    async def update(self, key: str, value: bytes, last: int) -> int | None:
        """See `KeyValueStore.update`."""
        await asyncio.sleep(0)
        entry = self._entries.get(key)
        return await self._store(key, value) if (entry.revision if entry else 0) == last else None

    async def delete(self, key: str, last: int | None = None) -> bool:
        """See `KeyValueStore.delete`."""
        await asyncio.sleep(0)
        entry = self._entries.get(key)
        if last is not None and (entry.revision if entry else 0) != last:
            return False
        await self._store(key, None)
        return True

    async def purge(self, pattern: str) -> None:
        """See `KeyValueStore.purge`."""
        await asyncio.sleep(0)
        self._entries = {key: entry for key, entry in self._entries.items() if not matches(pattern, key)}

    @asynccontextmanager
    async def watching(self, listener: EntryListener) -> AsyncIterator[asyncio.Event]:
        """See `KeyValueStore.watching`."""
        current = asyncio.Event()
        for entry in sorted(self._entries.values(), key=lambda each: each.revision):
            await listener(entry)
        current.set()
        self._listeners.append(listener)
        try:
            yield current
        finally:
            self._listeners.remove(listener)

    async def _store(self, key: str, value: bytes | None) -> int:
        self._revision += 1
        entry = KeyValueEntry(key=key, value=value, revision=self._revision)
        self._entries[key] = entry
        for listener in list(self._listeners):
            await listener(entry)
        return entry.revision
