"""Which words a line break may part, and which it may not (kinsoku)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import msgspec

from lectern.composer.captions.guide import Guide
from lectern.composer.captions.lettering import columns, joined
from lectern.contracts.narration import Word

# What no line starts with, and no line ends with: JIS X 4051 and GB/T 15834, the classes CL, EX, NS, OP of UAX #14.
_NEVER_FIRST = frozenset(
    "、。，．,.・：；:;？！?!‼⁇⁈⁉゛゜ー―…‥々〻ゝゞヽヾ）］｝〕〉》」』】〙〗〟｠»)]}、｡｣､･％‰℃°￠"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
)
_NEVER_LAST = frozenset("（［｛〔〈《「『【〘〖〝｟«([{｢￥＄￡№")
# Quotation marks open in one language and close in another; between full-width letters their sides are fixed.
_WIDE_FIRST, _WIDE_LAST = frozenset("”’"), frozenset("“‘")


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """Words that stay on one line, mostly a single one. `columns` is their width."""

    words: tuple[Word, ...]
    columns: int

    @property
    def glued(self) -> bool:
        """Whether no space is before it."""
        return self.words[0].glued

    @property
    def first(self) -> Word:
        """Its first word."""
        return self.words[0]

    @property
    def last(self) -> Word:
        """Its last word."""
        return self.words[-1]


def phrases(words: Sequence[Word], guide: Guide) -> tuple[Phrase, ...]:
    """All words in order, in the pieces lines are made of.

    Where keeping words together would need more than a line, the line's length wins; but a word that is longer than a
    line by itself still takes one closing mark with it.
    """
    found: list[Phrase] = []
    for word in words:
        if found and not may_part(found[-1].last, word, guide):
            held = found[-1]
            longer = _phrase((*held.words, word), guide)
            if longer.columns <= guide.chars or (len(held.words) == 1 and held.columns > guide.chars):
                found[-1] = longer
                continue
        found.append(_phrase((word,), guide))
    return tuple(found)


def may_part(before: Word, after: Word, guide: Guide) -> bool:
    """Whether a line may end with `before` and the next start with `after`."""
    if _never_last(before.text, guide.wide) or _never_first(after.text, guide.wide):
        return False
    # What is written together in an alphabet is one word to the eye, whatever the voice made of it.
    return not (after.glued and _alphabetic(before.text[-1]) and _alphabetic(after.text[0]))


def width(group: Sequence[Phrase]) -> int:
    """Columns of phrases on one line, spaces included."""
    return sum(phrase.columns for phrase in group) + sum(not phrase.glued for phrase in group[1:])


def _phrase(words: tuple[Word, ...], guide: Guide) -> Phrase:
    return Phrase(words=words, columns=columns(joined(words), wide=guide.wide))


def _never_first(text: str, wide: bool) -> bool:
    return _bound(text, text[0], _NEVER_FIRST | _WIDE_FIRST if wide else _NEVER_FIRST, wide)


def _never_last(text: str, wide: bool) -> bool:
    return _bound(text, text[-1], _NEVER_LAST | _WIDE_LAST if wide else _NEVER_LAST, wide)


def _bound(text: str, edge: str, marks: frozenset[str], wide: bool) -> bool:
    """Full-width marks bind in any company; others only where they stand alone: `.5`, `:)` and `»Wort«` are words."""
    return edge in marks and (wide or columns(edge) == 2 or all(letter in marks for letter in text))


def _alphabetic(letter: str) -> bool:
    """Of a script that has spaces between words."""
    return letter.isalnum() and unicodedata.name(letter, "").startswith(
        ("LATIN", "GREEK", "CYRILLIC", "DIGIT", "ARABIC", "HEBREW", "DEVANAGARI", "HANGUL")
    )
