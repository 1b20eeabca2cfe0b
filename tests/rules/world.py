"""Videos' stages in one process: the services' own handlers, and deliveries as JetStream promises them, no better.

A message comes at least once, in any order between consumers, again while it is still worked on, and after its ack was
lost. A process dies, freezes and wakes, is stopped. What makes things is small (`rules.makers`); the handlers, the
loop's processing, tallies, the fold, budgets, planning, fan-in and the gateway's decisions are what runs.
"""

from __future__ import annotations

import asyncio
import dataclasses
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from lectern.coder.cuing import Cuer
from lectern.coder.deps import CoderDeps
from lectern.coder.handlers import STAGE as CODER
from lectern.composer.deps import ComposerDeps
from lectern.composer.handlers import STAGE as COMPOSER
from lectern.composer.metrics import ComposerMetrics
from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.ids import new_id
from lectern.contracts.log import LogEntry
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.requests import SceneVerdict
from lectern.contracts.state import VideoState, fold
from lectern.contracts.topology import CUES, STAGE_INPUTS
from lectern.renderer.deps import RendererDeps
from lectern.renderer.handlers import STAGE as RENDERER
from lectern.renderer.metrics import RendererMetrics
from lectern.scripter.deps import ScripterDeps
from lectern.scripter.handlers import STAGE as SCRIPTER
from lectern.scripter.reading.reader import LessonReader
from lectern.voice.deps import VoiceDeps
from lectern.voice.handlers import STAGE as VOICE
from lectern.worker import Meter, Transient
from lectern.worker.delivery import DeliveryResult, StopReason
from lectern.worker.processing import Processor, Timing
from lectern.worker.testing import memory_connections
from rules.deliveries import RUN, Crashed, Fate, Run
from rules.makers import (
    VOICES,
    Books,
    DrawingPool,
    PaidCoder,
    PaidVoice,
    PaidWriter,
    build_client,
    build_flac_writer,
    compose_footage,
)
from rules.servers import FatefulLog, FatefulStore, FatefulTallies

STAGES = {stage.name: stage for stage in (SCRIPTER, VOICE, CODER, RENDERER, COMPOSER)}
REPLICAS = 2  # processes of each stage; another starts where all are frozen
_CUER = "cuer"  # in a stage's place: it follows the log
_SECONDS = 60.0  # of a machine that is very busy, for one step


class _AlwaysFine:
    """The renderer's answer to checks and stills."""

    async def check(self, request: object) -> SceneVerdict:
        return SceneVerdict(ok=True)

    async def draw(self, request: object) -> tuple[bytes, ...]:
        return ()


