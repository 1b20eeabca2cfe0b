"""A small HTTP server that gives prepared answers, in place of the API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serve(answers: list[Answer]) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """Serves the answers in order; yields the address and the requests that came."""
    requests: list[web.Request] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        requests.append(request)
        return await answers[len(requests) - 1](request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", requests
    finally:
        await runner.cleanup()


def stream(text: str, *, cut: bool = False, silence: float = 0.0) -> Answer:
    """A stream of events, ended in good order or by closing the connection, after `silence` seconds."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(text.encode())
        await asyncio.sleep(silence)
        if cut and request.transport:
            request.transport.abort()
        return response

    return answer


def respond(status: int, body: object = None) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status) if body else web.Response(status=status)

    return answer
