"""A voice that refuses is replaced by the next one of the language, once, for every scene of the video."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
import pytest
from standins.behaviour import Fails, StandIn
from standins.elevenlabs import elevenlabs
from standins.gemini import gemini
from standins.google_tts import Code, Drops, GoogleScript, Refuses, google_tts

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief, RefusedVoice, VideoOptions
from lectern.contracts.script import Beat, Scene, Script
from lectern.contracts.state import VideoState
from lectern.scripter.handlers import STAGE as SCRIPTER
from lectern.voice.app import build_deps
from lectern.voice.deps import VoiceDeps
from lectern.voice.handlers import STAGE
from lectern.voice.settings import VoiceSettings
from lectern.worker import Connections
from lectern.worker.delivery import DeliveryResult
from lectern.worker.testing import Delivered, deliver, memory_connections

pytestmark = pytest.mark.usefixtures("rough_loudness")

GONE = Refuses(Code.NOT_FOUND, "Voice 'en-US-Neural2-F' does not exist.")
NO_KEY = Refuses(Code.UNAUTHENTICATED, "API key not valid.")
TITLES = tuple(e.SceneTitle(title=f"S{n}", words=4) for n in (1, 2, 3))


@dataclass
class Video:
    """A video of three scenes in the log, and the voice stage that speaks it."""

    connections: Connections
    deps: VoiceDeps
    script: Script
    video_id: str

    async def state(self) -> VideoState:
        return (await self.connections.event_log.read(self.video_id)).state

    async def planned(self) -> list[e.ScenePlanned]:
        """The newest plan of each scene."""
        plans = {}
        for event in (await self.connections.event_log.read(self.video_id)).events:
            if isinstance(event, e.ScenePlanned):
                plans[event.scene] = event
        return [plans[number] for number in sorted(plans)]

    async def speak(self, *scenes: int) -> list[Delivered]:
        """Delivers the newest plans of these scenes (all) to the voice, all at once."""
        plans = [plan for plan in await self.planned() if not scenes or plan.scene in scenes]
        return list(await asyncio.gather(*(deliver(STAGE, plan, self.connections, self.deps) for plan in plans)))

    async def plan_again(self) -> e.ScriptApproved:
        """Lets the scripter plan the scenes of the newest approval."""
        approved = (await self.state()).approved
        assert approved is not None
        await deliver(SCRIPTER, approved, self.connections)
        return approved

    async def voices(self) -> list[str]:
        """The voice of each scene that is narrated."""
        facts = (await self.state()).scenes().values()
        return [narration.voice for each in facts if (narration := each.narration())]

    async def failure(self, scene: int) -> e.SceneFailed:
        failed = (await self.state()).scene(scene).failed
        assert failed is not None
        return failed


async def start(
    deps: VoiceDeps, *, language: str = "en", speakers: tuple[str, ...] = ("",), **options: object
) -> Video:
    connections, video_id, key = memory_connections(), new_id(), "script.json"
    beats = [tuple(Beat(text=f"Leaf {n} is green.", speaker=name) for name in speakers) for n in (1, 2, 3)]
    script = Script(title="T", language=language, scenes=tuple(Scene(title="S", beats=each) for each in beats))
    await connections.store.put_json(key, script)
    wanted = msgspec.convert(options, VideoOptions)
    log = connections.event_log
    await log.publish(e.VideoRequested(video_id=video_id, brief=Brief(topic="T"), options=wanted))
    await log.publish(e.VideoScripted(video_id=video_id, script_key=key, title="T", scenes=TITLES, options=wanted))
    for scene in (1, 2, 3):
        await log.publish(e.ScenePlanned(video_id=video_id, owner="ann", scene=scene, script_key=key, options=wanted))
    return Video(connections, deps, script, video_id)


@pytest.fixture
async def google() -> AsyncIterator[GoogleScript]:
    async with google_tts() as script:
        yield script


@pytest.fixture
async def deps(google: GoogleScript) -> AsyncIterator[VoiceDeps]:
    """Google's voices, then espeak-ng."""
    deps = build_deps(VoiceSettings(google_tts="on", google_tts_url=google.url))
    yield deps
    await deps.engines["google"].close()


