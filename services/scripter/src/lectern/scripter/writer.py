"""Who writes the script for a topic. Documents need no writer: they are the script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

import msgspec

from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.script import Script
from lectern.contracts.usage import Usage
from lectern.lessons import Lesson
from lectern.markdown import parse
from lectern.scripter.topics import find_lesson
from lectern.worker import Permanent, Transient

Tell: TypeAlias = Callable[[int, str], None]  # hears how many characters have been written, and what is being done


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a script is written under, beside the brief.

    `material` is a text to explain, in place of a topic. `spent_usd` is what the video has cost before. `fresh` has
    answers that are remembered asked for again: the user was not content with them.
    """

    material: str = ""
    spent_usd: float = 0.0
    fresh: bool = False


class ModelAway(Transient):
    """No model could be reached in time. `spent` is what was used until then."""

    problem: Problem

    def __init__(self, problem: Problem, *, spent: tuple[Usage, ...] = ()) -> None:
        super().__init__(problem=problem, spent=spent)


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A script, and what it cost."""

    script: Script
    spent: tuple[Usage, ...] = ()


class Writer(Protocol):
    """Turns a topic into a script. One that `reads_material` also turns a text into one."""

    reads_material: bool

    async def write(
        self, brief: Brief, options: VideoOptions, tell: Tell | None = None, *, terms: Terms | None = None
    ) -> Written:
        """The script for `brief.topic`. Raises Permanent when there can be none, Transient when it may come later."""
        ...


class LessonWriter:
    """Knows the finished lessons, and says so when it is asked for anything else. Needs no model and no network."""

    reads_material = False

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        self._lessons = tuple(lessons)

    async def write(
        self, brief: Brief, options: VideoOptions, tell: Tell | None = None, *, terms: Terms | None = None
    ) -> Written:
        """The finished lesson that the topic surely asks for. Raises Permanent with what comes close, or what to do."""
        match = find_lesson(brief.topic, self._lessons)
        if match.lesson:
            return Written(script=parse(match.lesson.text))
        raise Permanent(_offer(brief.topic, match.offers) if match.offers else _unknown(brief.topic, self._lessons))


def _offer(topic: str, offers: Sequence[Lesson]) -> Problem:
    titles = " or ".join(f"“{lesson.title}”" for lesson in offers)
    return Problem(
        code="unclear-topic",
        title="Which lesson is meant?",
        detail=f"No finished lesson is surely about “{topic}”. Did you mean {titles}?",
        remedy=f'Try: lectern make "{offers[0].title}". '
        "For other topics write a lesson in Markdown, or set GEMINI_API_KEY.",
    )


def _unknown(topic: str, lessons: Sequence[Lesson]) -> Problem:
    some = ", ".join(f"“{lesson.title}”" for lesson in lessons[:3])
    return Problem(
        code="unknown-lesson",
        title="No lesson on this topic",
        detail=f"No finished lesson is about “{topic}”, and no model is set up to write one."
        + (f" There are {len(lessons)}, among them {some}." if lessons else ""),
        remedy="See `lectern lessons` for those there are, write the lesson in Markdown (docs/lessons.md), "
        "or set GEMINI_API_KEY to have it written.",
    )
