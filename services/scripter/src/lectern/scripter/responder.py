"""Reads lessons for others: Markdown in, a script or what is wrong with it out."""

from __future__ import annotations

import asyncio

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.script import Script
from lectern.contracts.subjects import PARSE as SUBJECT
from lectern.scripter.markdown import parse

QUEUE = "scripter"


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The reply, as JSON: one of the two."""

    script: Script | None = None
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


async def respond(nats: Client) -> Subscription:
    """Answers requests until the subscription is drained. Several scripters share them."""

    async def on_request(message: Msg) -> None:
        await message.respond(msgspec.json.encode(await asyncio.to_thread(answer, message.data)))

    return await nats.subscribe(SUBJECT, queue=QUEUE, cb=on_request)
