"""A voice that costs money: what is spent, what may not be, and what the user sees when the service fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest
from standins.google_tts import Code, Drops, GoogleScript, Refuses, google_tts
from standins.reading import read_aloud

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.narration import Narration
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.script import Beat, Scene, Script
from lectern.contracts.usage import Usage
from lectern.voice.app import build_deps
from lectern.voice.deps import VoiceDeps
from lectern.voice.handlers import STAGE
from lectern.voice.settings import VoiceSettings
from lectern.worker import Connections, Unavailable
from lectern.worker.delivery import DeliveryResult
from lectern.worker.tallies import Tally
from lectern.worker.testing import MemoryObjectStore, deliver, memory_connections

pytestmark = pytest.mark.usefixtures("rough_loudness")

SCENES = tuple(
    Scene(title=f"S{number}", beats=(Beat(text=f"Leaf number {number} runs on light. Really?"), Beat(text="It does.")))
    for number in range(3)
)
COST = sum(len(beat.text) for beat in SCENES[0].beats) * 16 / 1e6


@dataclass
class VoiceStage:
    """The voice stage with Google's voices enabled."""

    connections: Connections
    deps: VoiceDeps
    google: GoogleScript

    async def plan(self, **options: object) -> list[e.ScenePlanned]:
        """Plans a video of three scenes and writes its log."""
        video, key = new_id(), f"videos/{new_id()}/script.json"
        await self.connections.store.put_json(key, Script(title="T", scenes=SCENES))
        wanted = VideoOptions(**options)  # type: ignore[arg-type]
        log = self.connections.event_log
        await log.publish(e.VideoRequested(video_id=video, brief=Brief(topic="T"), options=wanted))
        titles = tuple(e.SceneTitle(title=scene.title, words=8) for scene in SCENES)
        await log.publish(e.VideoScripted(video_id=video, script_key=key, title="T", scenes=titles, options=wanted))
        scenes = [
            e.ScenePlanned(video_id=video, scene=n, script_key=key, options=wanted, salt=new_id()) for n in (1, 2, 3)
        ]
        for scene in scenes:
            await log.publish(scene)
        return scenes

    async def narrate(self, event: e.ScenePlanned) -> e.SceneNarrated:
        [answer] = (await deliver(STAGE, event, self.connections, self.deps)).events
        assert isinstance(answer, e.SceneNarrated), answer
        return answer

    async def fail(self, event: e.ScenePlanned) -> Problem:
        [answer] = (await deliver(STAGE, event, self.connections, self.deps)).events
        assert isinstance(answer, e.SceneFailed), answer
        return answer.problem

    async def narration(self, answer: e.SceneNarrated) -> Narration:
        return await self.connections.store.get_json(answer.narration.key, Narration)


@pytest.fixture
async def voice() -> AsyncIterator[VoiceStage]:
    async with google_tts() as google:
        deps = build_deps(VoiceSettings(google_tts="on", google_tts_url=google.url))
        yield VoiceStage(connections=memory_connections(), deps=deps, google=google)
        await deps.engines["google"].close()


async def test_the_best_enabled_voice_is_the_default_and_is_billed(voice: VoiceStage) -> None:
    event, *_ = await voice.plan()
    answer = await voice.narrate(event)
    narration = await voice.narration(answer)
    assert (narration.voice, narration.engine, narration.timing) == ("en-US-Neural2-F", "google", "exact")
    assert answer.spent[0].cost_usd == pytest.approx(COST)


@pytest.mark.parametrize(("move", "timing", "worst"), [(None, "exact", 0.03), (Drops(1), "aligned", 0.12)])
async def test_words_are_timed_where_they_are_heard(
    voice: VoiceStage, move: Drops | None, timing: str, worst: float
) -> None:
    """Against the stand-in's own word times. Words whose marks are dropped are timed by comparison with espeak-ng."""
    if move:
        voice.google.then(move)
    event, *_ = await voice.plan()
    answer = await voice.narrate(event)
    narration = await voice.narration(answer)
    truth = await read_aloud(SCENES[0].beats[0].text)
    words = [word for word in narration.words if word.beat == 0]
    assert narration.timing == timing
    shift = words[0].start - truth.marks[0].seconds
    off = [abs(word.start - shift - mark.seconds) for word, mark in zip(words, truth.marks, strict=True)]
    assert max(off) < worst


async def test_nothing_is_paid_for_twice(voice: VoiceStage) -> None:
    event, *_ = await voice.plan()
    first = await voice.narrate(event)
    requests = len(voice.google.requests)
    again = await replace(voice, connections=replace(memory_connections(), store=voice.connections.store)).narrate(
        event
    )
    assert len(voice.google.requests) == requests
    assert again.spent == first.spent, "a delivery that ended before it could report its cost leaves that to the next"
    other = await voice.narrate(msgspec.structs.replace(event, video_id=new_id()))
    assert len(voice.google.requests) == requests
    assert other.spent == (), "for another video it is free"


