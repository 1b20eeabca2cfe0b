"""Where sentences end, well enough to cut narration between them."""

from __future__ import annotations

import re

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
