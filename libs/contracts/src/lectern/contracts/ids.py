"""Ids: UUIDv7, so that they sort by the time they were made."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime

import uuid_utils

__all__ = [
    "derive_id",
    "new_id",
    "read_time",
]


def new_id() -> str:
    """A new UUIDv7 as text (RFC 9562), safe as a subject token and as part of an object key."""
    return str(uuid_utils.uuid7())


def derive_id(parent: str, place: int) -> str:
    """The UUIDv7 of a UUIDv7's part, always the same: its time, the part's place (0 to 4095), and a hash of both."""
    if not 0 <= place < 4096:
        raise ValueError(f"place {place} does not fit into 12 bits")
    hashed = hashlib.sha256(f"{parent}/{place}".encode()).digest()
    time = uuid.UUID(parent).int >> 80 << 80
    variant = 0b10 << 62
    return str(uuid.UUID(int=time | 7 << 76 | place << 64 | variant | int.from_bytes(hashed[:8], "big") >> 2))


def read_time(made: str) -> datetime:
    """When a UUIDv7 was made, to the millisecond."""
    return datetime.fromtimestamp((uuid.UUID(made).int >> 80) / 1000, UTC)
