"""Keeping API keys in their bucket: creating, listing, rotating, revoking. Every gateway watches it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from lectern.contracts.api_keys import ApiKey, Quotas, Scope, hash_secret, mint_secret, mint_token
from lectern.contracts.events import now
from lectern.worker.key_value import KeyValueEntry, KeyValueStore

READ_TIMEOUT_SECONDS = 5.0


def decode_key(value: bytes | None) -> ApiKey | None:
    """The key in a value of the bucket; None for a deleted one, and for one that this version cannot read."""
    try:
        return msgspec.json.decode(value, type=ApiKey) if value else None
    except ValueError:
        return None


async def create_key(
    bucket: KeyValueStore,
    *,
    owner: str,
    name: str = "",
    scopes: tuple[Scope, ...] = ("read", "write"),
    expires_at: datetime | None = None,
    quotas: Quotas | None = None,
) -> tuple[ApiKey, str]:
    """Stores a new key; returns it with its token, which nobody can read again."""
    secret = mint_secret()
    key = ApiKey(
        id=secrets.token_hex(8),
        hash=hash_secret(secret),
        owner=owner,
        name=name,
        scopes=scopes,
        created_at=now(),
        expires_at=expires_at,
        quotas=quotas or Quotas(),
    )
    if await bucket.create(key.id, msgspec.json.encode(key)) is None:
        raise RuntimeError("two keys have the same random id")
    return key, mint_token(key.id, secret)


async def read_keys(bucket: KeyValueStore) -> list[ApiKey]:
    """Every key, oldest first. Raises TimeoutError when the bucket does not answer."""
    found: dict[str, ApiKey] = {}

    async def add(entry: KeyValueEntry) -> None:
        if key := decode_key(entry.value):
            found[key.id] = key

    async with bucket.watching(add) as current, asyncio.timeout(READ_TIMEOUT_SECONDS):
        await current.wait()
    return sorted(found.values(), key=lambda key: (key.created_at, key.id))


async def revoke_key(bucket: KeyValueStore, key_id: str) -> ApiKey | None:
    """Ends a key for good; None when there is no such key. It stays listed."""
    return await _change(bucket, key_id, lambda key: msgspec.structs.replace(key, revoked_at=key.revoked_at or now()))


async def rotate_key(bucket: KeyValueStore, key_id: str, overlap: timedelta) -> tuple[ApiKey, str] | None:
    """Gives a key a new secret; the one before it is good for `overlap` longer. None when there is no such key."""
    secret = mint_secret()

    def replace(key: ApiKey) -> ApiKey:
        return msgspec.structs.replace(
            key, hash=hash_secret(secret), earlier_hash=key.hash, earlier_until=now() + overlap
        )

    key = await _change(bucket, key_id, replace)
    return (key, mint_token(key.id, secret)) if key else None


async def _change(bucket: KeyValueStore, key_id: str, change: Callable[[ApiKey], ApiKey]) -> ApiKey | None:
    changed: ApiKey | None = None

    def change_value(value: bytes | None) -> bytes | None:
        nonlocal changed
        key = decode_key(value)
        changed = change(key) if key else None
        return msgspec.json.encode(changed) if changed else None

    await bucket.change(key_id, change_value)
    return changed
