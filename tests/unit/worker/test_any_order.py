"""A video's whole way through the stages, with deliveries in any order, crashes, outages, refusals and its user's will.

The handlers are small, everything else is what runs: processing, tallies, the fold, fan-in, the gateway's decisions.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections import Counter
from typing import Any, Literal, TypeAlias

import msgspec
import structlog
from hypothesis import example, given, settings
from hypothesis import strategies as st
from unit.worker.pipeline_events import OPTIONS, requested

from lectern.composer.fan_in import ScenesBroken, ScenesReady, decide
from lectern.contracts import events as e
from lectern.contracts.log import LogEntry
from lectern.contracts.problems import Problem
from lectern.contracts.state import VideoState, fold
from lectern.contracts.topology import STAGE_INPUTS
from lectern.gateway.handlers import approve, cancel, retry
from lectern.gateway.handlers.script_events import start_revision
from lectern.gateway.refusals import Refusal
from lectern.worker import Job, Permanent, Stage, Transient, Unavailable
from lectern.worker.delivery import Delivery
from lectern.worker.processing import Processor, Timing
from lectern.worker.testing import MemoryEventLog, memory_connections
from lectern.worker.testing.delivering import MemoryMessage

PROBLEM = Problem(code="x", title="x", detail="It broke.", remedy="Mend it.")
NARRATION = e.NarrationRef(key="n", audio_key="a", seconds=4.0, beats=1)
CODE = e.CodeRef(key="c", origin="model")
FOOTAGE = e.FootageRef(key="f", frames=60, fps=15)
VERSIONS = 3
MOST_DELIVERIES = 500  # far more than any of these videos needs

Fate: TypeAlias = Literal[
    "fine", "refuse", "crash", "crash-publishing", "log-away", "unavailable", "transient", "permanent", "ack-lost"
]
FATES: tuple[Fate, ...] = (
    "fine", "fine", "fine", "refuse", "crash", "crash-publishing", "log-away", "unavailable", "transient", "permanent",
    "ack-lost",
)  # fmt: skip
WILLS = ("cancel", "redo", "retry", "cut", "approve", "ten minutes pass")
STEPS = st.one_of(
    st.tuples(st.sampled_from(FATES), st.integers(0, 7), st.integers(1, 3)),
    st.tuples(st.sampled_from(WILLS), st.integers(0, 7), st.just(0)),
)
Step: TypeAlias = tuple[str, int, int]


class Crashed(BaseException):
    """The worker's process is gone."""


class FaultyLog(MemoryEventLog):
    """A log whose `after`th store from now is the last thing that its worker does, or does not happen."""

    def __init__(self) -> None:
        super().__init__()
        self.fault: Fate = "fine"
        self.after = 0

    async def _store(self, event: e.AnyEvent) -> int:
        self.after -= 1
        if self.fault == "log-away" and self.after == 0:
            raise Unavailable("the event log does not answer", code="log-unavailable")
        sequence = await super()._store(event)
        if self.fault == "crash-publishing" and self.after == 0:
            raise Crashed
        return sequence

    def forget_ids(self) -> None:
        """The window in which the server drops duplicates is over."""
        self._sequences.clear()


