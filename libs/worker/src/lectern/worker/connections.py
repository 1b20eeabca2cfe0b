"""Connecting to the event log and the object store."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import nats
import structlog
from nats.aio.client import Client
from prometheus_client import CollectorRegistry

from lectern.worker.event_log import EventLog
from lectern.worker.settings import Settings
from lectern.worker.store import ObjectStore, open_store
from lectern.worker.telemetry import StageMetrics


@dataclass(frozen=True, kw_only=True)
class Connections:
    """What every service is built from. Services of one process may share it."""

    nats: Client
    store: ObjectStore
    registry: CollectorRegistry
    metrics: StageMetrics = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "metrics", StageMetrics(self.registry))

    def event_log(self) -> EventLog:
        """The event log over this connection."""
        return EventLog(self.nats)


async def connect_nats(url: str, name: str = "lectern") -> Client:
    """A connection that never gives up: a server that restarts is waited for."""
    log = structlog.get_logger("lectern.nats")

    async def on_disconnect() -> None:
        log.warning("the event log is away; waiting for it", action="nats-disconnected")

    async def on_reconnect() -> None:
        log.info("the event log is back", action="nats-reconnected")

    async def on_error(error: Exception) -> None:
        log.debug("nats", error=type(error).__name__)

    return await nats.connect(
        url.split(","),
        name=name,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.5,
        ping_interval=20,
        max_outstanding_pings=2,
        disconnected_cb=on_disconnect,
        reconnected_cb=on_reconnect,
        error_cb=on_error,
    )


@asynccontextmanager
async def connect(settings: Settings, name: str = "lectern") -> AsyncIterator[Connections]:
    """Opens both connections and closes them afterwards."""
    client = await connect_nats(settings.nats_url, name)
    try:
        async with open_store(settings) as store:
            yield Connections(nats=client, store=store, registry=CollectorRegistry())
    finally:
        with contextlib.suppress(ConnectionError, OSError):
            await client.close()
