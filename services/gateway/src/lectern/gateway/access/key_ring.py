"""All API keys, mirrored in memory: a request is checked without asking a server, and a revoked key ends at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime

from lectern.contracts.api_keys import ApiKey, hash_secret, parse_token
from lectern.gateway.mirrored_bucket import MIRROR_TIMEOUT_SECONDS, MirroredBucket
from lectern.worker import KeyValueEntry, KeyValueStore, decode_key

_NO_KEY = ApiKey(id="", hash=hash_secret(""), owner="", created_at=datetime.min)  # compared with where there is none


class KeyRing(MirroredBucket):
    """Mirrors the bucket of keys between `start` and `close`."""

    def __init__(self, bucket: KeyValueStore, clock: Callable[[], datetime]) -> None:
        super().__init__(bucket)
        self._clock = clock
        self._keys: dict[str, ApiKey] = {}
        self._uses: dict[str, set[asyncio.Event]] = {}
        self._changed = asyncio.Condition()

    async def wait_for(self, key: ApiKey) -> None:
        """Wait until the mirror shows a key as it was just written, so that its user can use it here at once."""
        async with asyncio.timeout(MIRROR_TIMEOUT_SECONDS), self._changed:
            await self._changed.wait_for(lambda: self._keys.get(key.id) == key)

    def get(self, key_id: str) -> ApiKey | None:
        """A key that is valid now."""
        key = self._keys.get(key_id)
        return key if key and key.is_valid(self._clock()) else None

    def find(self, token: str) -> ApiKey | None:
        """The valid key that a token opens. Takes the same time for a wrong secret and an unknown key."""
        key_id, secret = parse_token(token) or ("", "")
        known = self._keys.get(key_id)
        at = self._clock()
        accepted = (known or _NO_KEY).accepts(secret, at)
        return known if accepted and known and known.is_valid(at) else None

    def list_keys(self, owner: str) -> list[ApiKey]:
        """An owner's keys, oldest first, revoked ones included."""
        return sorted((k for k in self._keys.values() if k.owner == owner), key=lambda k: (k.created_at, k.id))

    def exists(self) -> bool:
        """True when there is any valid key."""
        return any(key.is_valid(self._clock()) for key in self._keys.values())

    @contextlib.contextmanager
    def using(self, key_id: str) -> Iterator[asyncio.Event]:
        """An event that is set when the key is revoked or deleted while the context lasts."""
        ended = asyncio.Event()
        self._uses.setdefault(key_id, set()).add(ended)
        try:
            yield ended
        finally:
            uses = self._uses[key_id]
            uses.discard(ended)
            if not uses:
                del self._uses[key_id]

    async def take(self, entry: KeyValueEntry) -> None:
        """See `MirroredBucket.take`."""
        key = decode_key(entry.value)
        async with self._changed:
            if key:
                self._keys[entry.key] = key
            else:
                self._keys.pop(entry.key, None)
            self._changed.notify_all()
        if key is None or key.revoked_at is not None:
            for ended in self._uses.get(entry.key, ()):
                ended.set()
