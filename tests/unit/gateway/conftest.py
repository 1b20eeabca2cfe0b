"""Gateways for tests. `connections` are in-memory doubles here; `server_connections` are real."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import structlog
from nats.aio.client import Client
from unit.gateway.gateways import TestGateway, gateway_in_process, gateway_on_a_port

from lectern.worker import Connections, ObjectStore, configure_logs
from lectern.worker.testing import memory_connections


@pytest.fixture(autouse=True)
def _log_only_warnings() -> Iterator[None]:
    """Requests would bury the output of a failing test."""
    configure_logs("json", "WARNING")
    yield
    structlog.reset_defaults()


@pytest.fixture
def connections() -> Connections:
    """Connections to in-memory doubles."""
    return memory_connections()


@pytest.fixture
def server_connections(nats: Client, store: ObjectStore) -> Connections:
    """Connections to real servers."""
    return Connections.over(nats, store)


@pytest.fixture
async def gateway(connections: Connections) -> AsyncIterator[TestGateway]:
    """A gateway in this process."""
    async with gateway_in_process(connections) as running:
        yield running


@pytest.fixture
async def served(connections: Connections) -> AsyncIterator[TestGateway]:
    """A gateway on a port, for what needs a real connection."""
    async with gateway_on_a_port(connections) as running:
        yield running


@pytest.fixture
def http(gateway: TestGateway) -> httpx.AsyncClient:
    """A client of the gateway in this process."""
    return gateway.http
