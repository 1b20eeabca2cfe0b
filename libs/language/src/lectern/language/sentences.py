"""Sentence boundaries: the one rule that narration, captions, transcripts and checks share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

import sentencex

from lectern.language.tags import base_language

# Abbreviations that the library does not know. A reference such as "Eq. 5" goes on only with a number.
_ABBREVIATION = re.compile(r"(?:^|[\s(“\"'])(?:approx|bzw|ca|cf|vs)\.$", re.IGNORECASE)
_TITLE = re.compile(r"(?:^|[\s(“\"'«„])(?:Dr|Mr|Mrs|Ms|Prof|St)\.$")
_INITIAL = re.compile(r"(?:^|[\s(“\"'«„])[^\W\d_]\.$")
_REFERENCE = re.compile(r"(?:^|[\s(“\"'])(?:Eqs?|Figs?|Nos?|Nr|pp?|Secs?|Tab|Vols?)\.$", re.IGNORECASE)
# Ends that the library reads past: a bracketed sentence before another one, and the full stop of Urdu.
_MISSED_END = re.compile(r"[.!?…][)\]](?=\s+[“\"'(\[]?[A-Z])|۔(?=\s)|[。！？][）】》](?=\S)")
# "Solve for x. Then divide.": letters that the library takes for abbreviations. Some are, outside English: "z. B."
_LETTER_END = re.compile(r"(?<=\s)[fgjkqtwxy]\.(?=\s+[A-Z])")
_ENGLISH_LETTER_END = re.compile(r"(?<=\s)[abd-oq-uw-z]\.(?=\s+[A-Z])")  # not c. 1900, p. 5, Brown v. Board
_FULL_WIDTH_STOPS, _FULL_WIDTH_CLOSERS = "。！？", "」』）】》”’"
_LOOKBEHIND = 16  # characters: longer than any abbreviation above
# The library takes time with the square of a text's length: 10 s for 200,000 characters of Japanese.
MAX_WINDOW = 4_000  # characters it reads at once; whole scenes are shorter
_WINDOW_MARGIN = 1_000  # characters at a window's end whose sentences the next window decides


def sentences(text: str, language: str = "en") -> list[str]:
    """The sentences of a text in order, without the space between them. Initials and abbreviations end none."""
    return [text[start:end] for start, end in sentence_spans(text, language)]


def sentence_spans(text: str, language: str = "en") -> list[tuple[int, int]]:
    """(start, end) of each sentence in characters, without the space around it."""
    spans: list[tuple[int, int]] = []
    for start, end in _boundaries(text, language):
        if spans and _continues(_tail(text, *spans[-1]), text[start], language):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def sentence_ends(words: Sequence[str], language: str = "en") -> tuple[bool, ...]:
    """True for each word (with its punctuation) that ends a sentence; the last word always does."""
    sentence_end_offsets = {end for _, end in sentence_spans(" ".join(words), language)}
    word_end_offsets = accumulate((len(word) for word in words), lambda end, length: end + 1 + length)
    return tuple(end in sentence_end_offsets for end in word_end_offsets)


def number_sentences(words: Sequence[str], language: str = "en") -> list[int]:
    """The sentence that each word (with its punctuation) is in, counted from 1."""
    ends = sentence_ends(words, language)
    return list(accumulate((int(end) for end in ends[:-1]), initial=1)) if words else []


def _boundaries(text: str, language: str) -> Iterator[tuple[int, int]]:
    """The library's segments, corrected, without the space around them."""
    base = base_language(language)
    letter_end = _ENGLISH_LETTER_END if base == "en" else _LETTER_END
    missed = (match.end() for pattern in (_MISSED_END, letter_end) for match in pattern.finditer(text))
    ends = [*_library_ends(text, base), *missed]
    start = 0
    for end in sorted({_after_closers(text, end) for end in ends}):
        if not _can_end(text, end):
            continue
        part = text[start:end]
        if part.strip():
            yield start + len(part) - len(part.lstrip()), start + len(part.rstrip())
            start = end


def _library_ends(text: str, language: str) -> Iterator[int]:
    """The ends that the library finds, window by window. Each window starts where a sentence does, if it can."""
    start = 0
    while len(text) - start > MAX_WINDOW:
        window = text[start : start + MAX_WINDOW]
        ends = [segment["end_index"] for segment in sentencex.get_sentence_boundaries(language, window)]
        certain = [start + end for end in ends if end <= MAX_WINDOW - _WINDOW_MARGIN]
        yield from certain
        start = certain[-1] if certain else start + MAX_WINDOW - _WINDOW_MARGIN
    for segment in sentencex.get_sentence_boundaries(language, text[start:]):
        yield start + segment["end_index"]


def _after_closers(text: str, end: int) -> int:
    while end < len(text) and text[end] in _FULL_WIDTH_CLOSERS:
        end += 1
    return end


def _can_end(text: str, end: int) -> bool:
    """True if a sentence can end here: space or nothing follows, or its full stop is a full-width one."""
    around = text[end - 1 : end + 1]
    if len(around) < 2 or any(char.isspace() for char in around):
        return True
    while end and text[end - 1] in _FULL_WIDTH_CLOSERS:
        end -= 1
    return end > 0 and text[end - 1] in _FULL_WIDTH_STOPS


def _tail(text: str, start: int, end: int) -> str:
    return text[max(start, end - _LOOKBEHIND) : end]


def _continues(before: str, first: str, language: str) -> bool:
    """True if a segment goes on with the one before, whose end is `before`: in lower case, or after an abbreviation."""
    if first.islower() or _ABBREVIATION.search(before) or _TITLE.search(before):
        return True
    # In English the library itself tells initials ("J. Bach") from other letters ("vitamin C. It").
    if before[-2:-1].isupper() and _INITIAL.search(before) and base_language(language) != "en":
        return True
    return first.isdigit() and bool(_REFERENCE.search(before))
