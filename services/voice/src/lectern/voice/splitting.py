"""Splits a text into pieces that fit one request: between sentences, else at commas, else between words."""

from __future__ import annotations

import re
from collections.abc import Callable

from lectern.language.sentences import sentences

_CLAUSE = re.compile(r"[,;:،、，；](?:\s|(?=[^\d\s]))")


def split_text(text: str, fits: Callable[[str], bool], language: str = "") -> list[tuple[int, str]]:
    """Splits a text into (offset, piece); every piece `fits`, and together they hold all words.

    A single character that does not fit is still a piece.
    """
    if fits(text):
        return [(0, text)]
    pieces: list[tuple[int, str]] = []
    at = 0
    for sentence in sentences(text):
        start = text.index(sentence, at)
        at = start + len(sentence)
        if pieces and fits(text[pieces[-1][0] : at]):
            pieces[-1] = (pieces[-1][0], text[pieces[-1][0] : at])
        elif fits(sentence):
            pieces.append((start, sentence))
        else:
            pieces += [(start + offset, piece) for offset, piece in _halve(sentence, fits)]
    return pieces


def _halve(text: str, fits: Callable[[str], bool]) -> list[tuple[int, str]]:
    if fits(text) or len(text) < 2:
        return [(0, text)]
    middle = len(text) / 2
    inside = range(1, len(text))
    cuts = [match.end() for match in _CLAUSE.finditer(text) if match.end() in inside]
    cuts = cuts or [match.end() for match in re.finditer(r"\s+", text) if match.end() in inside]
    cut = min(cuts, key=lambda place: abs(place - middle), default=len(text) // 2)
    return [*_halve(text[:cut].rstrip(), fits), *((cut + at, piece) for at, piece in _halve(text[cut:], fits))]
