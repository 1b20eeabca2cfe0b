"""A voice that costs money: what is spent, what may not be, and what the user is told when the service fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
import pytest
from jobs import job_for
from standins.google_tts import Code, Drops, GoogleScript, Refuses, google_tts
from standins.reading import read_aloud

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.narration import Narration
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.script import Beat, Scene, Script
from lectern.voice.app import build_engines, offered
from lectern.voice.handlers import VoiceDeps, narrate
from lectern.voice.settings import VoiceSettings
from lectern.voice.voices import load_voices
from lectern.worker import Connections, JetStreamEventLog, Permanent

pytestmark = pytest.mark.slow

SCENES = tuple(
    Scene(title=f"S{number}", beats=(Beat(text=f"Leaf number {number} runs on light. Really?"), Beat(text="It does.")))
    for number in range(3)
)
COST = sum(len(beat.text) for beat in SCENES[0].beats) * 16 / 1e6


@dataclass
class Studio:
    """The voice stage with Google's voices set up."""

    connections: Connections
    adapters: VoiceDeps
    google: GoogleScript

    async def planned(self, **options: object) -> list[e.ScenePlanned]:
        """A video whose three scenes are planned, with its log."""
        video, key = new_id(), f"videos/{new_id()}/script.json"
        await self.deps.store.put_json(key, Script(title="T", scenes=SCENES))
        wanted = VideoOptions(**options)  # type: ignore[arg-type]
        log = JetStreamEventLog(self.deps.nats)
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
        answer = await narrate(event, job_for(event, self.deps, self.adapters, "voice"))
        await JetStreamEventLog(self.deps.nats).publish(answer)
        return answer


@pytest.fixture
async def studio(connections: Connections) -> AsyncIterator[Studio]:
    async with google_tts() as google:
        engines = build_engines(VoiceSettings(google_tts="on", google_tts_url=google.url))
        adapters = VoiceDeps(
            engines={engine.name: engine for engine in engines},
            voices=offered(engines, load_voices(), ()),
            reader=engines[0],
        )
        yield Studio(deps=connections, adapters=adapters, google=google)
        for engine in engines:
            await engine.close()


async def test_the_best_voice_that_is_set_up_is_the_default_and_is_billed(studio: Studio) -> None:
    event, *_ = await studio.planned()
    answer = await studio.narrate(event)
    narration = await studio.deps.store.get_json(answer.narration.key, Narration)
    assert (narration.voice, narration.engine, narration.timing) == ("en-US-Neural2-F", "google", "exact")
    assert answer.spent[0].cost_usd == pytest.approx(COST)


@pytest.mark.parametrize(("move", "timing", "worst"), [(None, "exact", 0.03), (Drops(1), "aligned", 0.12)])
async def test_words_are_where_they_are_heard(studio: Studio, move: Drops | None, timing: str, worst: float) -> None:
    """Against the stand-in's own word times. Dropped marks are found again by comparing with espeak-ng."""
    if move:
        studio.google.then(move)
    event, *_ = await studio.planned()
    answer = await studio.narrate(event)
    narration = await studio.deps.store.get_json(answer.narration.key, Narration)
    truth = await read_aloud(SCENES[0].beats[0].text)
    words = [word for word in narration.words if word.beat == 0]
    assert narration.timing == timing
    shift = words[0].start - truth.marks[0].seconds
    off = [abs(word.start - shift - mark.seconds) for word, mark in zip(words, truth.marks, strict=True)]
    assert max(off) < worst


async def test_nothing_is_paid_for_twice(studio: Studio) -> None:
    event, *_ = await studio.planned()
    first = await studio.narrate(event)
    asked = len(studio.google.requests)
    again = await studio.narrate(event)
    assert len(studio.google.requests) == asked
    assert again.spent == first.spent, "a delivery that was cut off before it could tell is told by the next"
    other = await studio.narrate(msgspec.structs.replace(event, video_id=new_id()))
    assert len(studio.google.requests) == asked
    assert other.spent == (), "another video finds it for nothing"


async def test_scenes_stop_before_the_limit_is_passed(studio: Studio) -> None:
    """Enough for two scenes is not enough for three: the first to be spoken says so, before anything is paid."""
    first, *_ = await studio.planned(max_cost_usd=COST * 2.5)
    with pytest.raises(Permanent) as refused:
        await studio.narrate(first)
    assert refused.value.problem.code == "budget-exceeded"
    assert "3 scenes with en-US-Neural2-F" in refused.value.problem.detail
    assert "max_cost_usd" in refused.value.problem.remedy
    assert not studio.google.requests


async def test_a_video_within_its_limit_is_spoken_to_the_end(studio: Studio) -> None:
    scenes = await studio.planned(max_cost_usd=COST * 3.2)
    answers = [await studio.narrate(scene) for scene in scenes]
    assert sum(item.cost_usd for answer in answers for item in answer.spent) <= COST * 3.2


async def test_a_free_voice_needs_no_allowance(studio: Studio) -> None:
    event, *_ = await studio.planned(max_cost_usd=0.0001, voice="espeak-en-GB")
    assert (await studio.narrate(event)).spent[0].cost_usd == 0


async def test_a_wrong_key_fails_the_scene_in_words_that_help(studio: Studio) -> None:
    studio.google.then(*[Refuses(Code.UNAUTHENTICATED, "API key not valid.")] * 2)
    event, *_ = await studio.planned()
    with pytest.raises(Permanent) as failed:
        await studio.narrate(event)
    assert "Google Text-to-Speech: " in failed.value.problem.detail
    assert "GOOGLE_APPLICATION_CREDENTIALS" in failed.value.problem.remedy


async def test_pronunciations_are_spoken_and_not_written(studio: Studio) -> None:
    event, *_ = await studio.planned()
    script = Script(
        title="T",
        scenes=(Scene(title="S", beats=(Beat(text="Xylem rises."),)),),
        pronunciations={"Xylem": "zy-lem"},
    )
    await studio.deps.store.put_json("videos/lexicon.json", script)
    answer = await studio.narrate(msgspec.structs.replace(event, script_key="videos/lexicon.json"))
    narration = await studio.deps.store.get_json(answer.narration.key, Narration)
    assert [word.text for word in narration.words] == ["Xylem", "rises."]
    assert "zy-lem" in studio.google.requests[0].input.ssml
