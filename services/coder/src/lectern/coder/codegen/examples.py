"""Worked examples for a prompt: the scenes of finished lessons that are most like the one to be written."""

from __future__ import annotations

import re
from collections.abc import Sequence

import bm25s
import msgspec

from lectern.lessons import Lesson

_SCENE = re.compile(r"^## (?P<title>.+?)\n(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^```manim\n(?P<code>.*?)\n```", re.MULTILINE | re.DOTALL)
MAX_CODE_CHARACTERS = 6000  # of an example: longer ones teach less than they cost


class WorkedExample(msgspec.Struct, frozen=True, kw_only=True):
    """A scene that works: its narration and its code."""

    title: str
    narration: str
    code: str


def find_examples(lessons: Sequence[Lesson]) -> tuple[WorkedExample, ...]:
    """Every scene of the lessons that is drawn in code."""
    found: list[WorkedExample] = []
    for lesson in lessons:
        for scene in _SCENE.finditer(lesson.text):
            code = _CODE.search(scene["body"])
            if code and len(code["code"]) <= MAX_CODE_CHARACTERS:
                narration = re.sub(r"<!--.*?-->", "", _CODE.sub("", scene["body"]), flags=re.DOTALL).strip()
                found.append(WorkedExample(title=scene["title"], narration=narration, code=code["code"]))
    return tuple(found)


class ExampleIndex:
    """Finds examples by their subject (BM25, offline)."""

    def __init__(self, examples: Sequence[WorkedExample]) -> None:
        self._examples = tuple(examples)
        self._index = bm25s.BM25()
        if self._examples:
            texts = [f"{each.title} {each.narration} {_class_names(each.code)}" for each in self._examples]
            self._index.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)

    def nearest(self, text: str, number: int = 2) -> tuple[WorkedExample, ...]:
        """The examples most like a text, the most similar first."""
        number = min(number, len(self._examples))
        tokens = bm25s.tokenize([text], stopwords="en", show_progress=False, return_ids=False)
        if not number or not tokens[0]:
            return self._examples[:number]
        found, _ = self._index.retrieve(tokens, k=number, show_progress=False)
        return tuple(self._examples[int(position)] for position in found[0])


def _class_names(code: str) -> str:
    return " ".join(re.findall(r"[A-Z][a-z]+[A-Za-z]*", code))
