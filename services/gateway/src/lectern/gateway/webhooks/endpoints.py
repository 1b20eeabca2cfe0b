"""Webhook endpoints: where an owner wants to be told of what, kept in a bucket and mirrored in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

import msgspec

from lectern.gateway.mirrored_bucket import MirroredBucket
from lectern.gateway.schemas import WebhookEvent
from lectern.worker import KeyValueEntry, KeyValueStore

MAX_ENDPOINTS = 20  # of an owner
ROTATION = timedelta(hours=24)  # for which a replaced secret still signs


class SigningSecret(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A secret, and the time at which it stops signing; the newest has none."""

    key: str
    until: datetime | None = None

    def __repr__(self) -> str:
        """Without the key: reprs end up in logs."""
        return f"SigningSecret(until={self.until!r})"


class WebhookEndpoint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An owner's endpoint. `note` says why it was disabled, if not by its owner.

    `failing_since` is when the first of its failures without a success in between was; `paused_until` is what it asked
    for by Retry-After.
    """

    id: str
    owner: str
    url: str
    events: tuple[WebhookEvent, ...]
    description: str = ""
    enabled: bool = True
    note: str = ""
    created_at: datetime
    secrets: tuple[SigningSecret, ...]
    failing_since: datetime | None = None
    paused_until: datetime | None = None

    def list_keys(self, now: datetime) -> list[str]:
        """Secrets that sign now, newest first."""
        return [secret.key for secret in self.secrets if secret.until is None or secret.until > now]

    def rotate(self, key: str, now: datetime) -> WebhookEndpoint:
        """A copy with a new secret; the one before signs for another 24 hours, older ones no more."""
        before = SigningSecret(key=self.secrets[0].key, until=now + ROTATION)
        return msgspec.structs.replace(self, secrets=(SigningSecret(key=key), before))


Change: TypeAlias = Callable[[WebhookEndpoint], WebhookEndpoint]


class Endpoints(MirroredBucket):
    """Reads and writes endpoints. `start` begins the mirror that lists are read from, `close` ends it."""

    def __init__(self, bucket: KeyValueStore) -> None:
        super().__init__(bucket)
        self._known: dict[str, WebhookEndpoint] = {}
        self._revisions: dict[str, int] = {}

    async def take(self, entry: KeyValueEntry) -> None:
        """See `MirroredBucket.take`."""
        if entry.revision <= self._revisions.get(entry.key, 0):
            return  # our own write, which the mirror had at once
        self._revisions[entry.key] = entry.revision
        endpoint = _decode(entry.value)
        if endpoint is None:
            self._known.pop(entry.key, None)
        else:
            self._known[entry.key] = endpoint

    def of_owner(self, owner: str) -> list[WebhookEndpoint]:
        """The mirrored endpoints of an owner, newest first."""
        found = (endpoint for endpoint in self._known.values() if endpoint.owner == owner)
        return sorted(found, key=lambda endpoint: endpoint.id, reverse=True)

    def get_mirrored(self, endpoint_id: str) -> WebhookEndpoint | None:
        """A mirrored endpoint."""
        return self._known.get(endpoint_id)

    async def read(self, owner: str, endpoint_id: str) -> WebhookEndpoint | None:
        """An owner's endpoint from the bucket itself; None if there is none, or it is another owner's."""
        entry = await self.bucket.get(endpoint_id)
        endpoint = _decode(entry.value) if entry else None
        return endpoint if endpoint and endpoint.owner == owner else None

    async def create(self, endpoint: WebhookEndpoint) -> bool:
        """Store a new endpoint; False if its id exists."""
        value = msgspec.json.encode(endpoint)
        revision = await self.bucket.create(endpoint.id, value)
        if revision is None:
            return False
        await self.take(KeyValueEntry(key=endpoint.id, value=value, revision=revision))
        return True

    async def change(self, endpoint_id: str, change: Change) -> WebhookEndpoint | None:
        """Apply a change to the newest version of an endpoint, and return it; None if there is none any more.

        A change that returns the endpoint it was given writes nothing.
        """

        def change_value(value: bytes | None) -> bytes | None:
            endpoint = _decode(value)
            if endpoint is None or (changed := change(endpoint)) == endpoint:
                return None
            return msgspec.json.encode(changed)

        entry = await self.bucket.change(endpoint_id, change_value)
        if entry:
            await self.take(entry)
        return _decode(entry.value) if entry else None

    async def delete(self, endpoint_id: str) -> None:
        """Delete an endpoint; what is still to be delivered to it is dropped."""
        await self.bucket.delete(endpoint_id)
        self._known.pop(endpoint_id, None)


def _decode(value: bytes | None) -> WebhookEndpoint | None:
    try:
        return msgspec.json.decode(value, type=WebhookEndpoint) if value else None
    except ValueError:
        return None  # of a version that this one does not know
