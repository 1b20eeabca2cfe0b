"""Views of videos for lists: a bucket that the projector writes, mirrored in memory."""

from __future__ import annotations

import asyncio
import bisect
from contextlib import AsyncExitStack

import msgspec

from lectern.worker import KeyValueEntry, KeyValueStore

VERSION = 3  # of the summary in a view; raise it when the summary's JSON changes, and views are rebuilt
MIRROR_TIMEOUT_SECONDS = 5.0


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A video as of sequence `seq`, when its log had `events` events. `summary` is `VideoSummary` as JSON."""

    version: int
    seq: int
    events: int
    status: str
    summary: msgspec.Raw


class Views:
    """Reads and writes views. `start` begins the mirror that `page` reads from, `close` ends it."""

    def __init__(self, bucket: KeyValueStore) -> None:
        self._bucket = bucket
        self._mirror = AsyncExitStack()
        self._current = asyncio.Event()
        self._ids: list[str] = []
        self._views: dict[str, View] = {}

    async def start(self) -> None:
        """Mirror what the bucket holds."""
        self._current = await self._mirror.enter_async_context(self._bucket.watching(self._on_entry))

    async def close(self) -> None:
        """End the mirror."""
        await self._mirror.aclose()

    async def _on_entry(self, entry: KeyValueEntry) -> None:
        video_id = entry.key
        known = video_id in self._views
        try:
            view = msgspec.json.decode(entry.value, type=View) if entry.value else None
        except ValueError:
            view = None
        if view is None or view.version != VERSION:
            if known:
                del self._views[video_id]
                self._ids.remove(video_id)
            return
        self._views[video_id] = view
        if not known:
            bisect.insort(self._ids, video_id)

    async def wait_until_current(self) -> None:
        """Wait (up to 5 s) until what the bucket held at the start is mirrored. Raises TimeoutError."""
        async with asyncio.timeout(MIRROR_TIMEOUT_SECONDS):
            await self._current.wait()

    def ids(self) -> list[str]:
        """Ids of all mirrored views, oldest first."""
        return list(self._ids)

    def get(self, video_id: str) -> View | None:
        """A mirrored view."""
        return self._views.get(video_id)

    def page(self, *, limit: int, after: str | None, status: str | None) -> tuple[list[View], str | None]:
        """Up to `limit` views, newest first, that come after the cursor; and the next cursor if there are more."""
        start = bisect.bisect_left(self._ids, after) if after else len(self._ids)
        found: list[tuple[str, View]] = []
        for index in range(start - 1, -1, -1):
            view = self._views[self._ids[index]]
            if status and view.status != status:
                continue
            if len(found) == limit:
                return [view for _, view in found], found[-1][0]
            found.append((self._ids[index], view))
        return [view for _, view in found], None

    async def write(self, video_id: str, view: View) -> bool:
        """Store a view unless the stored one is as new; compare-and-set, so that replicas may all try."""
        data = msgspec.json.encode(view)
        while True:
            entry = await self._bucket.get(video_id)
            if entry and not _replaces(view, entry.value):
                return False
            written = (
                await self._bucket.update(video_id, data, entry.revision)
                if entry
                else await self._bucket.create(video_id, data)
            )
            if written is not None:
                return True

    async def delete(self, video_id: str) -> None:
        """Delete the view of a video whose log has expired."""
        await self._bucket.delete(video_id)


def _replaces(view: View, stored: bytes | None) -> bool:
    try:
        known = msgspec.json.decode(stored or b"", type=View)
    except ValueError:
        return True
    return (view.version, view.seq) > (known.version, known.seq)
