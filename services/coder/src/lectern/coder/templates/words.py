"""What words two texts have in common, roughly: enough to tell which point a sentence speaks of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about after all also am an and any are as at back be because been before being between both but by can could
        did do does down each even every few first for from get gets give had has have he her here him his how i if in
        into is it its just like look make makes many may me more most much must my next no not now of off on once one
        only or other our out over own part say see she should so some such take takes than that the their them then
        there these they thing things this those three through to too two under up us use used uses very was way we
        well were what when where which while who why will with would you your
        der die das und ist ein eine einen den dem des im in mit von zu auf für nicht auch sich wird werden sind es als
        le la les un une des du de et est dans sur pour par que qui ce cette se il elle sont en au aux
        el los las y es en que por para con del al se su lo como
        """,
    )
)


def bare(word: str) -> str:
    """A word without case and punctuation, as scene code's `at()` compares it."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(char for char in folded if char.isalnum())


def stem(word: str) -> str:
    """A word without the commonest endings of English: `absorbs`, `absorbed` and `absorbing` are alike."""
    plain = bare(word)
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "es", "ed", "s", "y", "e"):
        if plain.endswith(ending) and len(plain) - len(ending) >= 3:
            return plain[: -len(ending)]
    return plain


def tells(word: str) -> bool:
    """Whether a word carries meaning of its own."""
    plain = bare(word)
    return (
        bool(plain) and plain not in _FUNCTION_WORDS and (len(plain) > 2 or not plain.isalpha() or not plain.isascii())
    )


def stems(text: str) -> frozenset[str]:
    """The stems of the telling words of a text; names in code count by their parts."""
    spread = re.sub(r"([a-z])([A-Z])", r"\1 \2", text).replace("_", " ")
    return frozenset(stem(word) for word in re.findall(r"\w+", spread) if tells(word))


def first_match(spoken: Iterable[str], wanted: frozenset[str], start: int = 0) -> int | None:
    """The number of the first spoken word, from `start` on, whose stem is wanted."""
    return next((i for i, word in enumerate(spoken) if i >= start and tells(word) and stem(word) in wanted), None)