class World:
    """Videos, what each consumer still has to deliver, the deliveries that are frozen, and the books."""

    def __init__(self, log: FatefulLog | None = None) -> None:
        self.books = Books()
        self.refusing: set[str] = set()  # voices
        self.log = log or FatefulLog()
        self.store = FatefulStore(self.books)
        self.connections = dataclasses.replace(
            memory_connections(), event_log=self.log, store=self.store, tallies=FatefulTallies()
        )
        self.log.followers.append(self._enqueue)
        self.pending: dict[tuple[str, int], tuple[e.AnyEvent, int]] = {}
        self.frozen: list[Run] = []
        self.running: Run | None = None
        self.videos: list[str] = []
        self.late: list[e.AnyEvent] = []  # what was written about a deleted video by who should have heard of it
        self.states: dict[str, VideoState] = {}
        self._closing = ExitStack()
        self._folder = Path(self._closing.enter_context(TemporaryDirectory(prefix="lectern-rules-")))
        self._closing.enter_context(patch("lectern.voice.handlers.write_flac", build_flac_writer()))
        self._closing.enter_context(patch("lectern.composer.compose.compose_video", compose_footage))
        self._deps: dict[tuple[str, int], Any] = {}

    async def open(self) -> None:
        """Listens to cancellations, as each worker does."""
        await self.connections.bus.listening(subjects.CANCEL, self._hear_cancellation).__aenter__()

    async def close(self) -> None:
        """Ends what is frozen."""
        for run in self.frozen:
            await self._bury(run)
        self._closing.close()

    async def request(self, *, scenes: int, review: bool, max_cost_usd: float | None) -> str:
        """A user asks for a video; returns its id."""
        options = VideoOptions(quality="draft", review=review, max_cost_usd=max_cost_usd, voice="en-US")
        video_id = new_id()
        brief = Brief(topic=f"Tides {len(self.videos)}", scenes=scenes)
        await self.add(e.VideoRequested(video_id=video_id, brief=brief, options=options))
        return video_id

    async def add(self, event: e.VideoRequested) -> None:
        """A new video's first event."""
        self.videos.append(event.video_id)
        self.states[event.video_id] = VideoState()
        await self.log.publish(event)

    async def _enqueue(self, entry: LogEntry) -> None:
        video, run = entry.event.video_id, RUN.get()
        if self.states[video].deleted and run and not run.disturbed:
            self.late.append(entry.event)
        self.states[video] = fold([entry.event], self.states[video])
        for stage, inputs in STAGE_INPUTS.items():
            if isinstance(entry.event, inputs):
                self.pending[stage, entry.sequence] = (entry.event, 0)
        event, scenes = entry.event, self.states[video].scene_count()
        if isinstance(event, CUES) and isinstance(event, e.SceneEvent) and event.scene < scenes:  # the last has nobody
            self.pending[_CUER, entry.sequence] = (event, 0)

    async def _hear_cancellation(self, subject: str, data: bytes) -> None:
        """The frozen hear it when they wake."""
        video_id, last = subject.rpartition(".")[2], int(data or b"0")
        for run in (*self.frozen, *filter(None, [self.running])):
            if run.event.video_id == video_id and (not last or run.event.revision <= last):
                run.disturbed = True
                if run in self.frozen:
                    run.cancelled = True
                elif run.stage != _CUER:  # which has no job that could be stopped
                    run.delivery.stop(StopReason.CANCELLED)

    async def deliver(self, number: int, fate: Fate, after: int, replica: int = 0) -> None:
        """Delivers one of the messages that wait, or are worked on by a frozen process, with this fate."""
        if not self.pending:
            return
        key = list(self.pending)[number % len(self.pending)]
        event, deliveries = self.pending[key]
        self.pending[key] = (event, deliveries + 1)
        for other in self.frozen:
            other.disturbed = other.disturbed or other.key == key
        run = Run(key[0], event, key[1], deliveries + 1, fate, after)
        asleep = {each.replica for each in self.frozen if each.stage == run.stage}
        run.replica = next(each for each in count(replica % REPLICAS) if each not in asleep)
        run.task = asyncio.create_task(self._process(run))
        run.delivery.runs_in(run.task)
        await self._follow(run)

    async def wake(self, number: int) -> None:
        """A frozen process goes on."""
        if self.frozen:
            run = self.frozen.pop(number % len(self.frozen))
            run.frozen.clear()
            run.woken.set()
            if run.cancelled and run.stage != _CUER:
                run.delivery.stop(StopReason.CANCELLED)
            await self._follow(run)

    async def _process(self, run: Run) -> None:
        RUN.set(run)
        if run.stage == _CUER:
            run.result = await self._cue(run)
            return
        deps = self._find_deps(run.stage, run.replica)
        processor = Processor(STAGES[run.stage], self.connections, deps, scratch=self._folder, timing=Timing())
        run.result = await processor.process(run.delivery)

    async def _cue(self, run: Run) -> DeliveryResult:
        """What `follow_log` does with an event and the cuer's answer to it."""
        assert isinstance(run.event, e.SceneEvent)
        try:
            await Cuer(self.log, self.store).cue_follower(run.event, at_least=run.key[1])
        except (Transient, asyncio.CancelledError):
            await run.message.nak()
            return DeliveryResult.HANDED_BACK
        await run.message.ack()
        return DeliveryResult.SUCCESS

    async def _follow(self, run: Run) -> None:
        """Returns when the run has ended or is frozen."""
        assert run.task is not None
        self.running = run
        freezing = asyncio.create_task(run.frozen.wait())
        done, _ = await asyncio.wait({run.task, freezing}, return_when=asyncio.FIRST_COMPLETED, timeout=_SECONDS)
        freezing.cancel()
        self.running = None
        assert done, f"{run.stage} has neither ended nor frozen"
        if run.task not in done:
            self.frozen.append(run)
            return
        await self._settle(run)

    async def _settle(self, run: Run) -> None:
        assert run.task is not None
        error = None if run.task.cancelled() else run.task.exception()
        if isinstance(error, Crashed):
            await self._restart(run.stage, run.replica)
        elif error is not None:
            raise error
        run.disturbed = run.disturbed or run.result in (None, DeliveryResult.CANCELLED, DeliveryResult.HANDED_BACK)
        if run.message.settled in ("ack", "term") and run.fate != "ack-lost" and error is None:
            self.pending.pop(run.key, None)

    async def _restart(self, stage: str, replica: int) -> None:
        """A process is gone, with all that it had in memory and in hand."""
        self._deps.pop((stage, replica), None)
        for run in [each for each in self.frozen if (each.stage, each.replica) == (stage, replica)]:
            self.frozen.remove(run)
            await self._bury(run)

    async def _bury(self, run: Run) -> None:
        assert run.task is not None
        run.is_dead = run.disturbed = True
        run.woken.set()
        await asyncio.wait({run.task}, timeout=_SECONDS)
        assert run.task.done(), f"{run.stage} outlived its process"
        assert isinstance(run.task.exception(), Crashed)

    def _find_deps(self, stage: str, replica: int) -> Any:
        if (stage, replica) not in self._deps:
            self._deps[stage, replica] = self._build_deps(stage)
        return self._deps[stage, replica]

    def _build_deps(self, stage: str) -> Any:
        match stage:
            case "scripter":
                client = build_client(self.books, self.store)
                return ScripterDeps(writer=PaidWriter(client), reader=LessonReader())
            case "voice":
                engine = PaidVoice(self.books, self.refusing)
                return VoiceDeps(engines={voice.engine: engine for voice in VOICES}, voices=VOICES)
            case "coder":
                fine: Any = _AlwaysFine()
                return CoderDeps(coder=PaidCoder(build_client(self.books, self.store)), preflight=fine, stills=fine)
            case "renderer":
                pool = DrawingPool(self._folder, VideoOptions(quality="draft"))
                return RendererDeps(pool=pool, metrics=RendererMetrics(Meter()))
            case _:
                return ComposerDeps(metrics=ComposerMetrics(Meter()))
