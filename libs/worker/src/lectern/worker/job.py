"""What a handler is given: its deliveries, the log, the store, and the means to tell how far it is."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
from nats.aio.client import Client
from structlog.typing import FilteringBoundLogger

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.log import VideoLog
from lectern.contracts.requests import Progress
from lectern.worker.event_log import EventLog
from lectern.worker.store import ObjectStore

D = TypeVar("D")
E = TypeVar("E", bound=e.Event)

PROGRESS_INTERVAL = 0.5  # seconds: at most two a second for a scene


class Job(Generic[D]):
    """One delivery of one event to one handler."""

    def __init__(
        self,
        *,
        event: e.AnyEvent,
        stage: str,
        log: VideoLog,
        attempt: int,
        attempts: int,
        deps: D,
        nats: Client,
        logger: FilteringBoundLogger,
        event_log: EventLog,
        store: ObjectStore,
        scratch_root: Path | None,
    ) -> None:
        self.event = event
        self.stage = stage
        self.log = log
        self.attempt = attempt
        self.attempts = attempts
        self.deps = deps
        self.logger = logger
        self.event_log = event_log
        self.store = store
        self._nats = nats
        self._scratch_root = scratch_root
        self._reported = 0.0

    async def record_outcome(self, event: e.Outcome) -> bool:
        """Ends the video's revision, once. False when another outcome was first."""
        return await self.event_log.record_outcome(event)

    async def progress(self, done: float, of: float, doing: str, **facts: object) -> None:
        """Tells how far the work is. Dropped within half a second of the last one, unless it is the end."""
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
        await self._nats.publish(subjects.progress(self.event.video_id, scene), msgspec.json.encode(report))

    @asynccontextmanager
    async def scratch(self) -> AsyncIterator[Path]:
        """A private temporary folder, removed afterwards whatever happens."""
        folder = Path(tempfile.mkdtemp(prefix=f"lectern-{self.stage}-", dir=self._scratch_root))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def answer(self, event_type: type[E], **fields: Any) -> E:
        """An event that answers the one being handled: what both types share is carried over (but
        not `spent`, which would be counted twice), `fields` come on top."""
        carried = {
            name: getattr(self.event, name)
            for name in event_type.__struct_fields__
            if name in self.event.__struct_fields__ and name not in ("at", "cause", "spent")
        }
        return event_type(**{**carried, "cause": e.message_id(self.event), **fields})
