"""Words: folded so that spellings compare equal, distinguished from stop words, counted as they are spoken."""

from __future__ import annotations

import re
import unicodedata

from lectern.language.stop_words import STOP_WORDS

# Thai, Lao, kana and ideographs: scripts that put no space between words
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def fold(word: str) -> str:
    """A word without case, punctuation and compatibility forms: equal for all spellings of the same word."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(char for char in folded if char.isalnum())


def strip_accents(text: str) -> str:
    """A text without case and accents: `Théorème` is `theoreme`."""
    return "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))


def is_content_word(word: str) -> bool:
    """True if a word carries meaning of its own: no stop word, and no word of one or two Latin letters."""
    folded = fold(word)
    short = len(folded) <= 2 and folded.isalpha() and folded.isascii()
    return bool(folded) and not short and folded not in STOP_WORDS


def count_words(text: str) -> int:
    """Spoken words. Scripts written without spaces (Chinese, Japanese, Thai) count one word for two characters."""
    unspaced = len(_UNSPACED.findall(text))
    return len(_UNSPACED.sub(" ", text).split()) + (unspaced + 1) // 2
