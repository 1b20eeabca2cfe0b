"""Splitting a text that is too long: between sentences, else between clauses, else between words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from lectern.language.sentences import sentence_spans

_CLAUSE_END = re.compile(r"[,;:،؛]\s|[、，；：]")
_WORD_END = re.compile(r"(?<=\S)(?=\s)")


class Piece(NamedTuple):
    """A piece of a text, and its place in it in characters."""

    offset: int
    text: str


def split_text(text: str, fits: Callable[[str], bool], language: str = "en") -> list[Piece]:
    """The text in pieces that all fit, as few as sentences allow; nothing but the space between pieces is lost.

    `fits` measures in whatever unit matters: characters, bytes, spoken words. A text that fits is returned whole; a
    single character that does not fit is a piece all the same.
    """
    if fits(text):
        return [Piece(0, text)]
    pieces: list[Piece] = []
    for start, end in sentence_spans(text, language):
        if pieces and fits(text[pieces[-1].offset : end]):
            pieces[-1] = Piece(pieces[-1].offset, text[pieces[-1].offset : end])
        else:
            pieces += _halve(text, start, end, fits)
    return pieces


def middle_break(text: str, language: str = "en") -> int | None:
    """The best place to cut a text in two: the sentence end, else clause end, nearest its middle; None if it has none.

    Counted in characters. Space may be on either side of it.
    """
    ends = [end for _, end in sentence_spans(text, language)][:-1]
    return _nearest(ends or _clause_ends(text), len(text) / 2)


def _halve(text: str, start: int, end: int, fits: Callable[[str], bool]) -> Iterator[Piece]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    part = text[start:end]
    if not part:
        return
    if fits(part) or len(part) == 1:
        yield Piece(start, part)
        return
    ends = _clause_ends(part) or [match.end() for match in _WORD_END.finditer(part)]
    cut = start + (_nearest(ends, len(part) / 2) or len(part) // 2)
    yield from _halve(text, start, cut, fits)
    yield from _halve(text, cut, end, fits)


def _clause_ends(text: str) -> list[int]:
    return [match.end() for match in _CLAUSE_END.finditer(text) if match.end() < len(text)]


def _nearest(places: list[int], to: float) -> int | None:
    return min(places, key=lambda place: abs(place - to), default=None)
