"""Reads and writes lessons for others: Markdown to a script and back, or what is wrong with it."""

from __future__ import annotations

import asyncio

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.script import Script
from lectern.contracts.subjects import PARSE as SUBJECT
from lectern.contracts.subjects import RENDER_SCRIPT
from lectern.scripter.markdown import parse, render

QUEUE = "scripter"


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The reply, as JSON: one of the two."""

    script: Script | None = None
    problem: Problem | None = None


class Rendered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The reply to a script, as JSON: one of the two."""

    markdown: str | None = None
    problem: Problem | None = None


def answer(markdown: bytes) -> Answer:
    """The script that UTF-8 Markdown describes, or the problem with it."""
    try:
        return Answer(script=parse(markdown.decode("utf-8")))
    except ProblemError as error:
        return Answer(problem=error.problem)
    except UnicodeDecodeError:
        return Answer(
            problem=Problem(
                code="document-encoding",
                title="The lesson cannot be read",
                detail="The document is not UTF-8 text.",
                remedy="Save it as UTF-8.",
            )
        )


def answer_render(script: bytes) -> Rendered:
    """The Markdown of a script in JSON, or the problem with it. What could not be read back is refused."""
    try:
        markdown = render(msgspec.json.decode(script, type=Script))
        parse(markdown)
    except ProblemError as error:
        return Rendered(problem=error.problem)
    except ValueError as error:
        return Rendered(
            problem=Problem(
                code="malformed-script",
                title="The script cannot be read",
                detail=f"This is no script in JSON: {error}.",
                remedy="Send a script in the form that `script.parse` gives it.",
            )
        )
    return Rendered(markdown=markdown)


async def respond(nats: Client) -> tuple[Subscription, ...]:
    """Answers requests until the subscriptions are drained. Several scripters share them."""

    async def on_parse(message: Msg) -> None:
        await message.respond(msgspec.json.encode(await asyncio.to_thread(answer, message.data)))

    async def on_render(message: Msg) -> None:
        await message.respond(msgspec.json.encode(await asyncio.to_thread(answer_render, message.data)))

    return (
        await nats.subscribe(SUBJECT, queue=QUEUE, cb=on_parse),
        await nats.subscribe(RENDER_SCRIPT, queue=QUEUE, cb=on_render),
    )
