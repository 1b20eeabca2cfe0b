"""The behaviour of stand-ins: they answer their next requests, or fail as real services do."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import stamina
from aiohttp import web


@dataclass(frozen=True)
class Says:
    """Answers with text, streamed in `pieces` that are `pause` seconds apart, `after` an event where there is one."""

    text: str
    pieces: int = 3
    pause: float = 0.0
    input: int = 100
    cached: int = 0
    thinking: int = 20
    output: int = 50
    finish: str = ""
    sources: tuple[tuple[str, str], ...] = ()
    after: asyncio.Event | None = None


@dataclass(frozen=True)
class Fails:
    """Answers with an HTTP error in the service's own format."""

    code: int
    message: str = "something went wrong"
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""


@dataclass(frozen=True)
class Hangs:
    """Accepts the request and never answers."""


@dataclass(frozen=True)
class Cuts:
    """Sends a piece of an answer, then closes the connection."""

    text: str = '{"half'


@dataclass(frozen=True)
class Garbles:
    """Answers 200 with a body that does not follow the protocol."""

    body: bytes = b"<html>gateway</html>"


@dataclass(frozen=True)
class Blocks:
    """Declines the prompt for reasons of safety."""

    reason: str = "SAFETY"


@dataclass(frozen=True)
class Sounds:
    """Answers with sound."""

    data: bytes
    kind: str = "audio/wav"
    input: int = 20
    output: int = 100


@dataclass(frozen=True)
class Reads:
    """Reads the text of the request aloud."""


@dataclass(frozen=True)
class Empty:
    """Answers without any content."""


Move = Says | Fails | Hangs | Cuts | Garbles | Blocks | Empty | Sounds | Reads
Decide = Callable[[dict[str, Any]], Move]


@dataclass
class StandIn:
    """A running stand-in: its moves for the next requests, in order; then `otherwise` decides. It keeps all requests."""

    moves: deque[Move] = field(default_factory=deque)
    otherwise: Decide | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    url: str = ""
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def then(self, *moves: Move) -> StandIn:
        """Adds moves and returns itself."""
        self.moves.extend(moves)
        return self

    def next(self, request: dict[str, Any], headers: Mapping[str, str]) -> Move:
        """Records a request and returns the move for it."""
        self.requests.append(request)
        self.headers.append(dict(headers))
        if self.moves:
            return self.moves.popleft()
        if self.otherwise is None:
            raise AssertionError("the stand-in got more requests than the test expects")
        return self.otherwise(request)


@asynccontextmanager
async def served(script: StandIn, routes: list[web.RouteDef]) -> AsyncIterator[StandIn]:
    """Serves on a free port while the context lasts. Meanwhile stamina retries without waiting, as often as ever."""
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    script.url = f"http://127.0.0.1:{port}"
    try:
        with stamina.set_testing(True, attempts=100, cap=True):
            yield script
    finally:
        script.closing.set()
        await runner.cleanup()


def pieces_of(text: str, number: int) -> list[str]:
    """The text in about `number` pieces."""
    size = max(1, -(-len(text) // max(1, number)))
    return [text[i : i + size] for i in range(0, len(text), size)]


async def cut(response: web.StreamResponse) -> None:
    """Closes the connection under the response."""
    transport = response._req.transport if response._req else None  # type: ignore[attr-defined]
    if transport is not None:
        transport.abort()
