"""A whole gateway on a free port, over the shared real servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
from servers import free_port

from lectern.gateway.app import build
from lectern.gateway.context import Gateway
from lectern.gateway.settings import GatewaySettings
from lectern.worker import Deps, Settings


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
async def running(settings: Settings, deps: Deps, **overrides: object) -> AsyncIterator[Running]:
    """Serves while the context lasts."""
    port = free_port()
    values = {**settings.model_dump(), "port": port, **overrides}
    service = await build(GatewaySettings(**values), deps)
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


@pytest.fixture
async def api(settings: Settings, deps: Deps) -> AsyncIterator[Running]:
    """A gateway with the default settings."""
    async with running(settings, deps) as server:
        yield server


@pytest.fixture
def http(api: Running) -> httpx.AsyncClient:
    """A client of the gateway."""
    return api.http
