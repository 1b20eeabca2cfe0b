"""The words of a written text, also where a language writes none: Chinese, Japanese and Thai have no spaces."""

from __future__ import annotations

import functools
import re

import budoux
import msgspec

_UNSPACED = re.compile(
    r"[\u0e00-\u0e7f\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    r"\U00020000-\U0003ffff]"
)
_KANA, _THAI = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]"), re.compile(r"[\u0e00-\u0e7f]")


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A word at `offset` characters of its text; no space is before a `glued` one."""

    text: str
    offset: int
    glued: bool = False


def written_words(text: str, language: str = "") -> tuple[Written, ...]:
    """The words of a text in order: what stands between spaces, cut at phrases where the script has no spaces.

    Phrases are those of BudouX, at which a line may also be broken. `language` (BCP-47) tells Chinese from Japanese
    where the characters do not.
    """
    found: list[Written] = []
    for match in re.finditer(r"\S+", text):
        offset = match.start()
        for number, piece in enumerate(_pieces(match.group(), language)):
            found.append(Written(text=piece, offset=offset, glued=number > 0))
            offset += len(piece)
    return tuple(found)


def _pieces(run: str, language: str) -> list[str]:
    if len(run) < 2 or not _UNSPACED.search(run):
        return [run]
    return list(_parser(_script(run, language)).parse(run))


def _script(run: str, language: str) -> str:
    if _THAI.search(run):
        return "th"
    if _KANA.search(run) or language.lower().startswith("ja"):
        return "ja"
    return "zh-hant" if re.search(r"hant|tw|hk|mo", language.lower().partition("-")[2]) else "zh-hans"


@functools.cache
def _parser(script: str) -> budoux.Parser:
    return {
        "th": budoux.load_default_thai_parser,
        "ja": budoux.load_default_japanese_parser,
        "zh-hant": budoux.load_default_traditional_chinese_parser,
        "zh-hans": budoux.load_default_simplified_chinese_parser,
    }[script]()
