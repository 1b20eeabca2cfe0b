"""Words: folded so that spellings compare equal, reduced to their stems, counted as they are spoken."""

from __future__ import annotations

import functools
import re
import unicodedata

import snowballstemmer

from lectern.language.stop_words import STOP_WORDS
from lectern.language.tags import base_language, english_name

# Thai, Lao, kana and ideographs: scripts that put no space between words
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def fold(word: str) -> str:
    """A word without case, punctuation and compatibility forms: equal for all spellings of the same word."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(char for char in folded if char.isalnum())


def strip_accents(text: str) -> str:
    """A text without case and accents: `Théorème` is `theoreme`."""
    return "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))


def stem(word: str, language: str = "en") -> str:
    """The stem of a folded word: `absorbs` and `absorbing` are `absorb`. Without a stemmer, the folded word."""
    stemmer = _stemmer(base_language(language))
    return str(stemmer.stemWord(fold(word))) if stemmer else fold(word)


def stems(text: str, language: str = "en") -> frozenset[str]:
    """The stems of a text's content words; names in code (`maxDepth`, `max_depth`) count by their parts."""
    spread = re.sub(r"([a-z])([A-Z])", r"\1 \2", text).replace("_", " ")
    return frozenset(stem(word, language) for word in re.findall(r"\w+", spread) if is_content_word(word))


def is_content_word(word: str) -> bool:
    """Whether a word carries meaning of its own: no stop word, and no word of one or two Latin letters."""
    folded = fold(word)
    short = len(folded) <= 2 and folded.isalpha() and folded.isascii()
    return bool(folded) and not short and folded not in STOP_WORDS


def count_words(text: str) -> int:
    """Spoken words. Scripts written without spaces (Chinese, Japanese, Thai) count one word for two characters."""
    unspaced = len(_UNSPACED.findall(text))
    return len(_UNSPACED.sub(" ", text).split()) + (unspaced + 1) // 2


@functools.cache
def _stemmer(language: str) -> snowballstemmer.stemmer | None:
    name = english_name(language).lower()
    return snowballstemmer.stemmer(name) if name in snowballstemmer.algorithms() else None
