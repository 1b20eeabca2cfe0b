"""A video's stages in one process, with deliveries in any order, crashes, outages, refusals and its user's will.

The handlers that make things are small; processing, tallies, the fold, planning, fan-in and the gateway's decisions are
what runs. What a small handler makes is named after its inputs, as in a cache, so that a scene shows what it was made of.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import msgspec
import structlog
from unit.worker.pipeline_events import OPTIONS, requested

from lectern.composer.fan_in import ScenesBroken, ScenesReady, decide
from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.log import LogEntry, VideoLog
from lectern.contracts.problems import Problem
from lectern.contracts.script import Beat, Scene, Script
from lectern.contracts.state import VideoState, fold
from lectern.contracts.topology import STAGE_INPUTS
from lectern.gateway.handlers import approve, cancel, choose, delete, edit, redo, retry
from lectern.gateway.handlers.script_events import ScriptChange
from lectern.gateway.refusals import Refusal
from lectern.gateway.schemas import RedoRequest
from lectern.scripter.handlers import plan_scenes
from lectern.worker import Job, Permanent, Stage, Transient, Unavailable
from lectern.worker.delivery import Delivery
from lectern.worker.processing import Processor, Timing
from lectern.worker.testing import MemoryEventLog, memory_connections
from lectern.worker.testing.delivering import MemoryMessage

PROBLEM = Problem(code="x", title="x", detail="It broke.", remedy="Mend it.")
VERSIONS = 3

Fate: TypeAlias = Literal[
    "fine", "refuse", "crash", "crash-publishing", "log-away", "unavailable", "transient", "permanent", "ack-lost"
]
Wish: TypeAlias = Literal[
    "cancel", "retry", "approve", "redo", "direct", "choose", "edit", "insert", "cut", "retitle", "delete"
]
Expected: TypeAlias = Literal["as chosen", "afresh"]


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
        self.wishes = 0
        self.meanwhile: list[tuple[Wish, int]] = []  # what the user does while the next handler works
        self.texts: dict[int, str] = {}  # scene -> the digest of its words in the newest script
        self._coming: tuple[ScriptChange, dict[int, Expected], frozenset[str]] | None = None
        self.expected: dict[int, tuple[Expected, frozenset[str]]] = {}  # scene -> what its footage must (not) be

    async def _enqueue(self, entry: LogEntry) -> None:
        for stage, inputs in STAGE_INPUTS.items():
            if isinstance(entry.event, inputs):
                self.pending[stage, entry.sequence] = (entry.event, 1)

    def _build_stages(self) -> list[Stage]:
        scripter, composer = Stage("scripter", fails="video"), Stage("composer", fails="video")
        voice, coder, renderer = Stage("voice"), Stage("coder"), Stage("renderer")

        @scripter.on(e.VideoRequested)
        async def write(event: e.VideoRequested, job: Job[Any]) -> list[e.AnyEvent]:
            await self._meet_fate()
            script = Script(title="t", scenes=tuple(_make_scene(f"{n}") for n in range(1, self.scenes + 1)))
            titles = tuple(e.SceneTitle(title=scene.title, words=9) for scene in script.scenes)
            key = keys.script(event.video_id, keys.digest(script))
            await job.store.put_json(key, script)
            made: dict[str, Any] = {"script_key": key, "options": OPTIONS}
            scripted = job.answer(e.VideoScripted, title="t", scenes=titles, review=self.review, **made)
            planned = [job.answer(e.ScenePlanned, scene=number, **made) for number in range(1, self.scenes + 1)]
            return [scripted] if self.review else [scripted, *planned]

        @scripter.on(e.ScriptApproved)
        async def plan(event: e.ScriptApproved, job: Job[Any]) -> list[e.AnyEvent]:
            await self._meet_fate()
            return await plan_scenes(event, job)

        @voice.on(e.ScenePlanned)
        async def speak(event: e.ScenePlanned, job: Job[Any]) -> e.SceneNarrated:
            await self._meet_fate()
            scene = (await job.store.get_json(event.script_key, Script)).scene(event.scene)
            name = f"{keys.digest(scene)}:{event.salt}"
            narration = e.NarrationRef(key=name, audio_key=name, seconds=4.0, beats=1)
            return job.answer(e.SceneNarrated, narration=narration)

        @coder.on(e.SceneNarrated)
        async def code(event: e.SceneNarrated, job: Job[Any]) -> e.SceneCoded:
            await self._meet_fate()
            return job.answer(e.SceneCoded, code=e.CodeRef(key=event.narration.key, origin="model"))

        @coder.on(e.SceneRefused)
        async def recode(event: e.SceneRefused, job: Job[Any]) -> e.SceneCoded:
            await self._meet_fate()
            return job.answer(e.SceneCoded, code=event.code, version=event.version + 1)

        @renderer.on(e.SceneCoded)
        async def render(event: e.SceneCoded, job: Job[Any]) -> e.SceneRendered | e.SceneRefused:
            await self._meet_fate()
            if self.fate == "refuse" and event.version < VERSIONS:
                return job.answer(e.SceneRefused, problem=PROBLEM)
            footage = e.FootageRef(key=event.code.key, frames=60, fps=15)
            return job.answer(e.SceneRendered, footage=footage)

        @composer.on(e.SceneFailed)
        @composer.on(e.SceneRendered)
        async def compose(event: e.SceneRendered | e.SceneFailed, job: Job[Any]) -> None:
            match decide(job.log, event):
                case ScenesBroken(revision=revision, problem=problem):
                    outcome: e.Outcome = job.answer(e.VideoFailed, revision=revision, problem=problem)
                case ScenesReady(revision=revision):
                    await self._meet_fate()
                    outcome = job.answer(e.VideoCompleted, revision=revision, seconds=4.0, frames=60, outputs=())
                case None:
                    return
            await job.record_outcome(outcome)

        return [scripter, voice, coder, renderer, composer]

    async def _meet_fate(self) -> None:
        while self.meanwhile:
            await self.wish(*self.meanwhile.pop(0))
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

    async def wish(self, wish: Wish, number: int) -> None:
        """What the user does, if the gateway lets them."""
        log = await self.log.read(self.video.video_id)
        if not log or log.is_deleted:
            return
        with contextlib.suppress(Refusal):
            if wish == "cancel":
                if ended := cancel(log):
                    await self.log.record_outcome(ended)
                return
            change = await self._decide(wish, number, log)
            if change is None:
                return
            if change.script is not None:
                await self.connections.store.put_json(change.event.script_key, change.script)
            await self._append(change.event, log)

    async def _decide(self, wish: Wish, number: int, log: VideoLog) -> ScriptChange | None:
        self.wishes += 1
        event: e.AnyEvent | None
        match wish:
            case "retry" | "approve" | "delete":
                event = {"retry": retry, "approve": approve, "delete": delete}[wish](log)
                if event is not None:
                    await self._append(event, log)
                return None
        in_force = log.state.script()
        if in_force is None:
            return None
        script = await self.connections.store.get_json(in_force.script_key, Script)
        self.texts = _digest_scenes(script)
        place = number % len(script.scenes) + 1
        before, after = script.scenes[: place - 1], script.scenes[place:]
        new = _make_scene(f"wish {self.wishes}")
        match wish:
            case "redo":
                return self._expect(redo(log, script, place), {place: "afresh"}, log)
            case "direct":
                return self._expect(redo(log, script, place, RedoRequest(direction=new.title)), {}, log)
            case "choose":
                takes = sorted(log.state.takes.get(place, {}).items())
                if not takes:
                    return None
                revision, take = takes[number // len(script.scenes) % len(takes)]
                of_take = await self.connections.store.get_json(take.script_key, Script)
                change = choose(log, script, place, revision, of_take)
                return self._expect(change, {place: "as chosen"}, log, {take.footage.key})
            case "edit":
                scenes = (*before, new, *after)
            case "insert":
                scenes = (*before, new, *script.scenes[place - 1 :])
            case "cut":
                scenes = script.scenes[:-1] or script.scenes
            case _:
                scenes = script.scenes
        title = new.title if wish == "retitle" else script.title
        change = edit(log, script, msgspec.structs.replace(script, title=title, scenes=scenes))
        return self._expect(change, {}, log) if change else None

    def _expect(
        self,
        change: ScriptChange | None,
        expected: dict[int, Expected],
        log: VideoLog,
        footage: set[str] | None = None,
    ) -> ScriptChange | None:
        """Notes what the scenes must be once the change is made: those it is about, and those it leaves alone."""
        if change is not None:
            self._coming = (change, expected, frozenset(footage or _list_footage(log.state, expected)))
        return change

    async def _append(self, event: e.AnyEvent, log: VideoLog) -> None:
        sequence = await self.log.append(event, log.last)
        stored = {entry.sequence: entry.event for entry in self.log.entries()}
        if sequence is None or e.encode(stored[sequence]) != e.encode(event):
            return
        if isinstance(event, e.VideoDeleted):
            await self.log.erase(event.video_id)
        coming, self._coming = self._coming, None
        if coming is None or coming[0].event is not event:
            return
        change, expected, footage = coming
        if change.script is not None:
            texts = _digest_scenes(change.script)
            self.expected = {n: kept for n, kept in self.expected.items() if self.texts.get(n) == texts.get(n)}
            self.texts = texts
        for number, what in expected.items():
            self.expected[number] = (what, footage)

    async def check_films(self) -> None:
        """A completed video shows the script in force, and each take that was chosen and not changed since."""
        state = self.state()
        script_event = state.script()
        if not isinstance(state.outcome(), e.VideoCompleted) or script_event is None:
            return
        script = await self.connections.store.get_json(script_event.script_key, Script)
        for number, facts in state.scenes().items():
            assert facts.rendered, f"scene {number} of a completed video was not rendered"
            shown = facts.rendered.footage.key
            assert shown.startswith(keys.digest(script.scene(number))), f"scene {number} shows other words"
            what, footage = self.expected.get(number, ("", frozenset()))
            assert what != "as chosen" or shown in footage, f"scene {number} is not the take that was chosen"
            assert what != "afresh" or shown not in footage, f"scene {number} is what it was before it was redone"

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


def _make_scene(name: str) -> Scene:
    return Scene(title=name, beats=(Beat(text=f"This is {name}."),))


def _list_footage(state: VideoState, scenes: Iterable[int]) -> set[str]:
    return {take.footage.key for number in scenes for take in state.takes.get(number, {}).values()}


def _digest_scenes(script: Script) -> dict[int, str]:
    return {number: keys.digest(scene) for number, scene in enumerate(script.scenes, 1)}
