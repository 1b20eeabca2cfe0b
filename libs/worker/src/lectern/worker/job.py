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
from lectern.worker.eventlog import EventLog
from lectern.worker.store import ObjectStore

D = TypeVar("D")
E = TypeVar("E", bound=e.Event)

PROGRESS_INTERVAL = 0.5  # seconds: at most two a second for a scene


class Progress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a stage is inside a scene (or, without one, the video). Not stored."""

    video_id: str
    stage: str
    doing: str
    done: float
    of: float
    scene: int | None = None
    revision: int = 1
    attempt: int = 1
    facts: dict[str, Any] = {}


class Job(Generic[D]):
    """One delivery of one event to one handler."""

    def __init__(
        self,
        *,
        event: e.AnyEvent,
        stage: str,
        seq: int,
        attempt: int,
        attempts: int,
        deps: D,
        nats: Client,
        log: FilteringBoundLogger,
        eventlog: EventLog,
        store: ObjectStore,
        scratch_root: Path | None,
    ) -> None:
        self.event = event
        self.stage = stage
        self.seq = seq
        self.attempt = attempt
        self.attempts = attempts
        self.deps = deps
        self.log = log
        self.eventlog = eventlog
        self.store = store
        self._nats = nats
        self._scratch_root = scratch_root
        self._told = 0.0

    async def log_of_video(self) -> list[tuple[int, e.AnyEvent]]:
        """The video's whole log up to at least the event being handled."""
        return await self.eventlog.read(self.event.video_id, self.event.lane, at_least=self.seq)

    async def outcome(self, event: e.Outcome) -> bool:
        """Ends the video's revision, once. False when another outcome was first."""
        return await self.eventlog.outcome(event)

    async def progress(self, done: float, of: float, doing: str, **facts: object) -> None:
        """Tells how far the work is. Dropped within half a second of the last one, unless it is the end."""
        if time.monotonic() - self._told < PROGRESS_INTERVAL and done < of:
            return
        self._told = time.monotonic()
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
