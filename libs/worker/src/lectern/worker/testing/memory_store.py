"""An object store within one process."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from lectern.worker.failures import Missing, Unavailable
from lectern.worker.store import ObjectInfo, ObjectStore

_CHUNK = 64 * 1024


class MemoryObjectStore(ObjectStore):
    """Keeps objects in a dictionary. `available` False makes every call raise Unavailable."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.available = True
        self._objects: dict[str, tuple[bytes, str]] = {}
        self._written: dict[str, datetime] = {}
        self._clock = clock

    def keys(self) -> list[str]:
        """The keys of all objects, sorted."""
        return sorted(self._objects)

    def remove(self, key: str) -> None:
        """Removes an object, as a lifecycle rule would."""
        self._objects.pop(key, None)

    async def get(self, key: str) -> bytes:
        """See `ObjectStore.get`."""
        return self._find(key)[0]

    async def put(self, key: str, data: bytes, media_type: str) -> None:
        """See `ObjectStore.put`."""
        self._check_available(key)
        await asyncio.sleep(0)  # a server would let others go first here, too
        self._objects[key] = (bytes(data), media_type)
        self._written[key] = self._clock()

    async def get_file(self, key: str, path: Path) -> None:
        """See `ObjectStore.get_file`."""
        await asyncio.to_thread(path.write_bytes, self._find(key)[0])

    async def put_file(self, key: str, path: Path, media_type: str) -> None:
        """See `ObjectStore.put_file`."""
        await self.put(key, await asyncio.to_thread(path.read_bytes), media_type)

    async def head(self, key: str) -> ObjectInfo | None:
        """See `ObjectStore.head`."""
        self._check_available(key)
        if key not in self._objects:
            return None
        data, media_type = self._objects[key]
        etag = f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
        return ObjectInfo(size=len(data), media_type=media_type, etag=etag, written=self._written[key])

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """See `ObjectStore.stream`."""
        data = self._find(key)[0][start : None if end is None else end + 1]
        for offset in range(0, len(data), _CHUNK):
            yield data[offset : offset + _CHUNK]

    async def presign(self, key: str, seconds: int, filename: str | None = None) -> str:
        """A URL in the form of a real one that nothing serves."""
        name = f"&response-content-disposition={quote(filename)}" if filename else ""
        return f"https://store.test/{quote(key)}?X-Amz-Expires={seconds}{name}"

    async def list_keys(self, prefix: str) -> list[str]:
        """See `ObjectStore.list_keys`."""
        self._check_available(prefix)
        return [key for key in self.keys() if key.startswith(prefix)]

    async def copy(self, source: str, target: str) -> None:
        """See `ObjectStore.copy`."""
        data, media_type = self._find(source)
        await self.put(target, data, media_type)

    async def delete(self, key: str) -> None:
        """See `ObjectStore.delete`."""
        self._check_available(key)
        self.remove(key)

    async def check(self) -> None:
        """See `ObjectStore.check`."""
        self._check_available("the bucket")

    def _check_available(self, key: str) -> None:
        if not self.available:
            raise Unavailable(f"the object store cannot be reached for {key}", code="store-unavailable")

    def _find(self, key: str) -> tuple[bytes, str]:
        self._check_available(key)
        if key not in self._objects:
            raise Missing(f"object {key} is not in the store")
        return self._objects[key]
