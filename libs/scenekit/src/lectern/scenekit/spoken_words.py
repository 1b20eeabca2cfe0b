"""Finding a spoken word in a beat."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def normalise(text: str) -> str:
    """Fold case and drop punctuation, so that two spellings of a word compare equal."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def find_phrase(phrase: str, spoken: Sequence[str], *, after: int = 0) -> int | None:
    """Find `phrase` (one or more words) in `spoken`, searching from index `after`; return its index or None.

    Exact matches come first, then words that begin with the one asked for ("plant" finds "plants"). Both are then
    tried again from the start of the beat, for words asked for out of order.
    """
    parts = [part for part in map(normalise, phrase.split()) if part]
    words = [normalise(word) for word in spoken]
    if not parts:
        return None
    for start in (after, 0):
        for matches in (_equal, _begins):
            for index in range(start, len(words) - len(parts) + 1):
                if all(matches(words[index + offset], part) for offset, part in enumerate(parts)):
                    return index
    return None


def _equal(word: str, part: str) -> bool:
    return word == part


def _begins(word: str, part: str) -> bool:
    return len(part) >= 3 and word.startswith(part)
