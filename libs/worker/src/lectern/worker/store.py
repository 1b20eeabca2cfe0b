"""The object store, as services see it: whole objects by key. On a server it is R2 or any other S3."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from lectern.contracts.topology import REUSE_DAYS

T = TypeVar("T")


class ObjectInfo(msgspec.Struct, frozen=True, kw_only=True):
    """An object without its content. `size` in bytes; `written` is when it was last written, in UTC."""

    size: int
    media_type: str
    etag: str = ""
    written: datetime | None = None


class ObjectStore(ABC):
    """Reads and writes whole objects by key: `S3ObjectStore` on a server, `MemoryObjectStore` in this process.

    Reads raise Missing for an absent key; everything raises Unavailable when the store is.
    """

    @abstractmethod
    async def get(self, key: str) -> bytes:
        """The object's bytes."""

    @abstractmethod
    async def put(self, key: str, data: bytes, media_type: str) -> None:
        """Stores bytes under a key, replacing what was there."""

    @abstractmethod
    async def get_file(self, key: str, path: Path) -> None:
        """Downloads an object into a file."""

    @abstractmethod
    async def put_file(self, key: str, path: Path, media_type: str) -> None:
        """Uploads a file."""

    @abstractmethod
    async def head(self, key: str) -> ObjectInfo | None:
        """Describes the object without reading it; None when there is none."""

    @abstractmethod
    def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The object's bytes `start` to `end` (both included), in chunks."""

    @abstractmethod
    async def presign(self, key: str, seconds: int, filename: str | None = None) -> str:
        """A URL that lets its holder download the object for `seconds`."""

    @abstractmethod
    async def list_keys(self, prefix: str) -> list[str]:
        """The keys of all objects that begin with `prefix`, sorted."""

    @abstractmethod
    async def copy(self, source: str, target: str) -> None:
        """Copies an object within the store, replacing what was there. Onto itself: as if it were written again."""

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Removes an object; nothing happens when there is none."""

    @abstractmethod
    async def check(self) -> None:
        """Returns when the store answers; raises Unavailable when it does not."""

    async def reuse(self, key: str) -> ObjectInfo | None:
        """Describes an object that is used again, which then expires as if it was written now; None when there is none.

        So what videos share outlives the first of them, and goes after the last.
        """
        info = await self.head(key)
        if info and info.written and datetime.now(UTC) - info.written > timedelta(days=REUSE_DAYS):
            await self.copy(key, key)
        return info

    async def get_json(self, key: str, type_: type[T]) -> T:
        """The object decoded into a msgspec type. Raises msgspec.ValidationError when it does not fit."""
        return msgspec.json.decode(await self.get(key), type=type_)

    async def put_json(self, key: str, value: object) -> None:
        """Stores a value as JSON."""
        await self.put(key, msgspec.json.encode(value), "application/json")
