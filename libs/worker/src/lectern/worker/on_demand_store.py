"""A store that is connected to when it is first used: its client takes longer to load than many a process lasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from lectern.worker.settings import Settings
from lectern.worker.store import ObjectInfo, ObjectStore


class OnDemandStore(ObjectStore):
    """Another store, opened by the first call. See `ObjectStore`."""

    def __init__(self, connect: Callable[[], Awaitable[ObjectStore]]) -> None:
        self._connect = connect
        self._connecting = asyncio.Lock()
        self._opened: ObjectStore | None = None

    async def _open(self) -> ObjectStore:
        async with self._connecting:
            self._opened = self._opened or await self._connect()
            return self._opened

    async def get(self, key: str) -> bytes:
        """The object's bytes."""
        return await (await self._open()).get(key)

    async def put(self, key: str, data: bytes, media_type: str) -> None:
        """Stores bytes."""
        await (await self._open()).put(key, data, media_type)

    async def get_file(self, key: str, path: Path) -> None:
        """Downloads an object into a file."""
        await (await self._open()).get_file(key, path)

    async def put_file(self, key: str, path: Path, media_type: str) -> None:
        """Uploads a file."""
        await (await self._open()).put_file(key, path, media_type)

    async def head(self, key: str) -> ObjectInfo | None:
        """Describes the object without reading it."""
        return await (await self._open()).head(key)

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The object's bytes in chunks."""
        async for chunk in (await self._open()).stream(key, start, end):
            yield chunk

    async def presign(self, key: str, seconds: int, filename: str | None = None) -> str:
        """A URL that lets its holder download the object."""
        return await (await self._open()).presign(key, seconds, filename)

    async def list_keys(self, prefix: str) -> list[str]:
        """The keys that begin with `prefix`."""
        return await (await self._open()).list_keys(prefix)

    async def copy(self, source: str, target: str) -> None:
        """Copies an object within the store."""
        await (await self._open()).copy(source, target)

    async def delete(self, key: str) -> None:
        """Removes an object."""
        await (await self._open()).delete(key)

    async def check(self) -> None:
        """Returns when the store answers."""
        await (await self._open()).check()


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[ObjectStore]:
    """A store on one shared connection pool."""
    from lectern.worker.s3_store import S3ObjectStore, open_client  # a third of a second

    async with open_client(settings) as client:
        yield S3ObjectStore(client, settings.s3_bucket, settings.s3_folder)


@asynccontextmanager
async def open_store_on_demand(settings: Settings) -> AsyncIterator[ObjectStore]:
    """A store whose client is there from the first use on."""
    async with AsyncExitStack() as closing:
        yield OnDemandStore(lambda: closing.enter_async_context(open_store(settings)))
