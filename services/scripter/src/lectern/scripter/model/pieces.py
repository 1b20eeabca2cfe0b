"""Narration cut into pieces that are short enough to be beats."""

from __future__ import annotations

import re

from lectern.language.sentences import sentences
from lectern.markdown import limits


def pieces(text: str, most: int) -> list[str]:
    """The text in pieces of at most `most` words: cut between sentences, else at a comma, else between words."""
    if limits.count_words(text) <= most:
        return [text]
    parts = sentences(text)
    if len(parts) > 1:
        return [short for part in _packed(parts, most) for short in pieces(part, most)]
    half = len(text) / 2
    cuts = [match.end() for match in re.finditer(r"[,;:،、，；](?=\s)|[、，；]", text)] or [
        match.start() for match in re.finditer(r"\s", text)
    ]
    cut = min(cuts, key=lambda place: abs(place - half), default=int(half))
    halves = [text[:cut].strip(), text[cut:].strip()]
    return [short for part in halves if part for short in pieces(part, most)]


def _packed(parts: list[str], most: int) -> list[str]:
    """Sentences joined again as far as they fit."""
    packed = [parts[0]]
    for part in parts[1:]:
        joined = f"{packed[-1]} {part}"
        if limits.count_words(joined) <= most:
            packed[-1] = joined
        else:
            packed.append(part)
    return packed
