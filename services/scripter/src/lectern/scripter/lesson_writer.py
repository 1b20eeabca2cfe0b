"""The writer that needs no model: it serves the finished lessons."""

from __future__ import annotations

from collections.abc import Sequence

from lectern.contracts.problems import Problem
from lectern.lessons import Lesson
from lectern.markdown import parse
from lectern.scripter.lesson_search import find_lesson
from lectern.scripter.lesson_wishes import list_unmet_wishes, speaks
from lectern.scripter.writer import OnProgress, WritingRequest, WrittenScript
from lectern.worker import Permanent


class LessonWriter:
    """Serves finished lessons, and refuses every other topic. Needs no model and no network."""

    explains_prose = False

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        self._lessons = tuple(lessons)

    async def write(self, request: WritingRequest, on_progress: OnProgress | None = None) -> WrittenScript:
        """The finished lesson on the topic. Raises Permanent with similar lessons, or what to do instead.

        It is as it is: in another language it is refused, and what else was wished for is told.
        """
        topic = request.brief.topic
        match = find_lesson(topic, self._lessons)
        if match.lesson:
            if not speaks(match.lesson, request.options.language):
                raise Permanent(_other_language(match.lesson, request.options.language))
            script = parse(match.lesson.text)
            unmet = list_unmet_wishes(match.lesson, len(script.scenes), request.brief)
            return WrittenScript(script=script, unmet=unmet)
        raise Permanent(
            _unclear_topic(topic, match.similar) if match.similar else _unknown_lesson(topic, self._lessons)
        )


def _other_language(lesson: Lesson, language: str) -> Problem:
    return Problem(
        code="lesson-in-another-language",
        title="The lesson is in another language",
        detail=f"The finished lesson “{lesson.title}” is in “{lesson.language}”, not in “{language}”, "
        "and no model is configured to translate it.",
        remedy=f"Ask for it in “{lesson.language}”, send your own translation as a document, or set GEMINI_API_KEY.",
    )


def _unclear_topic(topic: str, similar: Sequence[Lesson]) -> Problem:
    titles = " or ".join(f"“{lesson.title}”" for lesson in similar)
    return Problem(
        code="unclear-topic",
        title="Which lesson do you mean?",
        detail=f"No finished lesson is clearly about “{topic}”. Did you mean {titles}?",
        remedy=f'Try: lectern make "{similar[0].title}". '
        "For other topics write a lesson in Markdown, or set GEMINI_API_KEY.",
    )


def _unknown_lesson(topic: str, lessons: Sequence[Lesson]) -> Problem:
    examples = ", ".join(f"“{lesson.title}”" for lesson in lessons[:3])
    return Problem(
        code="unknown-lesson",
        title="No lesson on this topic",
        detail=f"No finished lesson is about “{topic}”, and no model is configured to write one."
        + (f" There are {len(lessons)} lessons, such as {examples}." if lessons else ""),
        remedy="Run `lectern lessons` to list them, write the lesson in Markdown (docs/lessons.md), "
        "or set GEMINI_API_KEY to have it written.",
    )