async def test_a_key_that_is_refused_has_the_next_engine_speak_the_whole_video(
    google: GoogleScript, deps: VoiceDeps
) -> None:
    video = await start(deps)
    google.then(*[NO_KEY] * 9)
    await video.speak()
    approved = await video.plan_again()
    assert (approved.revision, approved.plan, approved.owner) == (2, (1, 2, 3), "ann")
    assert approved.options.refused_voices == (
        RefusedVoice(voice="en-US-Neural2-F", engine="google", reason="Google Text-to-Speech: API key not valid."),
    )
    await video.speak()
    assert await video.voices() == ["espeak-en-US"] * 3
    [note] = (await video.state()).notes()
    assert note.text == (
        "The voice en-US-Neural2-F could not be used. Google Text-to-Speech: API key not valid. "
        "It is spoken by espeak-en-US instead."
    )


async def test_scenes_that_are_refused_at_once_begin_one_revision(google: GoogleScript, deps: VoiceDeps) -> None:
    video = await start(deps)
    google.then(*[NO_KEY] * 9)
    answers = await video.speak()
    assert all(answer.result in (DeliveryResult.SUCCESS, DeliveryResult.STALE) for answer in answers)
    log = await video.connections.event_log.read(video.video_id)
    assert [type(event) for event in log.events[5:]] == [e.ScriptApproved]
    assert log.state.revision() == 2


async def test_what_the_refused_voice_has_spoken_is_spoken_again(google: GoogleScript, deps: VoiceDeps) -> None:
    video = await start(deps)
    await video.speak(1)
    assert await video.voices() == ["en-US-Neural2-F"]
    google.then(*[Refuses(Code.RESOURCE_EXHAUSTED, "Quota per day exceeded.")] * 9)
    await video.speak(2, 3)
    await video.plan_again()
    assert await video.voices() == []
    await video.speak()
    assert await video.voices() == ["espeak-en-US"] * 3


async def test_one_voice_that_is_gone_is_followed_by_the_next_of_its_engine(
    google: GoogleScript, deps: VoiceDeps
) -> None:
    video = await start(deps)
    google.then(*[GONE] * 3)
    await video.speak()
    await video.plan_again()
    await video.speak()
    assert await video.voices() == ["en-US-Neural2-D"] * 3


async def test_after_two_voices_of_an_engine_its_others_are_not_tried(google: GoogleScript, deps: VoiceDeps) -> None:
    video = await start(deps)
    google.then(*[GONE] * 6)
    for _ in range(2):
        await video.speak()
        await video.plan_again()
    requests = len(google.requests)
    await video.speak()
    assert await video.voices() == ["espeak-en-US"] * 3
    assert len(google.requests) == requests
    assert len((await video.state()).notes()) == 2


async def test_a_named_voice_that_is_refused_fails_and_names_others(google: GoogleScript, deps: VoiceDeps) -> None:
    video = await start(deps, voice="en-US-Neural2-F")
    google.then(GONE)
    await video.speak(1)
    problem = (await video.failure(1)).problem
    assert problem.code == "voice-unavailable"
    assert "Voices for en that are set up here: en-US-Neural2-D, espeak-en-US" in problem.remedy
    assert (await video.state()).revision() == 1


async def test_a_locale_is_kept_as_long_as_a_voice_speaks_it(google: GoogleScript, deps: VoiceDeps) -> None:
    video = await start(deps, voice="en-GB-female")
    google.then(*[NO_KEY] * 9)
    await video.speak()
    await video.plan_again()
    await video.speak()
    assert await video.voices() == ["espeak-en-GB-female"] * 3
    narrow = await start(deps, voice="en-AU")
    google.moves.clear()
    google.then(*[NO_KEY] * 9)
    await narrow.speak(1)
    problem = (await narrow.failure(1)).problem
    assert problem.code == "provider-auth"
    assert "espeak-en-US" in problem.remedy


async def test_an_outage_is_no_refusal(google: GoogleScript, deps: VoiceDeps) -> None:
    video = await start(deps)
    google.then(*[Refuses(Code.UNAVAILABLE)] * 9)
    [answer] = await video.speak(1)
    assert answer.result is DeliveryResult.WAITING
    assert (await video.state()).revision() == 1


async def test_the_second_voice_of_a_dialogue_is_replaced_alone_and_the_first_ones_cost_is_told(
    google: GoogleScript, deps: VoiceDeps
) -> None:
    video = await start(deps, speakers=("Ana", "Ben"))
    google.then(Drops(99), GONE)  # the first speaks, and drops no mark
    await video.speak(1)
    approved = await video.plan_again()
    assert [each.voice for each in approved.options.refused_voices] == ["en-US-Neural2-D"]
    assert approved.spent[0].cost_usd > 0
    google.requests.clear()
    await video.speak()
    assert {request.voice.name for request in google.requests} == {"en-US-Neural2-F", "en-US-Neural2-J"}
    assert sum(item.requests for item in (await video.state()).usage()) == 1 + 6


