"""Where text may be broken: sentence ends first, then clauses, never between words that belong together."""

from __future__ import annotations

import re

from lectern.composer.captions.function_words import FunctionWords

_CLOSERS = "\"')]}»”’」』）】》"
_SENTENCE_END = re.compile(r"(?:[.!?…؟۔]+|[。！？।॥]+)[" + re.escape(_CLOSERS) + r"]*$")
_ABBREVIATION = re.compile(
    r"^[(\[\"']*(?:[A-Z]|(?:[A-Za-z]\.)+[A-Za-z]|Dr|Mr|Mrs|Ms|Prof|St|vs|cf|etc|approx|No|Nr|Fig|Eq|bzw|ca)\.$"
)
_AFTER_FULL_WIDTH = re.compile(
    r"(?<=[。！？])(?![。！？」』）】》”’])|(?<=[。！？][」』）】》”’])"
)  # no space follows there

SENTENCE, STRONG, COMMA, CONJUNCTION, PREPOSITION, PLAIN, NAME, NEVER = 0.0, 0.4, 0.5, 0.9, 1.3, 2.0, 3.0, 4.0


def ends_sentence(word: str, following: str | None) -> bool:
    """Whether a sentence ends with `word`. An abbreviation does not end one unless nothing follows."""
    if following is None:
        return True
    if not _SENTENCE_END.search(word):
        return False
    return not (_ABBREVIATION.match(word) or (word.endswith(".") and following[:1].islower()))


def break_cost(word: str, following: str | None, small: FunctionWords) -> float:
    """How bad it is to break between `word` and `following`: 0 at a sentence's end to 4 after an article.

    The order is Netflix's: after punctuation, before conjunctions, before prepositions; never between article and
    noun, verb and auxiliary, first and last name. `small` are the language's function words.
    """
    if ends_sentence(word, following):
        return SENTENCE
    bare = word.rstrip(_CLOSERS)
    if bare.endswith((";", ":", "—", "–", "；", "：", "؛")):
        return STRONG
    if bare.endswith((",", "،", "、", "，")):
        return COMMA
    last, first = _plain(word), _plain(following or "")
    if small.binds_to_next(last) or first in small.trailers:
        return NEVER
    if first in small.conjunctions:
        return CONJUNCTION
    if first in small.prepositions:
        return PREPOSITION
    if bare[:1].isupper() and (following or "")[:1].isupper():
        return NAME
    return PLAIN


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, whitespace made single."""
    found: list[str] = []
    current: list[str] = []
    words = _AFTER_FULL_WIDTH.sub(" ", text).split()
    for word, following in zip(words, [*words[1:], None], strict=True):
        current.append(word)
        if ends_sentence(word, following):
            found.append(" ".join(current))
            current = []
    return tuple(found)


def _plain(word: str) -> str:
    return word.strip(_CLOSERS + "([{«“‘.,;:!?…").lower()
