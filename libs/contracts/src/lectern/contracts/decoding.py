"""What decoding the bytes of others may raise, in one place: more than it seems."""

from __future__ import annotations

from typing import Final

__all__ = ["UNREADABLE"]

UNREADABLE: Final = (ValueError, RecursionError)
"""Whatever `msgspec` raises for bytes that cannot be read.

Its own errors are ValueErrors, and so is the UnicodeDecodeError that it raises for texts and keys that are no UTF-8;
for values nested without end it raises RecursionError.
"""
