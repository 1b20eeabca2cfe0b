"""Worked examples for a prompt: the scenes of finished lessons that are most like the one to be written."""

from __future__ import annotations

import re
from collections.abc import Sequence

import bm25s
import msgspec

from lectern.lessons import Lesson

_SCENE = re.compile(r"^## (?P<title>.+?)\n(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^```manim\n(?P<code>.*?)\n```", re.MULTILINE | re.DOTALL)
LONGEST = 6000  # characters of an example's code: longer ones teach less than they cost


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A scene that works: what is said, and its code."""

    title: str
    narration: str
    code: str


def examples_of(lessons: Sequence[Lesson]) -> tuple[Example, ...]:
    """Every scene of the lessons that is drawn in code."""
    found: list[Example] = []
    for lesson in lessons:
        for scene in _SCENE.finditer(lesson.text):
            code = _CODE.search(scene["body"])
            if code and len(code["code"]) <= LONGEST:
                narration = re.sub(r"<!--.*?-->", "", _CODE.sub("", scene["body"]), flags=re.DOTALL).strip()
                found.append(Example(title=scene["title"], narration=narration, code=code["code"]))
    return tuple(found)


class Shelf:
    """Examples, searchable by what they are about (BM25, offline)."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = tuple(examples)
        self._index = bm25s.BM25()
        if self._examples:
            texts = [f"{each.title} {each.narration} {_words_of(each.code)}" for each in self._examples]
            self._index.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)

    def nearest(self, text: str, number: int = 2) -> tuple[Example, ...]:
        """The examples most like a text, likest first."""
        number = min(number, len(self._examples))
        tokens = bm25s.tokenize([text], stopwords="en", show_progress=False, return_ids=False)
        if not number or not tokens[0]:
            return self._examples[:number]
        found, _ = self._index.retrieve(tokens, k=number, show_progress=False)
        return tuple(self._examples[int(position)] for position in found[0])


def _words_of(code: str) -> str:
    return " ".join(re.findall(r"[A-Z][a-z]+[A-Za-z]*", code))
