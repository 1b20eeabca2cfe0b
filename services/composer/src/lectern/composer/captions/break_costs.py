"""Costs of line breaks: least at the end of a sentence, then of a clause, most between words that belong together."""

from __future__ import annotations

from lectern.composer.captions.phrases import Phrase
from lectern.language.function_words import FunctionWords

_CLOSERS = "\"')]}»”’」』）】》"
_PUNCTUATION = _CLOSERS + "([{«“‘.,;:!?…"

SENTENCE, STRONG, COMMA, CONJUNCTION, PREPOSITION, PLAIN, NAME, NEVER = 0.0, 0.4, 0.5, 0.9, 1.3, 2.0, 3.0, 4.0


def break_cost(before: Phrase, after: Phrase, function_words: FunctionWords) -> float:
    """Returns how bad it is to break between two phrases: from 0 at a sentence's end to 4 after an article.

    The order is Netflix's: after punctuation, before conjunctions, before prepositions; never between article and
    noun, verb and auxiliary, first and last name.
    """
    if before.ends_sentence:
        return SENTENCE
    word, following = before.last.text, after.first.text
    unquoted = word.rstrip(_CLOSERS)
    if unquoted.endswith((";", ":", "—", "–", "；", "：", "؛")):
        return STRONG
    if unquoted.endswith((",", "،", "、", "，")):
        return COMMA
    last, first = (text.strip(_PUNCTUATION).lower() for text in (word, following))
    if function_words.binds_to_next(last) or first in function_words.trailers:
        return NEVER
    if first in function_words.conjunctions:
        return CONJUNCTION
    if first in function_words.prepositions:
        return PREPOSITION
    if unquoted[:1].isupper() and following[:1].isupper():
        return NAME
    return PLAIN
