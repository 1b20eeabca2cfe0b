"""ElevenLabs over its REST protocol, against a stand-in that can misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from standins.behaviour import Cuts, Fails, Garbles, Hangs, StandIn
from standins.elevenlabs import elevenlabs
from standins.reading import read_aloud
from unit.voice.remote_engines import remote_engine

from lectern.voice.engines.elevenlabs import CharacterTimes, mark_words
from lectern.voice.speech import Speech
from lectern.voice.table import load_voices
from lectern.voice.voices import find_voice
from lectern.worker import Permanent, Transient

Speak = Callable[..., Awaitable[Speech]]

VOICE = find_voice("eleven-George", load_voices())
TEXTS = ("Every leaf runs on light.", "It takes in water.")
KEY = "sk_secret_0123456789"


@pytest.fixture
async def labs() -> AsyncIterator[StandIn]:
    async with elevenlabs() as script:
        yield script


@pytest.fixture
async def speak(labs: StandIn) -> AsyncIterator[Speak]:
    """Speaks texts with the engine."""
    engine = remote_engine("elevenlabs", timeout=2, elevenlabs_api_key=KEY, elevenlabs_url=labs.url)

    async def speak(*texts: str, rate: float = 1.0) -> Speech:
        return await engine.speak(texts or TEXTS, VOICE, "en", rate)

    yield speak
    await engine.close()


async def test_words_begin_with_their_first_character(labs: StandIn, speak: Speak) -> None:
    speech = await speak(TEXTS[0])
    truth = {mark.offset: mark.seconds for mark in (await read_aloud(TEXTS[0])).marks}
    found = {mark.offset: mark.seconds for mark in speech.passages[0].marks}
    assert speech.timing == "exact"
    assert [TEXTS[0][offset:].split()[0] for offset in found] == TEXTS[0].split()
    assert all(found[offset] == pytest.approx(truth[offset], abs=1e-6) for offset in found if offset in truth)


async def test_a_request_carries_the_key_model_pace_and_neighbouring_texts(labs: StandIn, speak: Speak) -> None:
    await speak(rate=1.9)
    first, second = sorted(labs.requests, key=lambda request: TEXTS.index(request["text"]))
    assert first["voice"] == VOICE.name
    assert first["model_id"] == "eleven_multilingual_v2"
    assert first["output_format"] == "pcm_24000"
    assert first["voice_settings"]["speed"] == 1.2, "the fastest it accepts"
    assert (first["next_text"], second["previous_text"]) == (TEXTS[1], TEXTS[0])
    assert {headers["xi-api-key"] for headers in labs.headers} == {KEY}


async def test_characters_are_billed(labs: StandIn, speak: Speak) -> None:
    [spent] = (await speak()).spent
    assert (spent.requests, spent.characters) == (2, sum(map(len, TEXTS)))
    assert VOICE.estimate_cost(1_000_000) == 100.0


@pytest.mark.parametrize(
    "failure",
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
async def test_a_passing_failure_is_retried(labs: StandIn, speak: Speak, failure: Fails | Cuts | Garbles) -> None:
    labs.then(failure)
    assert (await speak(TEXTS[0])).timing == "exact"
    assert len(labs.requests) == 2


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Fails(401, "Invalid API key", kind="invalid_api_key"), "provider-auth"),
        (Fails(401, "This request exceeds your quota", kind="quota_exceeded"), "provider-quota-spent"),
        (Fails(402, "Payment required"), "provider-quota-spent"),
        (Fails(404, "A voice with that id was not found", kind="voice_not_found"), "voice-unavailable"),
        (Fails(400, "Text is too long", kind="max_character_limit_exceeded"), "provider-refused-request"),
        (Fails(422, "speed out of range"), "provider-refused-request"),
    ],
)
async def test_a_lasting_failure_is_reported_without_the_key(
    labs: StandIn, speak: Speak, failure: Fails, code: str
) -> None:
    labs.then(failure)
    with pytest.raises(Permanent) as failed:
        await speak(TEXTS[0])
    assert failed.value.problem.code == code
    assert failure.message in failed.value.problem.detail
    assert KEY not in repr(failed.value.problem)
    assert len(labs.requests) == 1


async def test_an_answer_that_never_comes_is_not_waited_for(labs: StandIn) -> None:
    engine = remote_engine("elevenlabs", timeout=0.2, elevenlabs_api_key=KEY, elevenlabs_url=labs.url)
    labs.then(*[Hangs()] * 4)
    with pytest.raises(Transient, match="no answer within"):
        await engine.speak(TEXTS[:1], VOICE, "en", 1.0)
    await engine.close()


def test_characters_that_differ_from_the_text_give_no_times() -> None:
    times = CharacterTimes(
        characters=list("two leaves"),
        character_start_times_seconds=[0.1] * 10,
        character_end_times_seconds=[0.2] * 10,
    )
    assert mark_words("2 leaves", times) == ()
    assert len(mark_words("two leaves", times)) == 2
