"""A bus within one process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec

from lectern.contracts.decoding import UNREADABLE
from lectern.contracts.requests import Request
from lectern.worker.bus import Listener, Responder
from lectern.worker.failures import NoReply

Q = TypeVar("Q", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)


class MemoryBus:
    """Delivers messages in this process. Requests are encoded and decoded as on the wire."""

    def __init__(self) -> None:
        self._listeners: list[tuple[str, Listener]] = []
        self._responders: list[Responder[Any, Any]] = []

    async def publish(self, subject: str, data: bytes) -> None:
        """Passes a message to all who listen, in the order in which they began."""
        for pattern, listener in list(self._listeners):
            if matches(pattern, subject):
                await listener(subject, data)

    async def ask(self, request: Request[Q, R], message: Q, *, timeout: float) -> R:
        """See `Bus.ask`. Responders of one request take turns."""
        responder = next((each for each in self._responders if each.request.subject == request.subject), None)
        if responder is None:
            raise NoReply(request.subject, absent=True)
        self._responders.remove(responder)
        self._responders.append(responder)
        try:
            async with asyncio.timeout(timeout):
                return msgspec.json.decode(await responder.reply_to(msgspec.json.encode(message)), type=request.reply)
        except (TimeoutError, *UNREADABLE) as error:
            raise NoReply(request.subject) from error

    @asynccontextmanager
    async def answering(self, responder: Responder[Any, Any]) -> AsyncIterator[None]:
        """See `Bus.answering`."""
        self._responders.append(responder)
        try:
            yield
        finally:
            self._responders.remove(responder)

    @asynccontextmanager
    async def listening(self, subject: str, listener: Listener) -> AsyncIterator[None]:
        """See `Bus.listening`."""
        entry = (subject, listener)
        self._listeners.append(entry)
        try:
            yield
        finally:
            self._listeners.remove(entry)


def matches(pattern: str, subject: str) -> bool:
    """True if a NATS subject fits a pattern with `*` (one token) and a final `>` (one or more)."""
    wanted, tokens = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        wanted = wanted[:-1]
        if len(tokens) <= len(wanted):
            return False
        tokens = tokens[: len(wanted)]
    return len(wanted) == len(tokens) and all(each in ("*", token) for each, token in zip(wanted, tokens, strict=True))
