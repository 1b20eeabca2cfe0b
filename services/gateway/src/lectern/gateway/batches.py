"""What is kept of a batch beside its videos: how many there are to be, which requests were refused, and why.

The videos themselves are found by their ids, which follow from the batch's; how far each is, their views tell.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from datetime import datetime

import msgspec

from lectern.contracts.events import now
from lectern.contracts.ids import derive_id, read_time
from lectern.contracts.options import Lane
from lectern.contracts.problems import Problem
from lectern.contracts.topology import DAY
from lectern.gateway.mirrored_bucket import MirroredBucket
from lectern.worker import KeyValueEntry, KeyValueStore

LIFETIME = 30 * DAY  # seconds: the bucket's


class BatchRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A batch. `created` is false while its videos are being requested; places count from 0."""

    id: str
    owner: str
    at: datetime
    lane: Lane
    total: int
    custom_ids: dict[int, str] = {}
    refused: dict[int, Problem] = {}
    created: bool = False
    cancelled: bool = False

    def video_ids(self) -> dict[int, str]:
        """The id of each video by its place, whether or not it exists yet."""
        return {place: derive_id(self.id, place) for place in range(self.total) if place not in self.refused}


class Batches(MirroredBucket):
    """Reads and writes batches. `start` begins the mirror that `page` reads from, `close` ends it."""

    def __init__(self, bucket: KeyValueStore) -> None:
        super().__init__(bucket)
        self._records: dict[str, bytes] = {}
        self._ids: dict[str, list[str]] = {}  # by owner, oldest first

    async def take(self, entry: KeyValueEntry) -> None:
        """See `MirroredBucket.take`."""
        if not entry.value:
            self._forget(entry.key)
            return
        try:
            record = msgspec.json.decode(entry.value, type=BatchRecord)
        except ValueError:
            return
        if record.id not in self._records:
            bisect.insort(self._ids.setdefault(record.owner, []), record.id)
        self._records[record.id] = entry.value

    def _forget(self, batch_id: str) -> None:
        if data := self._records.pop(batch_id, None):
            self._ids[msgspec.json.decode(data, type=BatchRecord).owner].remove(batch_id)

    async def delete(self, batch_id: str) -> None:
        """Delete a batch of which nothing was requested."""
        await self.bucket.delete(batch_id)

    async def page(self, owner: str, *, limit: int, after: str) -> tuple[list[BatchRecord], str | None]:
        """Up to `limit` of an owner's batches, newest first, and the next cursor if there are more."""
        await self.wait_until_current()
        ids = self._ids.get(owner, [])
        while ids and (now() - read_time(ids[0])).total_seconds() > LIFETIME:  # the bucket has dropped it silently
            del self._records[ids.pop(0)]
        end = bisect.bisect_left(ids, after) if after else len(ids)
        found = ids[max(0, end - limit) : end][::-1]
        records = [msgspec.json.decode(self._records[each], type=BatchRecord) for each in found]
        return records, found[-1] if end > limit else None

    async def read(self, batch_id: str) -> BatchRecord | None:
        """A batch as it is stored now."""
        entry = await self.bucket.get(batch_id)
        return _decode(entry.value) if entry else None

    async def begin(self, record: BatchRecord) -> BatchRecord:
        """Store a new batch; returns the one that is stored, which an earlier try may have left."""
        await self.bucket.create(record.id, msgspec.json.encode(record))
        return await self.read(record.id) or record

    async def mark(
        self,
        batch_id: str,
        *,
        created: bool = False,
        cancelled: bool = False,
        refused: Mapping[int, Problem] | None = None,
    ) -> BatchRecord | None:
        """Note that a batch is created or cancelled, or which requests were refused late; None if there is none."""

        def mark(value: bytes | None) -> bytes | None:
            record = _decode(value)
            if record is None:
                return None
            marked = msgspec.structs.replace(
                record,
                created=record.created or created,
                cancelled=record.cancelled or cancelled,
                refused={**record.refused, **(refused or {})},
            )
            return None if marked == record else msgspec.json.encode(marked)

        entry = await self.bucket.change(batch_id, mark)
        return _decode(entry.value) if entry else None


def _decode(value: bytes | None) -> BatchRecord | None:
    return msgspec.json.decode(value, type=BatchRecord) if value else None
