"""How words become lines of text, and how wide a line is."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from lectern.contracts.narration import Word


def joined(words: Iterable[Word], shown: Callable[[str], str] = str) -> str:
    """The words as one line, each as `shown` writes it: a space between two unless the second is glued."""
    parts: list[str] = []
    for word in words:
        parts.append(("" if word.glued or not parts else " ") + shown(word.text))
    return "".join(parts)


def columns(text: str, *, wide: bool = False) -> int:
    """The width of a line: 1 for a letter, 2 for a full-width one (UAX #11), 0 for marks that sit on another.

    With `wide` (Chinese, Japanese, Korean) marks such as “…” are drawn full-width as well.
    """
    return sum(_columns(letter, wide) for letter in text)


def _columns(letter: str, wide: bool) -> int:
    if letter.isascii():
        return 1
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    form = unicodedata.east_asian_width(letter)
    return 2 if form in "WF" or (wide and form == "A" and not letter.isalnum()) else 1
