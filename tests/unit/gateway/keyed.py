"""Clients with keys, for tests of a gateway that asks for them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
from unit.gateway.gateways import TestGateway

from lectern.contracts.api_keys import ApiKey
from lectern.gateway.deps import GatewayDeps
from lectern.worker import create_key


async def add_key(deps: GatewayDeps, owner: str, **fields: Any) -> tuple[ApiKey, dict[str, str]]:
    """A new key that this gateway knows, and the header that shows it."""
    key, token = await create_key(deps.access.ring.bucket, owner=owner, **fields)
    await deps.access.ring.wait_for(key)
    return key, {"Authorization": f"Bearer {token}"}


@contextlib.asynccontextmanager
async def client_of(gateway: TestGateway, owner: str, **fields: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client that shows a new key of an owner."""
    _, headers = await add_key(gateway.deps, owner, **fields)
    transport = gateway.http._transport if gateway.task is None else None
    async with httpx.AsyncClient(
        transport=transport, base_url=gateway.url, headers=headers, event_hooks=gateway.http.event_hooks, timeout=10
    ) as http:
        yield http