class Pipeline:
    """One video's stages, with what each consumer still has to deliver."""

    def __init__(self, scenes: int, *, review: bool) -> None:
        self.scenes, self.review = scenes, review
        self.fate: Fate = "fine"
        self.log = FaultyLog()
        self.log.followers.append(self._enqueue)
        self.connections = dataclasses.replace(memory_connections(), event_log=self.log)
        self.pending: dict[tuple[str, int], tuple[e.AnyEvent, int]] = {}
        self.ended: Counter[int] = Counter()
        self.stages = {stage.name: stage for stage in self._build_stages()}
        self.video = requested()

    async def _enqueue(self, entry: LogEntry) -> None:
        for stage, inputs in STAGE_INPUTS.items():
            if isinstance(entry.event, inputs):
                self.pending[stage, entry.sequence] = (entry.event, 1)

    def _build_stages(self) -> list[Stage]:
        scripter, composer = Stage("scripter", fails="video"), Stage("composer", fails="video")
        voice, coder, renderer = Stage("voice"), Stage("coder"), Stage("renderer")

        @scripter.on(e.VideoRequested)
        async def write(event: e.VideoRequested, job: Job[Any]) -> list[e.AnyEvent]:
            self._meet_fate()
            titles = tuple(e.SceneTitle(title=str(number), words=9) for number in range(1, self.scenes + 1))
            made = {"script_key": "s", "options": OPTIONS}
            script = job.answer(e.VideoScripted, title="t", scenes=titles, review=self.review, **made)
            scenes = [job.answer(e.ScenePlanned, scene=number, **made) for number in range(1, self.scenes + 1)]
            return [script] if self.review else [script, *scenes]

        @scripter.on(e.ScriptApproved)
        async def plan(event: e.ScriptApproved, job: Job[Any]) -> list[e.AnyEvent]:
            self._meet_fate()
            return [job.answer(e.ScenePlanned, scene=number) for number in event.plan]

        @voice.on(e.ScenePlanned)
        async def speak(event: e.ScenePlanned, job: Job[Any]) -> e.SceneNarrated:
            self._meet_fate()
            return job.answer(e.SceneNarrated, narration=NARRATION)

        @coder.on(e.SceneNarrated)
        async def code(event: e.SceneNarrated, job: Job[Any]) -> e.SceneCoded:
            self._meet_fate()
            return job.answer(e.SceneCoded, code=CODE)

        @coder.on(e.SceneRefused)
        async def recode(event: e.SceneRefused, job: Job[Any]) -> e.SceneCoded:
            self._meet_fate()
            return job.answer(e.SceneCoded, code=CODE, version=event.version + 1)

        @renderer.on(e.SceneCoded)
        async def render(event: e.SceneCoded, job: Job[Any]) -> e.SceneRendered | e.SceneRefused:
            self._meet_fate()
            if self.fate == "refuse" and event.version < VERSIONS:
                return job.answer(e.SceneRefused, problem=PROBLEM)
            return job.answer(e.SceneRendered, footage=FOOTAGE)

        @composer.on(e.SceneFailed)
        @composer.on(e.SceneRendered)
        async def compose(event: e.SceneRendered | e.SceneFailed, job: Job[Any]) -> None:
            match decide(job.log, event):
                case ScenesBroken(revision=revision, problem=problem):
                    outcome: e.Outcome = job.answer(e.VideoFailed, revision=revision, problem=problem)
                case ScenesReady(revision=revision):
                    self._meet_fate()
                    outcome = job.answer(e.VideoCompleted, revision=revision, seconds=4.0, frames=60, outputs=())
                case None:
                    return
            await job.record_outcome(outcome)

        return [scripter, voice, coder, renderer, composer]

    def _meet_fate(self) -> None:
        match self.fate:
            case "crash":
                raise Crashed
            case "unavailable":
                raise Unavailable("the store cannot be reached", code="store-unavailable")
            case "transient":
                raise Transient("it did not work")
            case "permanent":
                raise Permanent(PROBLEM)

    async def deliver(self, number: int, fate: Fate, after: int) -> None:
        """Delivers one of the messages that wait, with this fate."""
        if not self.pending:
            return
        stage, sequence = list(self.pending)[number % len(self.pending)]
        event, deliveries = self.pending[stage, sequence]
        self.fate, self.log.fault, self.log.after = fate, fate, after
        message = MemoryMessage(event, stage, sequence, deliveries)
        delivery = Delivery(message, event, structlog.get_logger())
        processor = Processor(self.stages[stage], self.connections, None, scratch=None, timing=Timing())
        with contextlib.suppress(Crashed):
            await processor.process(delivery)
        self.fate = self.log.fault = "fine"
        if message.settled in ("ack", "term") and fate != "ack-lost":
            del self.pending[stage, sequence]
        else:
            self.pending[stage, sequence] = (event, deliveries + 1)

    async def will(self, wish: str, number: int) -> None:
        """What the user does, if the gateway lets them."""
        if wish == "ten minutes pass":
            self.log.forget_ids()
            return
        log = await self.log.read(self.video.video_id)
        script = log.state.script()
        event: e.AnyEvent | None = None
        with contextlib.suppress(Refusal):
            match wish:
                case "cancel" if ended := cancel(log):
                    await self.log.record_outcome(ended)
                case "retry":
                    event = retry(log)
                case "approve":
                    event = approve(log)
                case "redo" if script and not log.state.awaits_approval():
                    event = start_revision(log, script, [number % len(script.scenes) + 1])
                case "cut" if script and not log.state.awaits_approval() and len(script.scenes) > 1:
                    event = start_revision(log, msgspec.structs.replace(script, scenes=script.scenes[:-1]), [1])
        if event:
            await self.log.append(event, log.last)

    def state(self) -> VideoState:
        """What the log adds up to."""
        return fold(entry.event for entry in self.log.entries())


