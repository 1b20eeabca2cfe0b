"""Views of videos for lists: a bucket that the projector writes, mirrored in memory."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from datetime import datetime

import msgspec

from lectern.gateway.filters import VideoFilter
from lectern.gateway.mirrored_bucket import MirroredBucket
from lectern.gateway.workload import Workload
from lectern.worker import KeyValueEntry, KeyValueStore

VERSION = 6  # of the summary in a view; raise it when the summary's JSON changes, and views are rebuilt


DELETED = "deleted"  # status of the view that keeps a deleted video's place, so that no older view takes it


class View(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A video as of sequence `seq`, when its log had `events` events. `summary` is `VideoSummary` as JSON.

    The other fields are what lists are filtered by, `text` the title and the topic, folded; `work` is what is left,
    `changed_at` when its newest event was.
    """

    version: int
    seq: int
    events: int
    status: str
    summary: msgspec.Raw
    owner: str = ""
    created_at: datetime | None = None
    text: str = ""
    metadata: dict[str, str] = {}
    batch: str = ""
    parent: str = ""
    external_id: str = ""
    work: Workload | None = None

    dollars: dict[str, float] = {}
    seconds: float = 0.0
    completed_on: str = ""
    changed_at: datetime | None = None

    def fits(self, wanted: VideoFilter) -> bool:
        """True if a list with this filter shows the video. Of any other owner's video it is false."""
        if self.owner != wanted.owner or (wanted.statuses and self.status not in wanted.statuses):
            return False
        if wanted.metadata and not wanted.metadata.items() <= self.metadata.items():
            return False
        for word in wanted.words:
            if word not in self.text:
                return False
        if (wanted.created_after or wanted.created_before) and not self._is_of_time(wanted):
            return False
        return (
            (not wanted.batch or self.batch == wanted.batch)
            and (not wanted.parent or self.parent == wanted.parent)
            and (not wanted.external_id or self.external_id == wanted.external_id)
        )

    def _is_of_time(self, wanted: VideoFilter) -> bool:
        at = self.created_at
        if at is None or (wanted.created_after and at <= wanted.created_after):
            return False
        return not wanted.created_before or at < wanted.created_before


class Views(MirroredBucket):
    """Reads and writes views. `start` begins the mirror that `page` reads from, `close` ends it."""

    def __init__(self, bucket: KeyValueStore) -> None:
        super().__init__(bucket)
        self._ids: dict[str, list[str]] = {}  # by owner, oldest first
        self._views: dict[str, View] = {}

    async def take(self, entry: KeyValueEntry) -> None:
        """See `MirroredBucket.take`."""
        try:
            view = msgspec.json.decode(entry.value, type=View) if entry.value else None
        except ValueError:
            view = None
        if view is None or view.version != VERSION:
            self._forget(entry.key)
        else:
            self._keep(entry.key, view)

    def _keep(self, video_id: str, view: View) -> None:
        known = self._views.get(video_id)
        if known is not None and (known.owner, known.status == DELETED) != (view.owner, view.status == DELETED):
            self._forget(video_id)
            known = None
        self._views[video_id] = view
        if known is None and view.status != DELETED:
            bisect.insort(self._ids.setdefault(view.owner, []), video_id)

    def _forget(self, video_id: str) -> None:
        view = self._views.pop(video_id, None)
        if view is None or view.status == DELETED:
            return
        ids = self._ids[view.owner]
        del ids[bisect.bisect_left(ids, video_id)]
        if not ids:
            del self._ids[view.owner]

    def ids(self) -> list[str]:
        """Ids of all mirrored views, oldest first, deleted videos included."""
        return sorted(self._views)

    def list_all(self) -> Iterable[View]:
        """All mirrored views, deleted videos included, in no order."""
        return self._views.values()

    def list_owned(self, owner: str) -> list[tuple[str, View]]:
        """An owner's videos with their ids, oldest first; deleted ones are left out."""
        return [(video_id, self._views[video_id]) for video_id in self._ids.get(owner, ())]

    def get(self, video_id: str) -> View | None:
        """A mirrored view."""
        return self._views.get(video_id)

    def page(
        self, wanted: VideoFilter, *, limit: int, after: str = "", oldest_first: bool = False
    ) -> tuple[list[View], str | None]:
        """Up to `limit` views that fit, newest first unless told otherwise; and the next cursor if there are more.

        A cursor is the id of the last video on a page, so it holds its place however many videos come and go.
        """
        ids = self._ids.get(wanted.owner, [])
        places: range
        if oldest_first:
            places = range(bisect.bisect_right(ids, after) if after else 0, len(ids))
        else:
            places = range((bisect.bisect_left(ids, after) if after else len(ids)) - 1, -1, -1)
        found: list[View] = []
        last = None
        for place in places:
            view = self._views[ids[place]]
            if not view.fits(wanted):
                continue
            if len(found) == limit:
                return found, last
            found.append(view)
            last = ids[place]
        return found, None

    def find(self, wanted: VideoFilter) -> str | None:
        """The id of the newest video that fits."""
        ids = self._ids.get(wanted.owner, [])
        return next((each for each in reversed(ids) if self._views[each].fits(wanted)), None)

    async def write(self, video_id: str, view: View) -> bool:
        """Store a view unless the stored one is as new; compare-and-set, so that replicas may all try."""
        data = msgspec.json.encode(view)
        if self.get(video_id) is None and await self.bucket.create(video_id, data) is not None:
            return True
        written = False

        def replace(value: bytes | None) -> bytes | None:
            nonlocal written
            written = value is None or _replaces(view, value)
            return data if written else None

        await self.bucket.change(video_id, replace)
        return written

    async def delete(self, video_id: str) -> None:
        """Delete the view of a video whose log has expired."""
        await self.bucket.delete(video_id)


def _replaces(view: View, stored: bytes) -> bool:
    try:
        known = msgspec.json.decode(stored, type=View)
    except ValueError:
        return True
    return (view.version, view.seq) > (known.version, known.seq)
