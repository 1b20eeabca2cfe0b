"""A bucket that every gateway mirrors in memory, so that a request is answered without asking a server."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import AsyncExitStack

from lectern.worker import KeyValueEntry, KeyValueStore

MIRROR_TIMEOUT_SECONDS = 5.0


class MirroredBucket(ABC):
    """Mirrors a bucket between `start` and `close`. What is kept of an entry, and how it is found, each kind says."""

    def __init__(self, bucket: KeyValueStore) -> None:
        self.bucket = bucket
        self._mirror = AsyncExitStack()
        self._current = asyncio.Event()

    async def start(self) -> None:
        """Mirror what the bucket holds, and each change from now on."""
        self._current = await self._mirror.enter_async_context(self.bucket.watching(self.take))

    async def close(self) -> None:
        """End the mirror."""
        await self._mirror.aclose()

    async def wait_until_current(self) -> None:
        """Wait (up to 5 s) until what the bucket held at the start is mirrored. Raises TimeoutError."""
        async with asyncio.timeout(MIRROR_TIMEOUT_SECONDS):
            await self._current.wait()

    @abstractmethod
    async def take(self, entry: KeyValueEntry) -> None:
        """Mirror one entry of the bucket."""
