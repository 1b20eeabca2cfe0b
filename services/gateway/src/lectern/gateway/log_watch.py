"""What waits in the event log, asked of the server by one gateway at a time and told to all.

Every gateway shows the same figures, so that a scrape of any of them is whole and the highest of all is right (ADR 30).
Whoever hears a report waits as long again before it asks itself: the server is asked once in an interval, however many
gateways there are, and no gateway has to be chosen.
"""

from __future__ import annotations

import asyncio
import random
import uuid

import msgspec
import structlog
from nats.aio.client import Client

from lectern.contracts import subjects
from lectern.contracts.decoding import UNREADABLE
from lectern.gateway.log_report import LogReport, read_report
from lectern.gateway.watch_metrics import WatchMetrics
from lectern.worker import LOG_OUTAGES, Bus, wait_for

INTERVAL = 5.0  # seconds
SPREAD = 0.3  # of the interval, by which gateways differ, so that two seldom ask at once
_READ_SECONDS = 10.0  # for all questions of one report


class LogWatch:
    """Shows what waits in the log. `interval` in seconds."""

    def __init__(self, nats: Client, bus: Bus, metrics: WatchMetrics, *, interval: float = INTERVAL) -> None:
        self._nats = nats
        self._bus = bus
        self._metrics = metrics
        self._interval = interval
        self._heard = False
        self._own = uuid.uuid4().hex
        self._logger = structlog.get_logger("lectern.gateway.log_watch")

    async def run(self, stop: asyncio.Event) -> None:
        """Ask, or hear what another gateway was told, until `stop`."""
        async with self._bus.listening(subjects.LOG_REPORTS, self._on_report):
            while not stop.is_set():
                await self._ask()
                await self._wait(stop)

    async def _wait(self, stop: asyncio.Event) -> None:
        """Returns when nobody has told anything for an interval."""
        while not stop.is_set():
            self._heard = False
            await wait_for(stop, self._interval * (1 + SPREAD * random.random()))
            if not self._heard:
                return

    async def _ask(self) -> None:
        try:
            async with asyncio.timeout(_READ_SECONDS):
                report = await read_report(self._nats, self._own)
                await self._bus.publish(subjects.LOG_REPORTS, msgspec.json.encode(report))
        except (*LOG_OUTAGES, ConnectionError) as error:
            self._logger.warning("cannot ask what waits", action="retry", error=type(error).__name__)
            self._metrics.forget()
            return
        self._metrics.show(report)

    async def _on_report(self, _: str, data: bytes) -> None:
        try:
            report = msgspec.json.decode(data, type=LogReport)
        except UNREADABLE:
            return  # of another version, which this one does without
        if report.gateway != self._own:
            self._heard = True
            self._metrics.show(report)
