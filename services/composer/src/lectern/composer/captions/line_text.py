"""Lines of text: made of words, measured in columns, embedded in their direction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from lectern.contracts.narration import Word

WORD_JOINER = "\u2060"  # invisible, and no line breaks at it
_BEGINS_MARKUP = re.compile(r"[\\{<]")
RIGHT_TO_LEFT_EMBEDDING, END_OF_EMBEDDING = "\u202b", "\u202c"


def join_words(words: Iterable[Word], format_word: Callable[[str], str] = str) -> str:
    """Joins words to a line, each as `format_word` returns it: with a space between two unless the second is glued."""
    parts: list[str] = []
    for word in words:
        parts.append(("" if word.glued or not parts else " ") + format_word(word.text))
    return "".join(parts)


def on_one_line(text: str) -> str:
    """Replaces each run of whitespace, line breaks included, by one space."""
    return " ".join(text.split())


def break_markup(text: str) -> str:
    """Writes an invisible word joiner after each character that begins an ASS override, an escape or an HTML-like tag.

    What is said is then never taken for markup: neither by the library that writes the files, which drops a caption
    with `{\\p1}` as a drawing, nor by players, of which most honour such overrides and tags in SubRip too.
    """
    return _BEGINS_MARKUP.sub(r"\g<0>" + WORD_JOINER, text)


def count_columns(text: str, *, full_width: bool = False) -> int:
    """Returns a line's width: 1 for a letter, 2 for a full-width one (UAX #11), 0 for marks that sit on another.

    With `full_width` (Chinese, Japanese, Korean) marks such as “…” are drawn full-width as well.
    """
    return sum(_columns_of(letter, full_width) for letter in text)


def embed_line(line: str, *, rtl: bool) -> str:
    """Embeds a line, in logical order, so that it reads from right to left wherever it is shown.

    Half of all players guess a line's direction from its first letter, which fails for "DNA هو…"; the other half
    assume left to right, which puts full stops on the wrong side. An embedding around the whole line is right in both.
    Isolates would be as good, but renderers from before Unicode 6.3 (2013), televisions above all, draw them as boxes;
    each line has its own because an embedding ends with its paragraph.
    """
    return f"{RIGHT_TO_LEFT_EMBEDDING}{line}{END_OF_EMBEDDING}" if rtl and line else line


def _columns_of(letter: str, full_width: bool) -> int:
    if letter.isascii():
        return 1
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    form = unicodedata.east_asian_width(letter)
    return 2 if form in "WF" or (full_width and form == "A" and not letter.isalnum()) else 1
