"""A whole gateway on a free port, over the shared real servers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import structlog
from unit.gateway.serving import Running, running

from lectern.worker import Connections, Settings, configure_logs


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Only warnings are logged: requests would hide what a failing test says."""
    configure_logs("json", "WARNING")
    yield
    structlog.reset_defaults()


@pytest.fixture
async def api(settings: Settings, connections: Connections) -> AsyncIterator[Running]:
    """A gateway with the default settings."""
    async with running(settings, connections) as server:
        yield server


@pytest.fixture
def http(api: Running) -> httpx.AsyncClient:
    """A client of the gateway."""
    return api.http