async def test_a_users_edit_at_the_same_time_is_not_lost(google: GoogleScript, deps: VoiceDeps) -> None:
    """The edit begins revision 2 between the refusal and what follows from it."""
    video = await start(deps)
    google.then(*[NO_KEY] * 9)
    options = (await video.state()).script().options  # type: ignore[union-attr]
    edit = e.ScriptApproved(
        video_id=video.video_id, revision=2, script_key="script.json", title="Edited", scenes=TITLES, plan=(3,),
        options=options,
    )  # fmt: skip
    log = video.connections.event_log
    append = log.append

    async def edit_first(event: e.AnyEvent, expected_last: int) -> int | None:
        await log.publish(edit)
        return await append(event, expected_last)

    log.append = edit_first  # type: ignore[method-assign]
    await video.speak(1)
    state = await video.state()
    assert state.revision() == 3
    assert state.approved is not None
    assert (state.approved.title, state.approved.plan) == ("Edited", (1, 2, 3))


async def test_a_scene_that_is_redone_has_the_voice_of_the_others(google: GoogleScript, deps: VoiceDeps) -> None:
    """Though another voice would be chosen by now: a key was added after the video was made."""
    video = await start(build_deps(VoiceSettings()))
    await video.speak()
    [_, plan, _] = await video.planned()
    video.deps = deps
    await video.connections.event_log.publish(
        e.ScriptApproved(
            video_id=video.video_id, revision=2, script_key="script.json", title="T", scenes=TITLES, plan=(2,),
            options=plan.options, fresh=True,
        )
    )  # fmt: skip
    await video.plan_again()
    await video.speak(2)
    assert await video.voices() == ["espeak-en-US"] * 3
    assert not google.requests


async def test_when_the_voice_of_the_others_is_gone_they_are_all_spoken_again(deps: VoiceDeps) -> None:
    video = await start(deps)
    await video.speak(1, 2)
    video.deps = build_deps(VoiceSettings())
    await video.speak(3)
    approved = await video.plan_again()
    assert "no longer set up here" in approved.options.refused_voices[0].reason
    await video.speak()
    assert await video.voices() == ["espeak-en-US"] * 3


async def test_a_video_that_was_cancelled_meanwhile_stays_cancelled(google: GoogleScript, deps: VoiceDeps) -> None:
    video = await start(deps)
    google.then(*[NO_KEY] * 9)
    log = video.connections.event_log
    append = log.append

    async def cancel_first(event: e.AnyEvent, expected_last: int) -> int | None:
        await log.publish(e.VideoCancelled(video_id=video.video_id))
        return await append(event, expected_last)

    log.append = cancel_first  # type: ignore[method-assign]
    await video.speak(1)
    state = await video.state()
    assert (state.status(), state.revision()) == ("cancelled", 1)


@pytest.mark.parametrize(
    ("refusal", "engine"),
    [(Fails(404, "models/gemini-tts is not found"), "gemini"), (Fails(400, "API key not valid."), "gemini")],
)
async def test_gemini_that_refuses_is_replaced(refusal: Fails, engine: str) -> None:
    async with gemini() as model:
        deps = build_deps(VoiceSettings(GEMINI_API_KEY="AIza-secret", gemini_url=model.url))  # type: ignore[call-arg]
        await _expect_replacement(deps, model, refusal, engine)


@pytest.mark.parametrize(
    ("refusal", "engine"),
    [
        (Fails(401, '{"detail": {"status": "invalid_api_key", "message": "Invalid API key"}}'), "elevenlabs"),
        (Fails(402, '{"detail": {"status": "quota_exceeded", "message": "No credit"}}'), "elevenlabs"),
    ],
)
async def test_elevenlabs_that_refuses_is_replaced(refusal: Fails, engine: str) -> None:
    async with elevenlabs() as model:
        deps = build_deps(VoiceSettings(elevenlabs_api_key="xi-secret", elevenlabs_url=model.url))  # type: ignore[arg-type]
        await _expect_replacement(deps, model, refusal, engine)


async def _expect_replacement(deps: VoiceDeps, model: StandIn, refusal: Fails, engine: str) -> None:
    try:
        video = await start(deps)
        model.then(*[refusal] * 9)
        await video.speak()
        approved = await video.plan_again()
        [refused] = approved.options.refused_voices
        assert refused.engine == engine
        assert "secret" not in refused.reason
        await video.speak()
        assert await video.voices() == ["espeak-en-US"] * 3
    finally:
        await deps.engines[engine].close()
