"""Asking another service over core NATS, and answering such requests. What may be asked is in the contracts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from lectern.contracts.requests import Request

Q = TypeVar("Q", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)


@dataclass(frozen=True, kw_only=True)
class Responder(Generic[Q, R]):
    """Answers one kind of request, `slots` of them at once.

    `failed` makes the reply to a request that could not be read or whose handler raised.
    """

    request: Request[Q, R]
    handler: Callable[[Q], Awaitable[R]]
    failed: Callable[[Exception], R]
    slots: int = 1


async def ask(nats: Client, request: Request[Q, R], message: Q, *, timeout: float) -> R:
    """The reply to a request, `timeout` in seconds.

    Raises nats.errors.NoRespondersError when no service answers such requests, nats.errors.TimeoutError when one does
    not answer in time, and msgspec.ValidationError for a reply of another version.
    """
    reply = await nats.request(request.subject, msgspec.json.encode(message), timeout=timeout)
    return msgspec.json.decode(reply.data, type=request.reply)


@asynccontextmanager
async def answering(nats: Client, responder: Responder[Q, R]) -> AsyncIterator[None]:
    """Answers requests while the context lasts, sharing them with all who answer; then finishes those it began."""
    request = responder.request
    logger = structlog.get_logger("lectern.requests").bind(subject=request.subject)
    free = asyncio.Semaphore(responder.slots)
    running: set[asyncio.Task[None]] = set()

    async def reply_to(message: Msg) -> None:
        async with free:
            try:
                reply = await responder.handler(msgspec.json.decode(message.data, type=request.message))
            except Exception as error:
                logger.warning("request failed", action="request-failed", error=type(error).__name__)
                reply = responder.failed(error)
            await message.respond(msgspec.json.encode(reply))

    async def on_request(message: Msg) -> None:
        task = asyncio.create_task(reply_to(message), name=f"answer:{request.subject}")
        running.add(task)
        task.add_done_callback(running.discard)

    subscription = await nats.subscribe(request.subject, queue=request.queue, cb=on_request)
    try:
        yield
    finally:
        await subscription.drain()  # type: ignore[no-untyped-call]
        await asyncio.gather(*running, return_exceptions=True)
