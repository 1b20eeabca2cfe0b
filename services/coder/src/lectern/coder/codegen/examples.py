"""Worked examples for a prompt: the scenes of finished lessons that are most like the one to be written."""

from __future__ import annotations

import re
from collections.abc import Sequence

import bm25s
import msgspec

from lectern.contracts import script as s
from lectern.lessons import Lesson
from lectern.markdown import parse

MAX_CODE_CHARACTERS = 6000  # of an example: longer ones teach less than they cost


class WorkedExample(msgspec.Struct, frozen=True, kw_only=True):
    """A scene that works: its narration and its code."""

    title: str
    narration: str
    code: str


def find_examples(lessons: Sequence[Lesson]) -> tuple[WorkedExample, ...]:
    """Every scene of the lessons that is drawn in code."""
    return tuple(
        WorkedExample(
            title=scene.title,
            narration="\n\n".join(beat.text for beat in scene.beats),
            code=scene.visual.source,
        )
        for lesson in lessons
        for scene in parse(lesson.text).scenes
        if isinstance(scene.visual, s.Manim) and len(scene.visual.source) <= MAX_CODE_CHARACTERS
    )


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
