"""Answering requests beside the stage's own work: preflights, and stills."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

QUEUE = "renderers"

Q = TypeVar("Q")


async def answer_requests(
    nats: Client,
    subject: str,
    question: type[Q],
    answer: Callable[[Q], Awaitable[msgspec.Struct]],
    stop: asyncio.Event,
    *,
    at_once: int = 1,
) -> None:
    """Answers requests on a subject, `at_once` of them at a time, until `stop`.

    What goes wrong here is the renderer's fault, not the scene's: the reply then says `unavailable`, and why.
    """
    log = structlog.get_logger("lectern.renderer").bind(subject=subject)
    free = asyncio.Semaphore(at_once)
    running: set[asyncio.Task[None]] = set()

    async def work(message: Msg) -> None:
        async with free:
            try:
                reply = msgspec.json.encode(await answer(msgspec.json.decode(message.data, type=question)))
            except Exception as error:
                log.warning("a request failed", action="request-failed", error=type(error).__name__)
                reply = msgspec.json.encode({"ok": False, "unavailable": f"{type(error).__name__}: {error}"[:300]})
            await message.respond(reply)

    async def on_request(message: Msg) -> None:
        task = asyncio.create_task(work(message))
        running.add(task)
        task.add_done_callback(running.discard)

    subscription = await nats.subscribe(subject, queue=QUEUE, cb=on_request)
    await stop.wait()
    await subscription.unsubscribe()
    await asyncio.gather(*running, return_exceptions=True)