def check_always(pipeline: Pipeline) -> None:
    """What holds after every step."""
    state = pipeline.state()
    if waits := state.delay():
        waiting = [event for (stage, _), (event, _) in pipeline.pending.items() if stage == waits.stage]
        assert waiting, f"shown as waiting for {waits.stage}, which has nothing to do"
    if state.outcome() is None and not state.awaits_approval():
        assert pipeline.pending, "a video that has not ended, and nothing is left to be delivered"


def check_log(pipeline: Pipeline) -> None:
    """What holds of the log as a whole."""
    ended: Counter[int] = Counter()
    state, versions = VideoState(), dict[tuple[int, int], int]()
    for entry in pipeline.log.entries():
        state = fold([entry.event], state)
        ended[entry.event.revision] += isinstance(entry.event, e.Outcome)
        for number, facts in state.scene_events.items():
            if coded := facts.coded:
                place = (number, coded.revision)
                assert coded.version >= versions.get(place, 0), "a scene went back to an older version of its code"
                versions[place] = coded.version
    assert max(ended.values()) == 1, ended


CODED_TWICE_AND_REFUSED: list[Step] = [
    *[("fine", 0, 1)] * 2,
    ("ack-lost", 0, 1),  # the coder's answer is in the log, and its message comes again
    ("permanent", 0, 1),
    ("fine", 1, 1),  # to the composer, for which the scene has its code
    ("refuse", 0, 1),
    ("permanent", 0, 1),  # the coder's second failure is news
]


@example(scenes=1, review=False, steps=CODED_TWICE_AND_REFUSED)
@given(scenes=st.integers(1, 3), review=st.booleans(), steps=st.lists(STEPS, max_size=40))
@settings(deadline=None)
def test_every_video_ends_once_whatever_happens_on_its_way(scenes: int, review: bool, steps: list[Step]) -> None:
    async def run() -> None:
        pipeline = Pipeline(scenes, review=review)
        await pipeline.log.publish(pipeline.video)
        for kind, number, after in steps:
            if kind in WILLS:
                await pipeline.will(kind, number)
            else:
                await pipeline.deliver(number, kind, after)  # type: ignore[arg-type]
            check_always(pipeline)
        for _ in range(MOST_DELIVERIES):
            if pipeline.state().awaits_approval() and not pipeline.pending:
                await pipeline.will("approve", 0)
            if not pipeline.pending:
                break
            await pipeline.deliver(0, "fine", 0)
            check_always(pipeline)
        state = pipeline.state()
        assert not pipeline.pending, "some message comes again and again"
        assert state.outcome() is not None or state.awaits_approval()
        check_log(pipeline)

    asyncio.run(run())
