"""Views of videos for lists: a KV bucket that the projector writes, mirrored in memory by one subscription."""

from __future__ import annotations

import asyncio
import bisect

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext, api
from nats.js import errors as js_errors
from nats.js.kv import KeyValue

from lectern.contracts.topology import VIDEO_VIEWS
from lectern.gateway.hub import HEARTBEAT

VERSION = 1  # of the summary in a view; raise it when the summary changes, and views are made anew


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A video as of sequence `seq`, when its log had `events` events. `summary` is the API's JSON."""

    version: int
    seq: int
    events: int
    status: str
    summary: msgspec.Raw


class Views:
    """Reads and writes views. `start` begins the mirror that `page` reads from."""

    def __init__(self, nats: Client) -> None:
        self._js = nats.jetstream(timeout=5)
        self._bucket: KeyValue | None = None
        self._mirror: JetStreamContext.PushSubscription | None = None
        self._prefix = f"$KV.{VIDEO_VIEWS}."
        self._ids: list[str] = []
        self._views: dict[str, View] = {}
        self._revisions: dict[str, int] = {}
        self._current = asyncio.Event()

    async def start(self) -> None:
        """Opens the bucket and mirrors what it holds."""
        self._bucket = await self._js.key_value(VIDEO_VIEWS)
        self._mirror = await self._js.subscribe(
            f"{self._prefix}>",
            stream=f"KV_{VIDEO_VIEWS}",
            ordered_consumer=True,
            config=api.ConsumerConfig(deliver_policy=api.DeliverPolicy.LAST_PER_SUBJECT),
            cb=self._seen,
            idle_heartbeat=HEARTBEAT,
        )
        info = await self._mirror.consumer_info()
        if not info.num_pending and not info.delivered.consumer_seq:  # type: ignore[union-attr]
            self._current.set()

    async def close(self) -> None:
        """Ends the mirror."""
        if self._mirror:
            await self._mirror.unsubscribe()

    async def _seen(self, message: Msg) -> None:
        video_id = message.subject.removeprefix(self._prefix)
        revision = message.metadata.sequence.stream
        if revision > self._revisions.get(video_id, 0):
            self._revisions[video_id] = revision
            self._set(video_id, message.data)
        if message.metadata.num_pending == 0:
            self._current.set()

    def _set(self, video_id: str, data: bytes) -> None:
        known = video_id in self._views
        try:
            view = msgspec.json.decode(data, type=View) if data else None
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

    async def current(self) -> None:
        """Waits (up to 5 s) until what the bucket held at the start is mirrored. Raises TimeoutError."""
        async with asyncio.timeout(5):
            await self._current.wait()

    def ids(self) -> list[str]:
        """Ids of all mirrored views, oldest first."""
        return list(self._ids)

    def get(self, video_id: str) -> View | None:
        """A mirrored view."""
        return self._views.get(video_id)

    def page(self, *, limit: int, after: str | None, status: str | None) -> tuple[list[View], str | None]:
        """Up to `limit` views, newest first, that come after the cursor; and the next cursor if there are more."""
        place = bisect.bisect_left(self._ids, after) if after else len(self._ids)
        found: list[tuple[str, View]] = []
        for index in range(place - 1, -1, -1):
            view = self._views[self._ids[index]]
            if status and view.status != status:
                continue
            if len(found) == limit:
                return [view for _, view in found], found[-1][0]
            found.append((self._ids[index], view))
        return [view for _, view in found], None

    async def write(self, video_id: str, view: View) -> bool:
        """Stores a view unless the bucket has one as new; compare-and-set, so that replicas may all try."""
        assert self._bucket is not None
        data = msgspec.json.encode(view)
        while True:
            try:
                entry = await self._bucket.get(video_id)
            except js_errors.KeyNotFoundError:
                entry = None
            try:
                if entry is None:
                    await self._bucket.create(video_id, data)
                    return True
                if not _replaces(view, entry.value):
                    return False
                await self._bucket.update(video_id, data, last=entry.revision)
                return True
            except js_errors.KeyWrongLastSequenceError:
                continue

    async def forget(self, video_id: str) -> None:
        """Removes the view of a video whose log has aged out."""
        assert self._bucket is not None
        await self._bucket.purge(video_id)


def _replaces(view: View, stored: bytes | None) -> bool:
    try:
        known = msgspec.json.decode(stored or b"", type=View)
    except ValueError:
        return True
    return (view.version, view.seq) > (known.version, known.seq)
