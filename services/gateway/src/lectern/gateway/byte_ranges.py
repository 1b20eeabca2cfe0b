"""Byte ranges of RFC 9110 section 14: one range is honoured; several, or malformed ones, yield the whole file."""

from __future__ import annotations

import re

import msgspec

_SINGLE_RANGE = re.compile(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE | re.ASCII)
MAX_DIGITS = 18  # a position with more digits lies beyond any object; Python would refuse to parse thousands of them


class ByteRange(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes `start` to `end`, both included."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """The number of bytes."""
        return self.end - self.start + 1


class UnsatisfiableRange(Exception):
    """The range lies outside the object: 416."""


def parse_range(header: str | None, size: int) -> ByteRange | None:
    """Parse a Range header against an object of `size` bytes; None means the whole object.

    A header that is absent, malformed, in another unit, or lists several ranges counts as no header at all (RFC 9110
    allows a server to ignore it). Raises UnsatisfiableRange for a range that starts after the end.
    """
    match = _SINGLE_RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = (text if len(text) <= MAX_DIGITS else "9" * MAX_DIGITS for text in match.groups())
    if not first:
        if int(last) == 0 or size == 0:
            raise UnsatisfiableRange
        return ByteRange(start=max(0, size - int(last)), end=size - 1)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise UnsatisfiableRange
    return ByteRange(start=int(first), end=min(int(last), size - 1) if last else size - 1)
