"""Deliveries: one for each endpoint and event, kept in a bucket with what was tried and what comes next.

The bucket is the queue and the log at once. A delivery is claimed by a change that names its newest revision, so of
several gateways one makes each attempt; a claim whose gateway has died runs out.
"""

from __future__ import annotations

import bisect
import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

import msgspec

from lectern.contracts.events import now
from lectern.contracts.ids import read_time
from lectern.contracts.topology import DAY
from lectern.gateway.mirrored_bucket import MirroredBucket
from lectern.gateway.schemas import DeliveryState
from lectern.worker import KeyValueEntry, KeyValueStore

MAX_ATTEMPTS_KEPT = 30  # of a delivery; the oldest are forgotten
MAX_VIDEO_AGE = 40 * DAY  # seconds: the log's 30 days, and a delivery's attempts and its time in the bucket


class DeliveryAttempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One attempt: when, how long it took, and the response's status or why there was none."""

    at: datetime
    seconds: float
    status: int | None = None
    error: str = ""


class WebhookDelivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A body on its way to an endpoint. `id` is sent as `webhook-id`, the same in every attempt.

    `tries` counts the attempts since it was last asked for, `due` is when the next one is; `claims` how often a gateway
    has begun one, and `claimed` is true from then until its end.
    """

    id: str
    endpoint: str
    event: str
    video: str = ""
    body: str
    created_at: datetime
    state: DeliveryState = "pending"
    attempts: tuple[DeliveryAttempt, ...] = ()
    tries: int = 0
    due: datetime | None = None
    claims: int = 0
    claimed: bool = False

    @property
    def key(self) -> str:
        """The key of its entry."""
        return f"{self.endpoint}.{self.id}"

    def attempt(self, attempt: DeliveryAttempt, state: DeliveryState, due: datetime | None) -> WebhookDelivery:
        """A copy after an attempt."""
        kept = (*self.attempts, attempt)[-MAX_ATTEMPTS_KEPT:]
        return msgspec.structs.replace(self, attempts=kept, tries=self.tries + 1, state=state, due=due, claimed=False)


def make_delivery_id(endpoint_id: str, event_id: str, at: datetime) -> str:
    """The one id for an endpoint and an event: a UUIDv7 whose random bits are the hash of both.

    Whoever makes the delivery a second time makes the same one. Ids sort by the time of their events, to the
    microsecond (RFC 9562, section 6.2, method 3).
    """
    hashed = int.from_bytes(hashlib.sha256(f"{endpoint_id}\n{event_id}".encode()).digest()[:8], "big")
    milliseconds = int(at.timestamp()) * 1000 + at.microsecond // 1000
    fraction = at.microsecond % 1000 * 4096 // 1000
    value = (milliseconds & (1 << 48) - 1) << 80 | 7 << 76 | fraction << 64 | 2 << 62 | hashed & (1 << 62) - 1
    return str(uuid.UUID(int=value))


DeliveryListener: TypeAlias = Callable[[str, str, WebhookDelivery | None, int], None]
Change: TypeAlias = Callable[[WebhookDelivery], WebhookDelivery]


class Deliveries(MirroredBucket):
    """Reads and writes deliveries. `start` begins the mirror of their ids, `close` ends it.

    `listener`, if one is set, hears of every change: endpoint, id, the delivery (None: deleted), revision.
    """

    def __init__(self, bucket: KeyValueStore) -> None:
        super().__init__(bucket)
        self._ids: dict[str, list[str]] = {}
        self._of_video: dict[str, set[str]] = {}  # keys of entries
        self.listener: DeliveryListener | None = None

    async def take(self, entry: KeyValueEntry) -> None:
        """See `MirroredBucket.take`."""
        endpoint_id, _, delivery_id = entry.key.partition(".")
        delivery = _decode(entry.value)
        if delivery is None:
            self._forget(endpoint_id, delivery_id)
        else:
            self._remember(endpoint_id, delivery_id, delivery.video)
        if self.listener:
            self.listener(endpoint_id, delivery_id, delivery, entry.revision)

    def _remember(self, endpoint_id: str, delivery_id: str, video_id: str) -> None:
        if video_id:
            self._of_video.setdefault(video_id, set()).add(f"{endpoint_id}.{delivery_id}")
            self._forget_old_videos()
        ids = self._ids.setdefault(endpoint_id, [])
        place = bisect.bisect_left(ids, delivery_id)
        if place == len(ids) or ids[place] != delivery_id:
            ids.insert(place, delivery_id)

    def _forget_old_videos(self) -> None:
        """Of what has expired in the bucket nobody tells."""
        while (now() - read_time(first := next(iter(self._of_video)))).total_seconds() > MAX_VIDEO_AGE:
            del self._of_video[first]

    def _forget(self, endpoint_id: str, delivery_id: str) -> None:
        ids = self._ids.get(endpoint_id, [])
        place = bisect.bisect_left(ids, delivery_id)
        if place < len(ids) and ids[place] == delivery_id:
            del ids[place]
        if not ids:
            self._ids.pop(endpoint_id, None)

    async def read(self, endpoint_id: str, delivery_id: str) -> tuple[WebhookDelivery, int] | None:
        """A delivery and its revision, from the bucket itself; None if there is none, or it has expired."""
        entry = await self.bucket.get(f"{endpoint_id}.{delivery_id}")
        delivery = _decode(entry.value) if entry else None
        if entry is None or delivery is None:
            self._forget(endpoint_id, delivery_id)  # the bucket drops what is old without a word
            return None
        return delivery, entry.revision

    async def page(
        self, endpoint_id: str, *, limit: int, after: str | None
    ) -> tuple[list[WebhookDelivery], str | None]:
        """Up to `limit` deliveries of an endpoint, newest first, after the cursor; and the next cursor if any."""
        ids = self._ids.get(endpoint_id, [])
        before = list(reversed(ids[: bisect.bisect_left(ids, after)] if after else ids))
        found: list[WebhookDelivery] = []
        for place, delivery_id in enumerate(before):
            if len(found) == limit:
                return found, before[place - 1]
            if stored := await self.read(endpoint_id, delivery_id):
                found.append(stored[0])
        return found, None

    async def create(self, delivery: WebhookDelivery) -> bool:
        """Store a new delivery; False if it exists."""
        revision = await self.bucket.create(delivery.key, msgspec.json.encode(delivery))
        if revision is not None:
            self._remember(delivery.endpoint, delivery.id, delivery.video)
        return revision is not None

    async def replace(self, delivery: WebhookDelivery, revision: int) -> int | None:
        """Store a changed delivery in place of a revision; None when somebody else was first."""
        return await self.bucket.update(delivery.key, msgspec.json.encode(delivery), revision)

    async def change(self, endpoint_id: str, delivery_id: str, change: Change) -> WebhookDelivery | None:
        """Apply a change to the newest version of a delivery, and return it; None if there is none."""
        while True:
            stored = await self.read(endpoint_id, delivery_id)
            if stored is None:
                return None
            changed = change(stored[0])
            if await self.replace(changed, stored[1]) is not None:
                return changed

    async def delete(self, endpoint_id: str, delivery_id: str) -> None:
        """Delete a delivery."""
        await self.bucket.delete(f"{endpoint_id}.{delivery_id}")

    async def erase(self, video_id: str) -> None:
        """Delete every delivery about a video, sent or not."""
        await self.wait_until_current()
        for key in sorted(self._of_video.pop(video_id, ())):
            await self.bucket.delete(key)


def _decode(value: bytes | None) -> WebhookDelivery | None:
    try:
        return msgspec.json.decode(value, type=WebhookDelivery) if value else None
    except ValueError:
        return None  # of a version that this one does not know
