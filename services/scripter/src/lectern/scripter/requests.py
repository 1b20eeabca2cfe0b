"""Answers requests of other services to parse Markdown into a script, and to render a script as Markdown."""

from __future__ import annotations

from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.requests import (
    PARSE_MARKDOWN,
    RENDER_MARKDOWN,
    ParsedMarkdown,
    ParseMarkdown,
    RenderedMarkdown,
    RenderMarkdown,
)
from lectern.scripter.reading.reader import LessonReader
from lectern.worker import Responder

SLOTS = 4  # requests of a kind at once


def build_responders(
    reader: LessonReader,
) -> tuple[Responder[ParseMarkdown, ParsedMarkdown], Responder[RenderMarkdown, RenderedMarkdown]]:
    """The responders for both kinds of request."""

    async def parse_markdown(message: ParseMarkdown) -> ParsedMarkdown:
        try:
            return ParsedMarkdown(script=await reader.parse(message.markdown))
        except ProblemError as error:
            return ParsedMarkdown(problem=error.problem)

    async def render_markdown(message: RenderMarkdown) -> RenderedMarkdown:
        try:
            return RenderedMarkdown(markdown=await reader.render(message.script))
        except ProblemError as error:
            return RenderedMarkdown(problem=error.problem)

    return (
        Responder(
            request=PARSE_MARKDOWN,
            handler=parse_markdown,
            failed=lambda error: ParsedMarkdown(problem=_malformed_script(error)),
            slots=SLOTS,
        ),
        Responder(
            request=RENDER_MARKDOWN,
            handler=render_markdown,
            failed=lambda error: RenderedMarkdown(problem=_malformed_script(error)),
            slots=SLOTS,
        ),
    )


def _malformed_script(error: Exception) -> Problem:
    return Problem(
        code="malformed-script",
        title="The script cannot be read",
        detail=f"The request contains no script: {type(error).__name__}.",
        remedy="Send a script in the form in which the API returns it.",
    )