async def test_the_same_words_of_two_videos_at_once_are_paid_for_by_one(voice: VoiceStage) -> None:
    event, *_ = await voice.plan()
    other = msgspec.structs.replace(event, video_id=new_id())
    answers = await asyncio.gather(voice.narrate(event), voice.narrate(other))
    assert len({str(request) for request in voice.google.requests}) == len(voice.google.requests)
    assert sorted(bool(answer.spent) for answer in answers) == [False, True]
    assert len({answer.narration.key for answer in answers}) == 1
    assert not voice.deps.speaking, "nothing is left of who waited"


async def test_a_narration_that_could_not_be_stored_is_not_paid_for_again(voice: VoiceStage) -> None:
    event, *_ = await voice.plan()
    store = voice.connections.store
    assert isinstance(store, MemoryObjectStore)
    put_file = store.put_file

    async def lose_store(key: str, path: Path, media_type: str) -> None:
        raise Unavailable("the object store cannot be reached", code="store-unavailable")

    store.put_file = lose_store  # type: ignore[method-assign]
    assert (await deliver(STAGE, event, voice.connections, voice.deps)).result is DeliveryResult.WAITING
    requests = len(voice.google.requests)
    store.put_file = put_file  # type: ignore[method-assign]
    [answer] = (await deliver(STAGE, event, voice.connections, voice.deps, attempt=2)).events
    assert isinstance(answer, e.SceneNarrated)
    assert len(voice.google.requests) == requests
    assert answer.spent[0].cost_usd == pytest.approx(COST), "and its cost is reported once"
    assert not voice.deps.unstored


async def test_scenes_fail_before_the_cost_limit_is_passed(voice: VoiceStage) -> None:
    """Enough for two scenes is not enough for three: the first one fails before anything is paid."""
    first, *_ = await voice.plan(max_cost_usd=COST * 2.5)
    problem = await voice.fail(first)
    assert problem.code == "budget-exceeded"
    assert "3 scenes with en-US-Neural2-F" in problem.detail
    assert "max_cost_usd" in problem.remedy
    assert not voice.google.requests


async def test_what_was_paid_without_an_answer_counts_towards_the_limit(voice: VoiceStage) -> None:
    first, *_ = await voice.plan(max_cost_usd=COST * 3.2)
    tally = Tally(attempts=1, spent=(Usage(kind="voice", name="en-US-Neural2-F", cost_usd=COST),))
    sequence = await voice.connections.event_log.publish(first)
    await voice.connections.tallies.create(f"voice-fast.{sequence}", msgspec.json.encode(tally))
    [failed] = (await deliver(STAGE, first, voice.connections, voice.deps, attempt=2)).events
    assert isinstance(failed, e.SceneFailed)
    assert failed.problem.code == "budget-exceeded"
    assert not voice.google.requests


async def test_a_video_within_its_limit_is_spoken(voice: VoiceStage) -> None:
    scenes = await voice.plan(max_cost_usd=COST * 3.2)
    answers = [await voice.narrate(scene) for scene in scenes]
    assert sum(item.cost_usd for answer in answers for item in answer.spent) <= COST * 3.2


async def test_a_free_voice_needs_no_budget(voice: VoiceStage) -> None:
    event, *_ = await voice.plan(max_cost_usd=0.0001, voice="espeak-en-GB")
    assert (await voice.narrate(event)).spent[0].cost_usd == 0


async def test_a_wrong_key_fails_the_scene_of_a_named_voice_with_a_remedy(voice: VoiceStage) -> None:
    voice.google.then(*[Refuses(Code.UNAUTHENTICATED, "API key not valid.")] * 2)
    event, *_ = await voice.plan(voice="en-US-Neural2-F")
    problem = await voice.fail(event)
    assert "Google Text-to-Speech: " in problem.detail
    assert "GOOGLE_APPLICATION_CREDENTIALS" in problem.remedy
    assert "set up here: espeak-en-US" in problem.remedy, "not another voice of the same key"


async def test_pronunciations_are_spoken_and_not_written(voice: VoiceStage) -> None:
    event, *_ = await voice.plan()
    script = Script(
        title="T",
        scenes=(Scene(title="S", beats=(Beat(text="Xylem rises."),)),),
        pronunciations={"Xylem": "zy-lem"},
    )
    await voice.connections.store.put_json("videos/lexicon.json", script)
    answer = await voice.narrate(msgspec.structs.replace(event, script_key="videos/lexicon.json"))
    narration = await voice.narration(answer)
    assert [word.text for word in narration.words] == ["Xylem", "rises."]
    assert "zy-lem" in voice.google.requests[0].input.ssml
