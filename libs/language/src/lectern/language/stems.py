"""Stems: what the forms of a word have in common."""

from __future__ import annotations

import functools
import re

import snowballstemmer

from lectern.language.tags import base_language, english_name
from lectern.language.words import fold, is_content_word


def stem(word: str, language: str = "en") -> str:
    """The stem of a folded word: `absorbs` and `absorbing` are `absorb`. Without a stemmer, the folded word."""
    stemmer = _stemmer(base_language(language))
    return str(stemmer.stemWord(fold(word))) if stemmer else fold(word)


def stems(text: str, language: str = "en") -> frozenset[str]:
    """The stems of a text's content words; names in code (`maxDepth`, `max_depth`) count by their parts."""
    spread = re.sub(r"([a-z])([A-Z])", r"\1 \2", text).replace("_", " ")
    return frozenset(stem(word, language) for word in re.findall(r"\w+", spread) if is_content_word(word))


@functools.cache
def _stemmer(language: str) -> snowballstemmer.stemmer | None:
    name = english_name(language).lower()
    return snowballstemmer.stemmer(name) if name in snowballstemmer.algorithms() else None
