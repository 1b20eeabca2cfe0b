"""Connections that need no server."""

from __future__ import annotations

from typing import cast

from nats.aio.client import Client

from lectern.worker.connections import Connections
from lectern.worker.key_claims import KeyClaims
from lectern.worker.meter import Meter
from lectern.worker.process_metrics import ProcessMetrics
from lectern.worker.stage_metrics import StageMetrics
from lectern.worker.testing.memory_bus import MemoryBus
from lectern.worker.testing.memory_event_log import MemoryDeadLetters, MemoryEventLog
from lectern.worker.testing.memory_key_value import MemoryKeyValueStore
from lectern.worker.testing.memory_store import MemoryObjectStore


class _NoServer:
    """Stands where a NATS connection would be, and says so when it is used."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"nats.{name}: this needs a real server; use the `connections` fixture instead of doubles")


def memory_connections() -> Connections:
    """Connections to doubles of their own."""
    meter = Meter()
    bus = MemoryBus()
    return Connections(
        nats=cast(Client, _NoServer()),
        event_log=MemoryEventLog(bus),
        bus=bus,
        dead_letters=MemoryDeadLetters(),
        tallies=MemoryKeyValueStore(),
        claims=KeyClaims(MemoryKeyValueStore()),
        store=MemoryObjectStore(),
        meter=meter,
        metrics=StageMetrics(meter),
        process=ProcessMetrics(meter),
    )
