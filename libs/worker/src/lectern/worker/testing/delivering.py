"""Running one delivery through the code that the loop runs, without a server."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import structlog
from nats.aio.msg import Msg

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.topology import VIDEOS, consumer_name
from lectern.tracing import trace_headers
from lectern.worker.connections import Connections
from lectern.worker.delivery import Delivery, DeliveryResult
from lectern.worker.processing import TIMING, Processor, Timing
from lectern.worker.stage import Stage
from lectern.worker.tallies import Tally


class MemoryMessage:
    """A delivered message that notes what became of it: `settled` is ack, nak or term, `delay` that of a nak."""

    def __init__(self, event: e.AnyEvent, stage: str, sequence: int, attempt: int) -> None:
        self.subject = subjects.subject(event)
        self.data = e.encode(event)
        self.headers: dict[str, str] | None = trace_headers()
        self.settled = ""
        self.delay: float | None = None
        self._metadata = Msg.Metadata(
            sequence=Msg.Metadata.SequencePair(consumer=sequence, stream=sequence),
            num_pending=0,
            num_delivered=attempt,
            timestamp=datetime.now(UTC),
            stream=VIDEOS,
            consumer=consumer_name(stage, event.lane),
        )

    @property
    def metadata(self) -> Msg.Metadata:
        """Its place on the stream and how often it was delivered."""
        return self._metadata

    async def ack(self) -> None:
        """Done."""
        self.settled = "ack"

    async def ack_sync(self, timeout: float = 1) -> None:
        """Done."""
        self.settled = "ack"

    async def nak(self, delay: float | None = None) -> None:
        """Deliver again."""
        self.settled, self.delay = "nak", delay

    async def term(self) -> None:
        """Never deliver again."""
        self.settled = "term"

    async def in_progress(self) -> None:
        """Nothing waits for it."""


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a delivery. `events` were published meanwhile; `delay` (s) is that before the next delivery."""

    result: DeliveryResult
    events: tuple[e.AnyEvent, ...]
    settled: str
    delay: float | None = None


async def deliver(
    stage: Stage,
    event: e.AnyEvent,
    connections: Connections,
    deps: Any = None,
    *,
    attempt: int = 1,
    scratch: Path | None = None,
    timing: Timing = TIMING,
) -> Delivered:
    """Publishes an event, unless the log has it, and processes a delivery of it by a stage's handler.

    An `attempt` after the first goes by what earlier calls left behind, else as if those before it had failed. Raises
    asyncio.CancelledError only when the caller is cancelled.
    """
    sequence = await connections.event_log.publish(event)
    before = await connections.event_log.read(event.video_id)
    message = MemoryMessage(event, stage.name, sequence, attempt)
    delivery = Delivery(message, event, structlog.get_logger("lectern.worker").bind(stage=stage.name))
    if attempt > 1 and await connections.tallies.get(delivery.tally_key) is None:
        await connections.tallies.create(delivery.tally_key, msgspec.json.encode(Tally(attempts=attempt - 1)))
    processor = Processor(stage, connections, deps, scratch=scratch, timing=timing)
    task = asyncio.create_task(processor.process(delivery))
    delivery.runs_in(task)
    try:
        result = await task
    finally:
        task.cancel()
    after = await connections.event_log.read(event.video_id)
    return Delivered(result=result, events=after.events[len(before) :], settled=message.settled, delay=message.delay)
