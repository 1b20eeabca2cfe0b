"""A whole gateway on a free port, over the shared real servers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from unit.gateway.serving import Running, running

from lectern.worker import Deps, Settings


@pytest.fixture
async def api(settings: Settings, deps: Deps) -> AsyncIterator[Running]:
    """A gateway with the default settings."""
    async with running(settings, deps) as server:
        yield server


@pytest.fixture
def http(api: Running) -> httpx.AsyncClient:
    """A client of the gateway."""
    return api.http
