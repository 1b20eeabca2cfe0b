"""Starts a whole gateway on a free port, and reads its event streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
from servers import free_port

from lectern.gateway.app import build
from lectern.gateway.context import Gateway
from lectern.gateway.settings import GatewaySettings
from lectern.worker import Connections, Settings


@dataclass
class Running:
    """A gateway that serves, and a client of it."""

    gateway: Gateway
    http: httpx.AsyncClient
    url: str
    stop: asyncio.Event
    task: asyncio.Task[None]


async def until(check: Callable[[], Awaitable[bool]], seconds: float = 5.0) -> None:
    """Waits until something that happens by itself has happened."""
    async with asyncio.timeout(seconds):
        while not await check():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(settings: Settings, connections: Connections, **overrides: object) -> AsyncIterator[Running]:
    """Serves while the context lasts."""
    port = free_port()
    values = {**settings.model_dump(), "port": port, **overrides}
    service = await build(GatewaySettings(**values), connections)
    stop = asyncio.Event()
    task = asyncio.create_task(service.serve(stop))
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=url, timeout=10) as http:

        async def answers() -> bool:
            if task.done():
                task.result()
            try:
                return (await http.get("/healthz")).status_code == 200
            except httpx.TransportError:
                return False

        await until(answers)
        try:
            yield Running(service.deps, http, url, stop, task)
        finally:
            stop.set()
            await asyncio.wait_for(task, 10)


@dataclass
class Sent:
    """One event as a client of a stream receives it."""

    name: str = ""
    id: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    retry: int | None = None
    comment: str = ""


async def sent(answer: httpx.Response) -> AsyncIterator[Sent]:
    """The blocks of an event stream, comments included."""
    block = Sent()
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if not line:
            yield block
            block = Sent()
        elif name == "event":
            block.name = value
        elif name == "id":
            block.id = value
        elif name == "retry":
            block.retry = int(value)
        elif name == "data":
            block.data = msgspec.json.decode(value)
        elif line.startswith(":"):
            block.comment = line[1:].strip()


async def collect(http: httpx.AsyncClient, url: str, **headers: str) -> list[Sent]:
    """Everything a stream sends until it closes."""
    async with http.stream(
        "GET", url, headers={name.replace("_", "-"): text for name, text in headers.items()}
    ) as answer:
        assert answer.status_code == 200, await answer.aread()
        return [block async for block in sent(answer)]
