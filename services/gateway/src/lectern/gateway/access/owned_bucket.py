"""A bucket of which every owner sees a part of its own."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import AbstractAsyncContextManager

from lectern.worker import EntryListener, KeyValueEntry, KeyValueStore


class OwnedBucket(KeyValueStore):
    """Gives the first token of each key another name for each owner; those of owner "" keep theirs."""

    def __init__(self, bucket: KeyValueStore, owner: str) -> None:
        self._bucket = bucket
        self._owner = owner

    async def get(self, key: str) -> KeyValueEntry | None:
        """See `KeyValueStore.get`."""
        return await self._bucket.get(self._name(key))

    async def create(self, key: str, value: bytes) -> int | None:
        """See `KeyValueStore.create`."""
        return await self._bucket.create(self._name(key), value)

    async def update(self, key: str, value: bytes, last: int) -> int | None:
        """See `KeyValueStore.update`."""
        return await self._bucket.update(self._name(key), value, last)

    async def delete(self, key: str, last: int | None = None) -> bool:
        """See `KeyValueStore.delete`."""
        return await self._bucket.delete(self._name(key), last)

    async def purge(self, pattern: str) -> None:
        """See `KeyValueStore.purge`. A pattern that begins with `*` reaches every owner's keys."""
        await self._bucket.purge(pattern if pattern.startswith("*") else self._name(pattern))

    def watching(self, listener: EntryListener) -> AbstractAsyncContextManager[asyncio.Event]:
        """See `KeyValueStore.watching`; names of keys cannot be told from here."""
        raise NotImplementedError("watch the bucket itself")

    def _name(self, key: str) -> str:
        first, dot, rest = key.partition(".")
        return hashlib.sha256(f"{self._owner}\n{first}".encode()).hexdigest() + dot + rest if self._owner else key
