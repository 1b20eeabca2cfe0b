"""Worked examples for a prompt: finished scenes of the same form of drawing, the most similar subjects first."""

from __future__ import annotations

import re
from collections.abc import Sequence

import bm25s
import msgspec

from lectern.coder.codegen.forms import find_form
from lectern.contracts import script as s
from lectern.lessons import Lesson
from lectern.markdown import parse

MAX_CODE_CHARACTERS = 3000  # of an example: longer ones teach less than they cost


class WorkedExample(msgspec.Struct, frozen=True, kw_only=True):
    """A scene that works: its form of drawing, its narration and its code."""

    title: str
    form: str
    narration: str
    code: str


def find_examples(lessons: Sequence[Lesson]) -> tuple[WorkedExample, ...]:
    """Every scene of the lessons or studies that is drawn in code and not too long."""
    return tuple(
        WorkedExample(
            title=scene.title,
            form=find_form(scene),
            narration="\n\n".join(beat.text for beat in scene.beats),
            code=scene.visual.source,
        )
        for lesson in lessons
        for scene in parse(lesson.text).scenes
        if isinstance(scene.visual, s.Manim) and len(scene.visual.source) <= MAX_CODE_CHARACTERS
    )


class ExampleIndex:
    """Finds examples by their form, and among equals by their subject (BM25, offline)."""

    def __init__(self, examples: Sequence[WorkedExample]) -> None:
        self._examples = tuple(examples)
        self._index = bm25s.BM25()
        if self._examples:
            texts = [f"{each.title} {each.narration} {_class_names(each.code)}" for each in self._examples]
            self._index.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)

    def nearest(self, text: str, form: str = "", number: int = 2) -> tuple[WorkedExample, ...]:
        """Examples of a form, the most like a text first; where there are too few, the most similar of other forms."""
        if not self._examples:
            return ()
        ranked = sorted(self._rank(text), key=lambda example: example.form != form)
        return tuple(ranked[:number])

    def _rank(self, text: str) -> list[WorkedExample]:
        tokens = bm25s.tokenize([text], stopwords="en", show_progress=False, return_ids=False)
        if not tokens[0]:
            return list(self._examples)
        found, _ = self._index.retrieve(tokens, k=len(self._examples), show_progress=False)
        return [self._examples[int(position)] for position in found[0]]


def _class_names(code: str) -> str:
    return " ".join(re.findall(r"[A-Z][a-z]+[A-Za-z]*", code))
