"""ElevenLabs over its REST protocol, against a stand-in that can misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from standins.behaviour import Cuts, Fails, Garbles, Hangs, Script
from standins.elevenlabs import elevenlabs
from standins.reading import read_aloud

from lectern.voice.engines.elevenlabs import Alignment, ElevenLabsEngine, character_marks
from lectern.voice.speech import Speech
from lectern.voice.voices import Voice, find_voice, load_voices
from lectern.worker import Permanent, Transient

VOICE = find_voice("eleven-George", load_voices())
TEXTS = ("Every leaf runs on light.", "It takes in water.")
KEY = "sk_secret_0123456789"


@dataclass
class Desk:
    """An engine and the stand-in it talks to."""

    engine: ElevenLabsEngine
    labs: Script

    async def say(self, *texts: str, voice: Voice = VOICE, rate: float = 1.0) -> Speech:
        return await self.engine.speak(texts or TEXTS, voice, "en", rate)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with elevenlabs() as labs:
        engine = ElevenLabsEngine(KEY, url=labs.url, timeout=2)
        yield Desk(engine=engine, labs=labs)
        await engine.close()


async def test_words_begin_with_their_first_character(desk: Desk) -> None:
    speech = await desk.say(TEXTS[0])
    truth = {mark.offset: mark.seconds for mark in (await read_aloud(TEXTS[0])).marks}
    found = {mark.offset: mark.seconds for mark in speech.passages[0].marks}
    assert speech.timing == "exact"
    assert [TEXTS[0][offset:].split()[0] for offset in found] == TEXTS[0].split()
    assert all(found[offset] == pytest.approx(truth[offset], abs=1e-6) for offset in found if offset in truth)


async def test_a_request_carries_key_model_pace_and_its_neighbours(desk: Desk) -> None:
    await desk.say(rate=1.9)
    first, second = sorted(desk.labs.requests, key=lambda request: TEXTS.index(request["text"]))
    assert first["voice"] == VOICE.name
    assert first["model_id"] == "eleven_multilingual_v2"
    assert first["output_format"] == "pcm_24000"
    assert first["voice_settings"]["speed"] == 1.2, "the fastest it takes"
    assert (first["next_text"], second["previous_text"]) == (TEXTS[1], TEXTS[0])
    assert {headers["xi-api-key"] for headers in desk.labs.headers} == {KEY}


async def test_characters_are_billed(desk: Desk) -> None:
    [spent] = (await desk.say()).spent
    assert (spent.requests, spent.characters) == (2, sum(map(len, TEXTS)))
    assert VOICE.estimate(1_000_000) == 100.0


@pytest.mark.parametrize(
    "trouble",
    [
        Fails(429, kind="too_many_concurrent_requests"),
        Fails(429, headers={"Retry-After": "0"}, kind="system_busy"),
        Fails(500),
        Fails(503),
        Cuts('{"audio_base64": "AAAA'),
        Garbles(),
        Garbles(b'{"audio_base64": "!!!"}'),
        Garbles(b'{"audio_base64": "AAAA", "alignment": null}'),
        Garbles(b'{"alignment": {}}'),
    ],
)
async def test_what_passes_is_tried_again(desk: Desk, trouble: Fails | Cuts | Garbles) -> None:
    desk.labs.then(trouble)
    assert (await desk.say(TEXTS[0])).timing == "exact"
    assert len(desk.labs.requests) == 2


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (Fails(401, "Invalid API key", kind="invalid_api_key"), "provider-auth"),
        (Fails(401, "This request exceeds your quota", kind="quota_exceeded"), "provider-quota-spent"),
        (Fails(402, "Payment required"), "provider-quota-spent"),
        (Fails(404, "A voice with that id was not found", kind="voice_not_found"), "voice-unavailable"),
        (Fails(400, "Text is too long", kind="max_character_limit_exceeded"), "provider-refused-request"),
        (Fails(422, "speed out of range"), "provider-refused-request"),
    ],
)
async def test_what_does_not_pass_is_told_without_the_key(desk: Desk, trouble: Fails, code: str) -> None:
    desk.labs.then(trouble)
    with pytest.raises(Permanent) as failed:
        await desk.say(TEXTS[0])
    assert failed.value.problem.code == code
    assert trouble.message in failed.value.problem.detail
    assert KEY not in repr(failed.value.problem)
    assert len(desk.labs.requests) == 1


async def test_a_service_that_hangs_is_left_and_the_scene_handed_back(desk: Desk) -> None:
    desk.labs.then(*[Hangs()] * 4)
    desk.engine._timeout = 0.2
    with pytest.raises(Transient, match="no answer within"):
        await desk.say(TEXTS[0])


def test_characters_that_are_not_the_texts_give_no_times() -> None:
    alignment = Alignment(
        characters=list("two leaves"),
        character_start_times_seconds=[0.1] * 10,
        character_end_times_seconds=[0.2] * 10,
    )
    assert character_marks("2 leaves", alignment) == ()
    assert len(character_marks("two leaves", alignment)) == 2
