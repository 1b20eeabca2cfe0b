"""The job of a handler: its event, the video's log, the store, a scratch folder, and a way to report progress."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
import nats.errors

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.requests import Progress
from lectern.contracts.usage import Usage
from lectern.worker.connections import Connections
from lectern.worker.delivery import Delivery
from lectern.worker.work_folders import make_work_folder

D = TypeVar("D")
E = TypeVar("E", bound=e.Event)

_OWN = ("at", "began", "attempt", "cause", "traceparent", "spent", "cached")  # what each event says of itself
PROGRESS_INTERVAL = 0.5  # seconds: at most two a second for a scene


class Job(Generic[D]):
    """One delivery as its handler sees it. `attempt` counts from 1 to `attempts`; `log` is the video's log.

    `spent_before` is what earlier deliveries have paid for. It is added to the answer after the handler.
    """

    def __init__(
        self,
        *,
        delivery: Delivery,
        stage: str,
        attempts: int,
        deps: D,
        connections: Connections,
        scratch_root: Path | None,
    ) -> None:
        self.event = delivery.event
        self.log = delivery.log
        self.attempt = delivery.attempt
        self.spent_before = delivery.tally.spent
        self._delivery = delivery
        self.logger = delivery.logger
        self.stage = stage
        self.attempts = attempts
        self.deps = deps
        self.event_log = connections.event_log
        self.store = connections.store
        self.metrics = connections.metrics
        self._bus = connections.bus
        self._scratch_root = scratch_root
        self._reported = 0.0
        self._reports: set[asyncio.Task[None]] = set()

    async def record_outcome(self, event: e.Outcome) -> bool:
        """Ends the video's revision, once. False when another outcome was first."""
        return await self.event_log.record_outcome(event)

    def note_paid(self, usage: Sequence[Usage]) -> None:
        """Notes all that this delivery has paid for, so that the cost is reported even if it ends without an answer."""
        self._delivery.paid = tuple(usage)

    async def progress(self, done: float, of: float, doing: str, **facts: object) -> None:
        """Reports how far the work is. Dropped within half a second of the last report, unless it is the end."""
        if time.monotonic() - self._reported < PROGRESS_INTERVAL and done < of:
            return
        self._reported = time.monotonic()
        scene = self.event.scene if isinstance(self.event, e.SceneEvent) and self.stage != "composer" else None
        report = Progress(
            video_id=self.event.video_id,
            stage=self.stage,
            doing=doing,
            done=done,
            of=of,
            scene=scene,
            revision=self.event.revision,
            attempt=self.attempt,
            facts=facts,
        )
        with contextlib.suppress(nats.errors.Error):  # nobody is told, and the work goes on
            await self._bus.publish(subjects.progress(self.event.video_id, scene), msgspec.json.encode(report))

    def progress_soon(self, done: float, of: float, doing: str, **facts: object) -> None:
        """Reports progress from a callback that cannot wait. What is under way is sent before the job ends."""
        report = asyncio.create_task(self.progress(done, of, doing, **facts))
        self._reports.add(report)
        report.add_done_callback(self._reports.discard)

    async def flush_progress(self) -> None:
        """Waits until every report is sent."""
        await asyncio.gather(*self._reports, return_exceptions=True)

    @asynccontextmanager
    async def scratch(self) -> AsyncIterator[Path]:
        """A private temporary folder, removed afterwards whatever happens, after a crash by the next to start."""
        with make_work_folder(self.stage, self._scratch_root) as folder:
            yield folder

    def answer(self, event_type: type[E], **fields: Any) -> E:
        """An event that answers the one being handled: what both types share is carried over (but
        not `spent`, which would be counted twice, nor times), `fields` come on top."""
        carried = {
            name: getattr(self.event, name)
            for name in event_type.__struct_fields__
            if name in self.event.__struct_fields__ and name not in _OWN
        }
        own = {"cause": e.message_id(self.event), "began": self._delivery.began, "attempt": self.attempt}
        return event_type(**{**carried, **own, **fields})
