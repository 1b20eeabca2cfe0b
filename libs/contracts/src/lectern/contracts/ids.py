"""Ids: UUIDv7, so that they sort by the time they were made."""

from __future__ import annotations

import uuid_utils

__all__ = [
    "new_id",
]


def new_id() -> str:
    """A new UUIDv7 as text (RFC 9562), safe as a subject token and as part of an object key."""
    return str(uuid_utils.uuid7())
