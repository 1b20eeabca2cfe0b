"""English words that are written alike and said in two ways: which way, where the words around them leave no doubt."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_AROUND_CHARACTERS = 40
_LETTER = re.compile(r"\b[aA]\s+(?:squared|cubed|equals)\b")


class Misreading(NamedTuple):
    """A word that a voice may say wrongly: the word as written, the two ways, and the words around it."""

    word: str
    ways: str
    around: str


class _Respelling(NamedTuple):
    """`pattern` finds the word, its group `w`, where it is surely said as `spoken` is spelt."""

    pattern: re.Pattern[str]
    spoken: str


class _Homograph(NamedTuple):
    """The two ways of saying a word, and the surroundings in which a voice's own choice is right."""

    ways: str
    usual: re.Pattern[str]


class _Table(NamedTuple):
    rules: tuple[_Respelling, ...]
    words: dict[str, _Homograph]
    any_word: re.Pattern[str]


def respell(text: str) -> str:
    """The text with letters and homographs spelt as they sound, where the words around them leave no doubt."""
    for pattern, spoken in _read_table().rules:
        text = pattern.sub(lambda match, spoken=spoken: _put_in(match, spoken), text)  # type: ignore[misc]
    return text


def find_misreadings(text: str) -> list[Misreading]:
    """The homographs of a text that neither the words around them nor the usual way settle, each once."""
    table = _read_table()
    spoken = respell(text)
    found: dict[str, Misreading] = {}
    for match in table.any_word.finditer(spoken):
        word = match[0].lower()
        if word not in found and not _is_usual(spoken, match, table.words[word].usual):
            around = " ".join(spoken[max(0, match.start() - 20) : match.end() + 20].split())
            found[word] = Misreading(word=match[0], ways=table.words[word].ways, around=around)
    for match in _LETTER.finditer(spoken):
        found.setdefault("a", Misreading(word="a", ways="the letter, or as in a leaf", around=match[0]))
    return list(found.values())


def _is_usual(text: str, word: re.Match[str], usual: re.Pattern[str]) -> bool:
    start = max(0, word.start() - _AROUND_CHARACTERS)
    around = text[start : word.end() + _AROUND_CHARACTERS]
    return any(
        each.start() + start <= word.start() and word.end() <= each.end() + start for each in usual.finditer(around)
    )


def _put_in(match: re.Match[str], spoken: str) -> str:
    start, end = match.start("w") - match.start(), match.end("w") - match.start()
    plural = "s" if match["w"].lower() == "tears" else ""
    return match[0][:start] + spoken + plural + match[0][end:]


@cache
def _read_table() -> _Table:
    table = tomllib.loads((files("lectern.language") / "homographs.toml").read_text(encoding="utf-8"))
    words = {
        word: _Homograph(ways=row["ways"], usual=re.compile(row["usual"], re.IGNORECASE))
        for word, row in table["word"].items()
    }
    return _Table(
        rules=tuple(_Respelling(re.compile(row["pattern"], re.IGNORECASE), row["spoken"]) for row in table["rule"]),
        words=words,
        any_word=re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE),
    )
