"""Finding a spoken word in a beat."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def bare(text: str) -> str:
    """`text` without case, accents' composition and punctuation: what two spellings of a word have in common."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def find(wanted: str, spoken: Sequence[str], *, after: int = 0) -> int | None:
    """The index in `spoken`, from `after` on, where `wanted` (a word or a phrase) begins, or None.

    Exact words come first; then a word that begins with the wanted one ("plant" finds "plants"); then the same
    from the start of the beat, for words asked for out of order.
    """
    phrase = [bare(part) for part in wanted.split()]
    phrase = [part for part in phrase if part]
    words = [bare(word) for word in spoken]
    if not phrase:
        return None
    for start in (after, 0):
        for same in (_equal, _begins):
            for index in range(start, len(words) - len(phrase) + 1):
                if all(same(words[index + offset], part) for offset, part in enumerate(phrase)):
                    return index
    return None


def _equal(word: str, part: str) -> bool:
    return word == part


def _begins(word: str, part: str) -> bool:
    return len(part) >= 3 and word.startswith(part)
