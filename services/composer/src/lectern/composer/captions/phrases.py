"""Phrases: the pieces that lines are made of. A line never breaks inside one (kinsoku)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import msgspec

from lectern.composer.captions.line_text import count_columns, join_words, on_one_line
from lectern.composer.captions.reading_limits import ReadingLimits
from lectern.contracts.narration import Word
from lectern.language.sentences import sentence_ends

# What no line starts with, and no line ends with: JIS X 4051 and GB/T 15834, the classes CL, EX, NS, OP of UAX #14.
_NEVER_FIRST = frozenset(
    "、。，．,.・：；:;？！?!‼⁇⁈⁉゛゜ー―…‥々〻ゝゞヽヾ）］｝〕〉》」』】〙〗〟｠»)]}、｡｣､･％‰℃°￠"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
)
_NEVER_LAST = frozenset("（［｛〔〈《「『【〘〖〝｟«([{｢￥＄￡№")
# Quotation marks open in one language and close in another; between full-width letters their sides are fixed.
_FULL_WIDTH_FIRST, _FULL_WIDTH_LAST = frozenset("”’"), frozenset("“‘")


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """Words that stay on one line, mostly a single one. `columns` is their width."""

    words: tuple[Word, ...]
    columns: int
    ends_sentence: bool

    @property
    def glued(self) -> bool:
        """True if no space comes before it."""
        return self.words[0].glued

    @property
    def first(self) -> Word:
        """Its first word."""
        return self.words[0]

    @property
    def last(self) -> Word:
        """Its last word."""
        return self.words[-1]


def group_phrases(words: Sequence[Word], limits: ReadingLimits) -> tuple[Phrase, ...]:
    """Groups all words, in order, into phrases.

    Where keeping words together would need more than a line, the line's length wins; but a word that is longer than a
    line by itself still keeps one closing mark.
    """
    phrases: list[Phrase] = []
    ends = sentence_ends([on_one_line(word.text) for word in words], limits.language)
    for word, ends_sentence in zip(words, ends, strict=True):
        if phrases and not can_break(phrases[-1].last, word, limits):
            previous = phrases[-1]
            longer = _phrase((*previous.words, word), ends_sentence, limits)
            previous_is_too_long = len(previous.words) == 1 and previous.columns > limits.columns
            if longer.columns <= limits.columns or previous_is_too_long:
                phrases[-1] = longer
                continue
        phrases.append(_phrase((word,), ends_sentence, limits))
    return tuple(phrases)


def can_break(before: Word, after: Word, limits: ReadingLimits) -> bool:
    """True if a line may end with `before` and the next start with `after`."""
    if _cannot_end_line(before.text, limits.full_width) or _cannot_start_line(after.text, limits.full_width):
        return False
    # What is written together in an alphabet is one word to the eye, however the voice divided it.
    return not (after.glued and _is_alphabetic(before.text[-1]) and _is_alphabetic(after.text[0]))


def width_of(group: Sequence[Phrase]) -> int:
    """Returns the columns of phrases on one line, spaces included."""
    return sum(phrase.columns for phrase in group) + sum(not phrase.glued for phrase in group[1:])


def _phrase(words: tuple[Word, ...], ends_sentence: bool, limits: ReadingLimits) -> Phrase:
    columns = count_columns(join_words(words), full_width=limits.full_width)
    return Phrase(words=words, columns=columns, ends_sentence=ends_sentence)


def _cannot_start_line(text: str, full_width: bool) -> bool:
    return _is_bound(text, text[0], _NEVER_FIRST | _FULL_WIDTH_FIRST if full_width else _NEVER_FIRST, full_width)


def _cannot_end_line(text: str, full_width: bool) -> bool:
    return _is_bound(text, text[-1], _NEVER_LAST | _FULL_WIDTH_LAST if full_width else _NEVER_LAST, full_width)


def _is_bound(text: str, edge: str, marks: frozenset[str], full_width: bool) -> bool:
    """Full-width marks always bind; others only where they stand alone: `.5`, `:)` and `»Wort«` are words."""
    return edge in marks and (full_width or count_columns(edge) == 2 or all(letter in marks for letter in text))


def _is_alphabetic(letter: str) -> bool:
    """True if a letter is of a script that has spaces between words."""
    return letter.isalnum() and unicodedata.name(letter, "").startswith(
        ("LATIN", "GREEK", "CYRILLIC", "DIGIT", "ARABIC", "HEBREW", "DEVANAGARI", "HANGUL")
    )
