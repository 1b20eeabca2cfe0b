"""Messages that are not stored: requests to other services, progress, cancellation signals."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import msgspec
import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from structlog.contextvars import bound_contextvars

from lectern.contracts import subjects
from lectern.contracts.decoding import UNREADABLE
from lectern.contracts.parties import Party
from lectern.contracts.requests import Request
from lectern.tracing import SpanKind, continue_trace, read_answer, record_span, response_headers, trace_headers
from lectern.worker.failures import NoReply
from lectern.worker.fair_slots import FairSlots, TooManyWaiting
from lectern.worker.signs_of_life import SignTiming, ask_until_answered, tell_leaving, work_while_awaited
from lectern.worker.turns import ServiceLedger

Q = TypeVar("Q", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)

_LAST_MESSAGES = 2.0  # seconds that the server may take to send what it had for a subscription

Listener: TypeAlias = Callable[[str, bytes], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Responder(Generic[Q, R]):
    """Answers one kind of request, `slots` of them at once.

    `failed` makes the reply to a request that could not be read or whose handler raised. Waiting requests are served in
    fair turns of the parties that `turns` names, counted in the `ledger`; without it, in the order they came.
    """

    request: Request[Q, R]
    handler: Callable[[Q], Awaitable[R]]
    failed: Callable[[Exception], R]
    slots: int = 1
    turns: Callable[[Q], Party] | None = None
    ledger: ServiceLedger | None = None

    def party(self, data: bytes) -> Party:
        """The party whose turn an encoded request takes; nobody for one that cannot be read."""
        try:
            return self.turns(msgspec.json.decode(data, type=self.request.message)) if self.turns else Party()
        except UNREADABLE:
            return Party()

    def refuse(self, error: Exception) -> bytes:
        """The encoded reply to a request that cannot be taken."""
        return msgspec.json.encode(self.failed(error))

    async def reply_to(self, data: bytes) -> bytes:
        """The encoded reply to an encoded request. Never raises. Log lines name the video that it is about."""
        try:
            message = msgspec.json.decode(data, type=self.request.message)
        except UNREADABLE as error:
            return msgspec.json.encode(self._explain(error))
        video = getattr(message, "video_id", "")
        with bound_contextvars(**{"video": video} if video else {}):
            try:
                reply = await self.handler(message)
            except Exception as error:
                reply = self._explain(error)
        return msgspec.json.encode(reply)

    def _explain(self, error: Exception) -> R:
        structlog.get_logger("lectern.requests").warning(
            "request failed", action="request-failed", subject=self.request.subject, error=type(error).__name__
        )
        return self.failed(error)


class Bus(Protocol):
    """Publishes, asks and answers. Nothing is kept: a message that nobody listens for is gone."""

    async def publish(self, subject: str, data: bytes) -> None:
        """Sends a message to all who listen."""

    async def ask(self, request: Request[Q, R], message: Q, *, timeout: float) -> R:
        """The reply to a request, within `timeout` seconds. A responder that seems dead is passed over after a while.

        When the caller stops waiting, so does the responder: soon, or at once when its video is cancelled. Raises
        NoReply when no service answers such requests (`absent`), when none answers in time, and for a reply that this
        version cannot read.
        """

    def answering(self, responder: Responder[Any, Any]) -> AbstractAsyncContextManager[None]:
        """Answers requests while the context lasts, sharing them with all who answer; then finishes those it began.

        Those that still wait for a turn are left to others, whom their askers ask then.
        """

    def listening(self, subject: str, listener: Listener) -> AbstractAsyncContextManager[None]:
        """Passes each message on `subject` (which may have wildcards) to `listener` while the context lasts."""


class NatsBus:
    """Core NATS. `timing` says when a responder that is silent is given up."""

    def __init__(self, nats: Client, timing: SignTiming | None = None) -> None:
        self._nats = nats
        self._timing = timing or SignTiming()

    async def publish(self, subject: str, data: bytes) -> None:
        """Sends a message to all who listen. Raises nats.errors.Error when the connection is closed."""
        await self._nats.publish(subject, data)

    async def ask(self, request: Request[Q, R], message: Q, *, timeout: float) -> R:
        """See `Bus.ask`."""
        try:
            data = msgspec.json.encode(message)
            with record_span(f"ask {request.subject}", kind=SpanKind.CLIENT) as span:
                headers = trace_headers()
                reply = await ask_until_answered(
                    self._nats, request.subject, data, headers=headers, timeout=timeout, timing=self._timing
                )
                if answering := read_answer(reply.headers):
                    span.add_link(answering)
            return msgspec.json.decode(reply.data, type=request.reply)
        except nats.errors.NoRespondersError as error:
            raise NoReply(request.subject, absent=True) from error
        except (nats.errors.Error, TimeoutError, *UNREADABLE) as error:
            raise NoReply(request.subject) from error

    @asynccontextmanager
    async def answering(self, responder: Responder[Any, Any]) -> AsyncIterator[None]:
        """See `Bus.answering`."""
        slots = FairSlots(responder.slots, ledger=responder.ledger)
        running: set[asyncio.Task[None]] = set()
        waiting: set[asyncio.Task[Any]] = set()  # for their turn
        doubts: dict[asyncio.Event, str] = {}  # of those who ask about a video, once it is cancelled
        leaving = False

        async def doubt_askers(subject: str, _: bytes) -> None:
            for doubt, video_id in doubts.items():
                if video_id == subject.rpartition(".")[2]:
                    doubt.set()

        async def work_on(message: Msg) -> bytes:
            task = asyncio.current_task()
            assert task is not None
            waiting.add(task)
            try:
                async with slots.turn(responder.party(message.data)):
                    waiting.discard(task)
                    return await responder.reply_to(message.data)
            except TooManyWaiting as error:
                return responder.refuse(error)
            finally:
                waiting.discard(task)

        async def answer(message: Msg) -> None:
            parent = continue_trace(message.headers)
            with record_span(f"answer {message.subject}", kind=SpanKind.SERVER, parent=parent):
                await respond(message)

        async def respond(message: Msg) -> None:
            if leaving:
                await tell_leaving(self._nats, message)
                return
            doubt = asyncio.Event()
            doubts[doubt] = _find_video(message.data)
            try:
                reply = await work_while_awaited(
                    self._nats, message, work_on(message), timing=self._timing, doubt=doubt
                )
            except asyncio.CancelledError:
                if not leaving:
                    raise
                await tell_leaving(self._nats, message)
                return
            finally:
                del doubts[doubt]
            if reply is None:
                structlog.get_logger("lectern.requests").info(
                    "nobody waits for a reply any more", action="request-abandoned", subject=message.subject
                )
                return
            try:
                await self._nats.publish(message.reply, reply, headers=response_headers() or None)
            except nats.errors.Error as error:
                structlog.get_logger("lectern.requests").warning(
                    "cannot send a reply", action="reply-failed", subject=message.subject, error=type(error).__name__
                )

        async def on_request(message: Msg) -> None:
            task = asyncio.create_task(answer(message), name=f"answer:{message.subject}")
            running.add(task)
            task.add_done_callback(running.discard)

        request = responder.request
        subscription = await self._nats.subscribe(request.subject, queue=request.queue, cb=on_request)
        async with self.listening(subjects.CANCEL, doubt_askers):
            try:
                yield
            finally:
                leaving = True
                for task in list(waiting):
                    task.cancel()
                await self._end(subscription)
                await _finish(running)

    @asynccontextmanager
    async def listening(self, subject: str, listener: Listener) -> AsyncIterator[None]:
        """See `Bus.listening`."""

        async def on_message(message: Msg) -> None:
            await listener(message.subject, message.data)

        subscription = await self._nats.subscribe(subject, cb=on_message)
        try:
            yield
        finally:
            await _unsubscribe(subscription)

    async def _end(self, subscription: Subscription) -> None:
        """Ends a subscription once what the server had already sent for it was seen: nobody else gets that."""
        try:
            async with asyncio.timeout(_LAST_MESSAGES if self._nats.is_connected else 0):
                await subscription.drain()  # type: ignore[no-untyped-call]
        except (nats.errors.Error, TimeoutError):
            await _unsubscribe(subscription)


class _Asked(msgspec.Struct):
    video_id: str = ""


def _find_video(data: bytes) -> str:
    """The video that a request is about; "" for none."""
    try:
        return msgspec.json.decode(data, type=_Asked).video_id
    except UNREADABLE:
        return ""


async def _finish(running: set[asyncio.Task[None]]) -> None:
    """Waits for the tasks; when it is cancelled itself, ends them."""
    try:
        await asyncio.gather(*running, return_exceptions=True)
    except asyncio.CancelledError:
        await asyncio.gather(*running, return_exceptions=True)
        raise


async def _unsubscribe(subscription: Subscription) -> None:
    with contextlib.suppress(nats.errors.Error):  # the connection is gone, and the subscription with it
        await subscription.unsubscribe()
