"""The store, the event log and the bus, with every operation counted and timed.

A failed attempt that is made again inside an operation is a part of it: what counts is how long a service waited.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from nats.aio.client import Client

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.requests import REQUESTS, Request
from lectern.worker.bus import NatsBus
from lectern.worker.event_log import JetStreamEventLog
from lectern.worker.failures import Missing
from lectern.worker.labels import COMPONENT_LABEL
from lectern.worker.meter import SHORT_SECONDS, BoundedHistogram, Meter, MetricLabel
from lectern.worker.store import ObjectInfo, ObjectStore

Q = TypeVar("Q", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)

OK, MISSING, CONFLICT, FAILED = "ok", "missing", "conflict", "failed"

_STORE_OPERATION = MetricLabel("operation", ("get", "put", "head", "list", "copy", "delete", "check"))
_STORE_OUTCOME = MetricLabel("outcome", (OK, MISSING, FAILED))
_LOG_OPERATION = MetricLabel("operation", ("publish", "append", "read"))
_LOG_OUTCOME = MetricLabel("outcome", (OK, CONFLICT, FAILED))
_REQUEST = MetricLabel("request", tuple(request.subject for request in REQUESTS))
_REQUEST_OUTCOME = MetricLabel("outcome", (OK, FAILED))


class _Timed:
    """One operation; `outcome` is what it is counted as."""

    def __init__(self) -> None:
        self.outcome = OK


class ConnectionMetrics:
    """How long a service waits for what it is connected to."""

    def __init__(self, meter: Meter) -> None:
        self._component = meter.component
        self.store = meter.histogram(
            "lectern_store_operation_seconds",
            "Time of an operation of the object store; get and put with all their bytes",
            COMPONENT_LABEL,
            _STORE_OPERATION,
            _STORE_OUTCOME,
            buckets=SHORT_SECONDS,
        )
        self.log = meter.histogram(
            "lectern_log_operation_seconds",
            "Time of an operation of the event log; conflict: another was first",
            COMPONENT_LABEL,
            _LOG_OPERATION,
            _LOG_OUTCOME,
            buckets=SHORT_SECONDS,
        )
        self.requests = meter.histogram(
            "lectern_request_seconds",
            "Time until another service answered a request, as seen by who asked; by its subject",
            COMPONENT_LABEL,
            _REQUEST,
            _REQUEST_OUTCOME,
        )

    @contextmanager
    def measure(self, histogram: BoundedHistogram, operation: str) -> Iterator[_Timed]:
        """Measures what happens while the context lasts. What raises has failed, except for a missing object.

        What is cancelled is not counted: it says nothing of who was asked.
        """
        timed, started = _Timed(), time.monotonic()
        try:
            yield timed
        except Missing:
            timed.outcome = MISSING
            raise
        except (asyncio.CancelledError, GeneratorExit):
            timed.outcome = ""
            raise
        except BaseException:
            timed.outcome = FAILED
            raise
        finally:
            if timed.outcome:
                histogram.observe(time.monotonic() - started, self._component, operation, timed.outcome)


class MeasuredStore(ObjectStore):
    """Another store, measured. See `ObjectStore`."""

    def __init__(self, store: ObjectStore, metrics: ConnectionMetrics) -> None:
        self._store = store
        self._metrics = metrics

    async def get(self, key: str) -> bytes:
        """The object's bytes."""
        with self._metrics.measure(self._metrics.store, "get"):
            return await self._store.get(key)

    async def put(self, key: str, data: bytes, media_type: str) -> None:
        """Stores bytes."""
        with self._metrics.measure(self._metrics.store, "put"):
            await self._store.put(key, data, media_type)

    async def get_file(self, key: str, path: Path) -> None:
        """Downloads an object into a file."""
        with self._metrics.measure(self._metrics.store, "get"):
            await self._store.get_file(key, path)

    async def put_file(self, key: str, path: Path, media_type: str) -> None:
        """Uploads a file."""
        with self._metrics.measure(self._metrics.store, "put"):
            await self._store.put_file(key, path, media_type)

    async def head(self, key: str) -> ObjectInfo | None:
        """Describes the object without reading it."""
        with self._metrics.measure(self._metrics.store, "head") as timed:
            info = await self._store.head(key)
            timed.outcome = OK if info else MISSING
            return info

    def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The object's bytes in chunks. Not measured: who reads them decides how long it takes."""
        return self._store.stream(key, start, end)

    async def presign(self, key: str, seconds: int, filename: str | None = None) -> str:
        """A URL; the store is not asked for it."""
        return await self._store.presign(key, seconds, filename)

    async def list_keys(self, prefix: str) -> list[str]:
        """The keys that begin with `prefix`."""
        with self._metrics.measure(self._metrics.store, "list"):
            return await self._store.list_keys(prefix)

    async def copy(self, source: str, target: str) -> None:
        """Copies an object within the store."""
        with self._metrics.measure(self._metrics.store, "copy"):
            await self._store.copy(source, target)

    async def delete(self, key: str) -> None:
        """Removes an object."""
        with self._metrics.measure(self._metrics.store, "delete"):
            await self._store.delete(key)

    async def check(self) -> None:
        """Returns when the store answers."""
        with self._metrics.measure(self._metrics.store, "check"):
            await self._store.check()


class MeasuredEventLog(JetStreamEventLog):
    """The event log, measured."""

    def __init__(self, nats: Client, metrics: ConnectionMetrics) -> None:
        super().__init__(nats)
        self._metrics = metrics

    async def publish(self, event: e.AnyEvent, *, patience: float = 60.0) -> int:
        """See `EventLog.publish`."""
        with self._metrics.measure(self._metrics.log, "publish"):
            return await super().publish(event, patience=patience)

    async def append(self, event: e.AnyEvent, expected_last: int) -> int | None:
        """See `EventLog.append`."""
        with self._metrics.measure(self._metrics.log, "append") as timed:
            sequence = await super().append(event, expected_last)
            timed.outcome = CONFLICT if sequence is None else OK
            return sequence

    async def read(self, video_id: str, lane: str = "*", *, at_least: int = 0) -> VideoLog:
        """See `EventLog.read`."""
        with self._metrics.measure(self._metrics.log, "read"):
            return await super().read(video_id, lane, at_least=at_least)


class MeasuredBus(NatsBus):
    """The bus, with requests measured."""

    def __init__(self, nats: Client, metrics: ConnectionMetrics) -> None:
        super().__init__(nats)
        self._metrics = metrics

    async def ask(self, request: Request[Q, R], message: Q, *, timeout: float) -> R:
        """See `Bus.ask`."""
        with self._metrics.measure(self._metrics.requests, request.subject):
            return await super().ask(request, message, timeout=timeout)
