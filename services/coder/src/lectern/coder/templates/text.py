"""Texts on their way into source code and onto the screen."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"  # letters of some scripts, and emoji, need them
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn")
LONGEST = 240  # characters in one label


def visible(text: str) -> str:
    """`text` as one line without characters that have no shape, not longer than a label can be."""
    kept = "".join(
        char for char in text if char in _JOINERS or char.isspace() or unicodedata.category(char) not in _HIDDEN
    )
    line = " ".join(kept.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def quoted(text: str) -> str:
    """`text`, made visible, as a Python string literal. Nothing in it can end the literal."""
    return repr(visible(text))


def comment(text: str) -> str:
    """`text` as a comment of one line."""
    line = visible(text)
    return "# " + (line if len(line) <= 90 else line[:89].rstrip() + "…")
