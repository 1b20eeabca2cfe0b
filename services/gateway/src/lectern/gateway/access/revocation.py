"""Ends what a key has started when the key is revoked: event streams, downloads, long polls."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lectern.gateway.access.key_ring import KeyRing

_DISCONNECT: Message = {"type": "http.disconnect"}


async def run_while_valid(app: ASGIApp, scope: Scope, receive: Receive, send: Send, ring: KeyRing, key_id: str) -> None:
    """Run a request for as long as its key is valid. To the application a revoked key's client is gone.

    A response without a length is then complete for its client, which is refused when it asks again; one with a length
    is cut short.
    """
    if not key_id:
        await app(scope, receive, send)
        return
    with ring.using(key_id) as ended:
        request = _RevocableRequest(receive, send, ended)
        with contextlib.suppress(_KeyEnded, ClientDisconnect):  # what Starlette makes of it
            await app(scope, request.receive, request.send)
        await request.finish()


class _KeyEnded(OSError):
    """What sending raises once the key is revoked: the client is gone, as far as the application is concerned."""


class _RevocableRequest:
    def __init__(self, receive: Receive, send: Send, ended: asyncio.Event) -> None:
        self._receive = receive
        self._send = send
        self._ended = ended
        self._received = self._started = self._finished = self._sized = False

    async def receive(self) -> Message:
        if not self._received:
            message = await self._receive()
            self._received = not message.get("more_body", False)
            return message
        if self._ended.is_set():
            return _DISCONNECT
        receiving = asyncio.ensure_future(self._receive())
        ending = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait((receiving, ending), return_when=asyncio.FIRST_COMPLETED)
            return await receiving if receiving.done() else _DISCONNECT
        finally:
            receiving.cancel()
            ending.cancel()

    async def send(self, message: Message) -> None:
        if self._ended.is_set() and self._started:
            raise _KeyEnded
        if message["type"] == "http.response.start":
            self._started = True
            self._sized = any(name.lower() == b"content-length" for name, _ in message.get("headers", ()))
        self._finished = message["type"] == "http.response.body" and not message.get("more_body", False)
        await self._send(message)

    async def finish(self) -> None:
        """End a response of unknown length that was cut short, so that its client sees an end and not a fault."""
        if self._started and not self._finished and not self._sized:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
