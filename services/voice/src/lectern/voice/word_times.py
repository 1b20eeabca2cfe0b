"""Times of written words, from the marks that an engine reports: arithmetic on words and seconds."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import NamedTuple

from lectern.language.words import fold
from lectern.voice.speech import Mark
from lectern.voice.words import WrittenWord

MIN_WORD_SECONDS = 0.04  # a word for which an engine reports no time is still shown for a frame or two


class TimeSpan(NamedTuple):
    """From and to, in seconds."""

    start: float
    end: float


def speaking_weight(word: str) -> float:
    """Relative time that a word takes to say: its letters; a digit or an ideograph counts as three."""
    return (
        1.0
        + len(re.findall(r"\w", word))
        + 2.0 * len(re.findall(r"[\u3400-\u9fff\uac00-\ud7af]", word))
        + 2.0 * len(re.findall(r"\d", word))
        + 2.0 * word.endswith((",", ".", ":", ";"))
    )


def spread_words(words: Sequence[str], start: float, end: float) -> list[TimeSpan]:
    """Spreads words over [start, end], one after the other, each as long as its weight."""
    total = sum(map(speaking_weight, words)) or 1.0
    spans: list[TimeSpan] = []
    passed = 0.0
    for word in words:
        begin = start + (end - start) * passed / total
        passed += speaking_weight(word)
        spans.append(TimeSpan(begin, start + (end - start) * passed / total))
    return spans


def place_at_marks(words: Sequence[WrittenWord], marks: Sequence[Mark], start: float, end: float) -> list[TimeSpan]:
    """Places each word of a text at the first mark inside it.

    Words without a mark (an engine may speak two as one) share the time up to the next word with one. Spans are
    gapless, increasing, and inside [start, end].
    """
    begins: list[float | None] = [None] * len(words)
    for mark in marks:
        for i, word in enumerate(words):
            if word.offset <= mark.offset < word.offset + len(word.text) and begins[i] is None:
                begins[i] = min(max(mark.seconds, start), end)
    return _fill([word.text for word in words], begins, start, end)


def _fill(words: Sequence[str], begins: Sequence[float | None], start: float, end: float) -> list[TimeSpan]:
    """Spans from the begins that are known and increasing; words without one are spread between their neighbours."""
    anchors: list[tuple[int, float]] = [(0, begins[0] if words and begins[0] is not None else start)]
    for index, begin in enumerate(begins):
        if index and begin is not None and begin > anchors[-1][1]:
            anchors.append((index, begin))
    spans: list[TimeSpan] = []
    for (index, begin), (after, until) in zip(anchors, [*anchors[1:], (len(words), end)], strict=True):
        spans += spread_words(words[index:after], begin, max(until, begin))
    return spans


def map_to_written(spoken: Sequence[str], spans: Sequence[TimeSpan], written: Sequence[str]) -> list[TimeSpan]:
    """Maps the spans of spoken words to the words written for them.

    Words in both keep their time; a word that is spoken differently (`H₂O` as "H two O") gets the time of what is
    spoken in its place.
    """
    if not written:
        return []
    start, end = (spans[0].start, spans[-1].end) if spans else (0.0, 0.0)
    matcher = difflib.SequenceMatcher(
        a=[fold(word) for word in spoken], b=[fold(word) for word in written], autojunk=False
    )
    begins: list[float | None] = [None] * len(written)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                begins[j] = spans[i].start
        elif tag == "replace":
            begins[j1] = spans[i1].start
    return _fill(written, begins, start, end)


def lengthen(spans: Sequence[TimeSpan], minimum: float = MIN_WORD_SECONDS) -> list[TimeSpan]:
    """Makes no span shorter than `minimum` seconds if their common time allows it; starts never go back."""
    if not spans:
        return []
    start, end = spans[0].start, spans[-1].end
    minimum = min(minimum, (end - start) / len(spans))
    begins: list[float] = []
    for number, span in enumerate(spans):
        earliest = begins[-1] + minimum if begins else start
        latest = end - minimum * (len(spans) - number)
        begins.append(max(earliest, min(span.start, latest)))
    return [TimeSpan(begin, until) for begin, until in zip(begins, [*begins[1:], end], strict=True)]
