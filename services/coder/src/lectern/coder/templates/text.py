"""Texts made safe for source code and for the screen."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"  # letters of some scripts, and emoji, need them
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")
MAX_LABEL = 240  # characters
MAX_COMMENT = 90  # characters


def clean_line(text: str) -> str:
    """The text as one line without invisible characters, no longer than a label may be."""
    kept = "".join(
        char for char in text if char in _JOINERS or char.isspace() or unicodedata.category(char) not in _INVISIBLE
    )
    line = " ".join(kept.split())
    return shorten(line, MAX_LABEL)


def quote(text: str) -> str:
    """The cleaned text as a Python string literal. Nothing in it can end the literal."""
    return repr(clean_line(text))


def comment_line(text: str) -> str:
    """The cleaned text as a Python comment of one line."""
    return "# " + shorten(clean_line(text), MAX_COMMENT)


def shorten(line: str, limit: int) -> str:
    """The line with an ellipsis in place of what exceeds `limit` characters."""
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
