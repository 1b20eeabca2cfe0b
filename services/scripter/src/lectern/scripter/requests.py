"""Answers requests of other services to parse Markdown into a script, and to render a script as Markdown."""

from __future__ import annotations

import asyncio

from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.requests import (
    PARSE_MARKDOWN,
    RENDER_MARKDOWN,
    ParsedMarkdown,
    ParseMarkdown,
    RenderedMarkdown,
    RenderMarkdown,
)
from lectern.markdown import parse, render
from lectern.worker import Responder

SLOTS = 4  # requests of a kind at once; each takes milliseconds in a thread


def responders() -> tuple[Responder[ParseMarkdown, ParsedMarkdown], Responder[RenderMarkdown, RenderedMarkdown]]:
    """The responders for both kinds of request."""

    async def parse_in_thread(message: ParseMarkdown) -> ParsedMarkdown:
        return await asyncio.to_thread(parse_markdown, message)

    async def render_in_thread(message: RenderMarkdown) -> RenderedMarkdown:
        return await asyncio.to_thread(render_markdown, message)

    return (
        Responder(
            request=PARSE_MARKDOWN,
            handler=parse_in_thread,
            failed=lambda error: ParsedMarkdown(problem=_malformed_script(error)),
            slots=SLOTS,
        ),
        Responder(
            request=RENDER_MARKDOWN,
            handler=render_in_thread,
            failed=lambda error: RenderedMarkdown(problem=_malformed_script(error)),
            slots=SLOTS,
        ),
    )


def parse_markdown(message: ParseMarkdown) -> ParsedMarkdown:
    """The script that Markdown describes, or the problem with it."""
    try:
        return ParsedMarkdown(script=parse(message.markdown))
    except ProblemError as error:
        return ParsedMarkdown(problem=error.problem)


def render_markdown(message: RenderMarkdown) -> RenderedMarkdown:
    """The Markdown of a script, or the problem with it; Markdown that could not be parsed again is one."""
    try:
        markdown = render(message.script)
        parse(markdown)
    except ProblemError as error:
        return RenderedMarkdown(problem=error.problem)
    return RenderedMarkdown(markdown=markdown)


def _malformed_script(error: Exception) -> Problem:
    return Problem(
        code="malformed-script",
        title="The script cannot be read",
        detail=f"The request contains no script: {type(error).__name__}.",
        remedy="Send a script in the form in which the API returns it.",
    )
