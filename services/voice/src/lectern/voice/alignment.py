"""When each written word is said, from what an engine tells: pure arithmetic on words and seconds."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import NamedTuple

from lectern.voice.speech import Mark
from lectern.voice.words import Written

SHORTEST = 0.04  # seconds; a word that an engine gives no time is still shown for a frame or two


class Span(NamedTuple):
    """From and to, in seconds."""

    start: float
    end: float


def weight(word: str) -> float:
    """How long a word takes to say, relative to others: its letters; a digit or an ideograph counts for three."""
    return (
        1.0
        + len(re.findall(r"\w", word))
        + 2.0 * len(re.findall(r"[\u3400-\u9fff\uac00-\ud7af]", word))
        + 2.0 * len(re.findall(r"\d", word))
        + 2.0 * word.endswith((",", ".", ":", ";"))
    )


def spread(words: Sequence[str], start: float, end: float) -> list[Span]:
    """The words one after the other over [start, end], each as long as its weight."""
    total = sum(map(weight, words)) or 1.0
    spans: list[Span] = []
    said = 0.0
    for word in words:
        begin = start + (end - start) * said / total
        said += weight(word)
        spans.append(Span(begin, start + (end - start) * said / total))
    return spans


def from_marks(words: Sequence[Written], marks: Sequence[Mark], start: float, end: float) -> list[Span]:
    """A span for each word of a text.

    A word starts with the first mark inside it. Words without a mark (an engine may say two as one) share the time up
    to the next word that has one. Spans are gapless, increasing, and inside [start, end].
    """
    begins: list[float | None] = [None] * len(words)
    for mark in marks:
        for i, word in enumerate(words):
            if word.offset <= mark.offset < word.offset + len(word.text) and begins[i] is None:
                begins[i] = min(max(mark.seconds, start), end)
    return _filled([word.text for word in words], begins, start, end)


def _filled(words: Sequence[str], begins: Sequence[float | None], start: float, end: float) -> list[Span]:
    """Spans from those begins that are known and in order; runs of unknown ones are spread between their neighbours."""
    anchors: list[tuple[int, float]] = [(0, begins[0] if words and begins[0] is not None else start)]
    for index, begin in enumerate(begins):
        if index and begin is not None and begin > anchors[-1][1]:
            anchors.append((index, begin))
    spans: list[Span] = []
    for (index, begin), (after, until) in zip(anchors, [*anchors[1:], (len(words), end)], strict=True):
        spans += spread(words[index:after], begin, max(until, begin))
    return spans


def onto_written(spoken: Sequence[str], spans: Sequence[Span], written: Sequence[str]) -> list[Span]:
    """Spans for the written words, from those of the words that were said in their place.

    Words both have in common keep their time; what was said differently (`H₂O`, said "H two O") shares the time of
    what was said instead.
    """
    if not written:
        return []
    start, end = (spans[0].start, spans[-1].end) if spans else (0.0, 0.0)
    matcher = difflib.SequenceMatcher(a=[_bare(w) for w in spoken], b=[_bare(w) for w in written], autojunk=False)
    begins: list[float | None] = [None] * len(written)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                begins[j] = spans[i].start
        elif tag == "replace":
            begins[j1] = spans[i1].start
    return _filled(written, begins, start, end)


def _bare(word: str) -> str:
    return "".join(re.findall(r"\w", word.lower()))


def at_least(spans: Sequence[Span], shortest: float = SHORTEST) -> list[Span]:
    """The same spans with none shorter than `shortest` where their common time allows it; starts never go back."""
    if not spans:
        return []
    start, end = spans[0].start, spans[-1].end
    shortest = min(shortest, (end - start) / len(spans))
    begins: list[float] = []
    for number, span in enumerate(spans):
        earliest = begins[-1] + shortest if begins else start
        latest = end - shortest * (len(spans) - number)
        begins.append(max(earliest, min(span.start, latest)))
    return [Span(begin, until) for begin, until in zip(begins, [*begins[1:], end], strict=True)]
