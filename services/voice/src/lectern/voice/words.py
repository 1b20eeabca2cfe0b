"""Splits a text into words, including languages without spaces: Chinese, Japanese and Thai."""

from __future__ import annotations

import functools
import re

import budoux
import msgspec

from lectern.language.tags import base_language, script

_UNSPACED = re.compile(
    r"[\u0e00-\u0e7f\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    r"\U00020000-\U0003ffff]"
)
_KANA, _THAI = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]"), re.compile(r"[\u0e00-\u0e7f]")


class WrittenWord(msgspec.Struct, frozen=True, kw_only=True):
    """A word at `offset` characters of its text; no space precedes a `glued` one."""

    text: str
    offset: int
    glued: bool = False


def split_words(text: str, language: str = "") -> tuple[WrittenWord, ...]:
    """Splits a text at spaces, and between phrases if its script has no spaces.

    Phrases are those of BudouX, between which a line may be broken. `language` (BCP-47) tells Chinese from Japanese
    if the characters do not.
    """
    words: list[WrittenWord] = []
    for match in re.finditer(r"\S+", text):
        offset = match.start()
        for number, phrase in enumerate(_split_phrases(match.group(), language)):
            words.append(WrittenWord(text=phrase, offset=offset, glued=number > 0))
            offset += len(phrase)
    return tuple(words)


def _split_phrases(run: str, language: str) -> list[str]:
    if len(run) < 2 or not _UNSPACED.search(run):
        return [run]
    return list(_parser(_writing_system(run, language)).parse(run))


def _writing_system(run: str, language: str) -> str:
    if _THAI.search(run):
        return "th"
    if _KANA.search(run) or base_language(language) == "ja":
        return "ja"
    return "zh-hant" if script(language) == "Hant" else "zh-hans"


@functools.cache
def _parser(writing_system: str) -> budoux.Parser:
    return {
        "th": budoux.load_default_thai_parser,
        "ja": budoux.load_default_japanese_parser,
        "zh-hant": budoux.load_default_traditional_chinese_parser,
        "zh-hans": budoux.load_default_simplified_chinese_parser,
    }[writing_system]()
