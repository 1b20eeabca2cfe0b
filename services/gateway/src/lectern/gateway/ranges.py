"""Byte ranges of RFC 9110 section 14: one range is honoured; several, or nonsense, are answered with the whole."""

from __future__ import annotations

import re

import msgspec

_ONE = re.compile(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE | re.ASCII)
_DIGITS = 18  # a position with more digits lies beyond any object; Python would refuse to parse thousands of them


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes `start` to `end`, both included."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.end - self.start + 1


class Unsatisfiable(Exception):
    """The range lies outside the object: 416."""


def requested(header: str | None, size: int) -> Span | None:
    """The span a Range header asks for out of `size` bytes; None for the whole object.

    A header that is absent, malformed, in another unit, or asks for several ranges counts as no header at all
    (RFC 9110 allows a server to ignore it). Raises Unsatisfiable for a range that starts behind the end.
    """
    match = _ONE.fullmatch(header.strip()) if header else None
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = (text if len(text) <= _DIGITS else "9" * _DIGITS for text in match.groups())
    if not first:
        if int(last) == 0 or size == 0:
            raise Unsatisfiable
        return Span(start=max(0, size - int(last)), end=size - 1)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    return Span(start=int(first), end=min(int(last), size - 1) if last else size - 1)
