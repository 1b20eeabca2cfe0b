"""Where sentences end, well enough to cut narration between them."""

from __future__ import annotations

import re

from lectern.scripter.markdown import limits

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？]+[」』”’）]*")
_NO_END = re.compile(
    r"(?:^|[\s(“\"'])(?:[A-Za-z]|Dr|Mr|Mrs|Ms|Prof|St|No|vs|cf|approx|ca|bzw|etc|al|(?:\w\.)+\w)\.$", re.IGNORECASE
)


def sentences(text: str) -> list[str]:
    """The sentences of a text without the space between them. Initials and a few abbreviations end none."""
    found, start = [], 0
    for end in _END.finditer(text):
        rest = text[end.end() :].lstrip()
        if _NO_END.search(text[start : end.end()]) or rest[:1].islower():
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    found.append(text[start:].strip())
    return [each for each in found if each]


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
