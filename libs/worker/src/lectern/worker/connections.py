"""Connecting to the event log and the object store."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from nats.aio.client import Client
from prometheus_client import CollectorRegistry

from lectern.contracts.topology import CLAIMS, TALLIES
from lectern.worker.bus import Bus
from lectern.worker.dead_letters import DeadLetters, JetStreamDeadLetters
from lectern.worker.event_log import EventLog
from lectern.worker.key_claims import KeyClaims
from lectern.worker.key_value import JetStreamKeyValueStore, KeyValueStore
from lectern.worker.measured_connections import ConnectionMetrics, MeasuredBus, MeasuredEventLog, MeasuredStore
from lectern.worker.meter import Meter
from lectern.worker.nats_login import NatsLogin
from lectern.worker.on_demand_store import open_store, open_store_on_demand
from lectern.worker.process_metrics import ProcessMetrics
from lectern.worker.quick_headers import QuickClient
from lectern.worker.settings import Settings
from lectern.worker.stage_metrics import StageMetrics
from lectern.worker.store import ObjectStore


@dataclass(frozen=True, kw_only=True)
class Connections:
    """The open connections that a service is built from. Services of one process may share them.

    `nats` is for what only JetStream can do (consumers, buckets); all else goes through `event_log`, `bus`,
    `dead_letters`, `tallies` and `claims`, which have doubles in `lectern.worker.testing`.
    """

    nats: Client
    event_log: EventLog
    bus: Bus
    dead_letters: DeadLetters
    tallies: KeyValueStore
    claims: KeyClaims
    store: ObjectStore
    meter: Meter
    metrics: StageMetrics
    process: ProcessMetrics

    @property
    def registry(self) -> CollectorRegistry:
        """Where all metrics are."""
        return self.meter.registry

    @classmethod
    def over(
        cls, nats: Client, store: ObjectStore, registry: CollectorRegistry | None = None, component: str = ""
    ) -> Connections:
        """Over open connections, with a metrics registry of its own unless one is given. `component` is the service."""
        meter = Meter(registry, component)
        measured = ConnectionMetrics(meter)
        return cls(
            nats=nats,
            event_log=MeasuredEventLog(nats, measured),
            bus=MeasuredBus(nats, measured),
            dead_letters=JetStreamDeadLetters(nats),
            tallies=JetStreamKeyValueStore(nats, TALLIES),
            claims=KeyClaims(JetStreamKeyValueStore(nats, CLAIMS)),
            store=MeasuredStore(store, measured),
            meter=meter,
            metrics=StageMetrics(meter),
            process=ProcessMetrics(meter),
        )


async def connect_nats(url: str, name: str = "lectern", login: NatsLogin | None = None) -> Client:
    """A connection that reconnects for ever. `url` may list several servers, separated by commas.

    Servers that refuse the login are asked again as well, and a warning says so: a token may be set on them later.
    """
    logger = structlog.get_logger("lectern.nats")

    async def on_disconnect() -> None:
        logger.warning("lost NATS connection; reconnecting", action="nats-disconnected")

    async def on_reconnect() -> None:
        logger.info("NATS connection restored", action="nats-reconnected")

    async def on_error(error: Exception) -> None:
        if "authorization" in str(error).lower():
            remedy = "set LECTERN_NATS_TOKEN, _USER and _PASSWORD, or _CREDS"
            logger.warning("NATS refuses this login", action="nats-refused", remedy=remedy)
        else:
            logger.debug("NATS error", error=type(error).__name__)

    client = QuickClient()
    await client.connect(
        url.split(","),
        name=name,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.5,  # type: ignore[arg-type]  # a number of seconds, whole or not
        ping_interval=20,
        max_outstanding_pings=2,
        disconnected_cb=on_disconnect,
        reconnected_cb=on_reconnect,
        error_cb=on_error,
        **(login or NatsLogin()).to_options(),
    )
    return client


@asynccontextmanager
async def connect(
    settings: Settings,
    name: str = "lectern",
    registry: CollectorRegistry | None = None,
    *,
    store_on_demand: bool = False,
) -> AsyncIterator[Connections]:
    """Opens both connections and closes them afterwards. Metrics go to `registry`, or one of their own.

    With `store_on_demand`, what speaks to the store is loaded when it is first used.
    """
    client = await connect_nats(settings.nats_url, name, NatsLogin.of(settings))
    try:
        async with (open_store_on_demand if store_on_demand else open_store)(settings) as store:
            yield Connections.over(client, store, registry, component=name)
    finally:
        with contextlib.suppress(ConnectionError, OSError):
            await client.close()
