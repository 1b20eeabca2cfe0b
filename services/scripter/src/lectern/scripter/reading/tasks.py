"""What a reading process is asked, what it answers, and how it does the work."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.script import Script
from lectern.markdown import NoScenes, parse, render


class ParseTask(msgspec.Struct, frozen=True, kw_only=True, tag="parse"):
    """Markdown to parse; `language` (BCP-47) applies when it names none."""

    markdown: str
    language: str = "en"


class RenderTask(msgspec.Struct, frozen=True, kw_only=True, tag="render"):
    """A script to render; the Markdown must parse again."""

    script: Script


ReadingTask: TypeAlias = ParseTask | RenderTask


class ReadingAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The script or the Markdown; else the problem with it, which for `prose` is that it has no scenes."""

    script: Script | None = None
    markdown: str = ""
    problem: Problem | None = None
    prose: bool = False


def answer_task(task: ReadingTask) -> ReadingAnswer:
    """Does a task. What is wrong with the text is part of the answer."""
    try:
        if isinstance(task, ParseTask):
            return ReadingAnswer(script=parse(task.markdown, language=task.language))
        markdown = render(task.script)
        parse(markdown)
    except ProblemError as error:
        return ReadingAnswer(problem=error.problem, prose=isinstance(error, NoScenes))
    except RecursionError:
        return ReadingAnswer(problem=describe_excess())
    return ReadingAnswer(markdown=markdown)


def describe_excess() -> Problem:
    """The problem with a text that cannot be read within the limits."""
    return Problem(
        code="document-too-complex",
        title="The lesson cannot be read",
        detail="The markup of the document takes too long to read, or too much memory.",
        remedy="Remove markup that nobody wrote by hand: thousands of brackets, asterisks, table rows or references; "
        "or split the document.",
    )
