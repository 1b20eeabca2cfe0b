"""Gemini's voices through google-genai, against a stand-in that can misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from standins.behaviour import Cuts, Empty, Fails, Garbles, Hangs, Sounds, StandIn
from standins.gemini import gemini
from standins.reading import read_aloud, wav
from unit.voice.remote_engines import remote_engine

from lectern.voice.speech import Speech
from lectern.voice.table import load_voices
from lectern.voice.voices import find_voice
from lectern.worker import Permanent, Transient

Speak = Callable[..., Awaitable[Speech]]

VOICE = find_voice("gemini-Kore", load_voices())
TEXT = "If a < b, the leaf grows."
KEY = "AIza-secret-0123456789"


@pytest.fixture
async def google() -> AsyncIterator[StandIn]:
    async with gemini() as script:
        yield script


@pytest.fixture
async def speak(google: StandIn) -> AsyncIterator[Speak]:
    """Speaks texts with the engine."""
    engine = remote_engine("gemini", timeout=2, GEMINI_API_KEY=KEY, gemini_url=google.url)

    async def speak(*texts: str, rate: float = 1.0) -> Speech:
        return await engine.speak(texts or (TEXT,), VOICE, "en", rate)

    yield speak
    await engine.close()


@pytest.fixture
async def sound() -> Sounds:
    return Sounds(wav(await read_aloud(TEXT)), input=30, output=75)


async def test_a_request_names_voice_and_style_beside_the_text(google: StandIn, speak: Speak, sound: Sounds) -> None:
    google.then(sound)
    await speak(rate=1.2)
    [request] = google.requests
    [part] = request["contents"][0]["parts"]
    assert part["text"] == "If a  less than  b, the leaf grows.", "angle brackets would be vocal directions"
    assert "20% faster" in part["speechMetadata"]["style"]
    assert request["model"] == "gemini-3.8-flash-tts"
    assert request["generationConfig"]["responseModalities"] == ["AUDIO"]
    config = request["generationConfig"]["speechConfig"]
    assert config["voice_config"]["prebuilt_voice_config"]["voice_name"] == "Kore", "as the library writes it"
    assert config["language_code"] == "en"


async def test_wav_and_raw_samples_are_read(google: StandIn, speak: Speak, sound: Sounds) -> None:
    passage = await read_aloud(TEXT)
    raw = Sounds(passage.samples.astype("<i2").tobytes(), kind=f"audio/L16;codec=pcm;rate={passage.rate}")
    google.then(sound, raw)
    first, second = await speak(), await speak()
    assert first.passages[0].seconds == second.passages[0].seconds == passage.seconds
    assert first.timing == "estimated"


async def test_tokens_are_billed_at_the_tables_prices(google: StandIn, speak: Speak, sound: Sounds) -> None:
    google.then(sound)
    [spent] = (await speak()).spent
    assert (spent.input, spent.output, spent.requests) == (30, 75, 1)
    expected = (30 * VOICE.usd_per_million_input + 75 * VOICE.usd_per_million_output) / 1e6
    assert spent.cost_usd == pytest.approx(expected)


@pytest.mark.parametrize(
    "failure",
    [
        Fails(429, headers={"Retry-After": "0"}),
        Fails(500),
        Fails(503),
        Cuts(),
        Garbles(),
        Empty(),
        Sounds(b"", kind="audio/wav"),
        Sounds(b"\x00" * 4000, kind="audio/L16;rate=24000"),
        Sounds(b"\xff\xd8\xff", kind="image/jpeg"),
    ],
)
async def test_a_passing_failure_is_retried(
    google: StandIn, speak: Speak, sound: Sounds, failure: Fails | Cuts | Sounds
) -> None:
    google.then(failure, sound)
    assert (await speak()).passages[0].seconds > 0.5
    assert len(google.requests) == 2


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Fails(400, "API key not valid. Please pass a valid API key."), "provider-auth"),
        (Fails(403, "Permission denied"), "provider-auth"),
        (Fails(429, "You exceeded your current quota, check your plan and billing"), "provider-quota-spent"),
        (Fails(400, "Voice name Kora is not supported"), "voice-unavailable"),
        (Fails(400, "Request is too long"), "provider-refused-request"),
        (Fails(404, "models/x is not found"), "provider-refused-request"),
    ],
)
async def test_a_lasting_failure_is_reported_without_the_key(
    google: StandIn, speak: Speak, failure: Fails, code: str
) -> None:
    google.then(failure)
    with pytest.raises(Permanent) as failed:
        await speak()
    assert failed.value.problem.code == code
    assert failure.message in failed.value.problem.detail
    assert KEY not in repr(failed.value.problem)


async def test_an_answer_that_never_comes_is_not_waited_for(google: StandIn) -> None:
    engine = remote_engine("gemini", timeout=0.2, GEMINI_API_KEY=KEY, gemini_url=google.url)
    google.then(*[Hangs()] * 4)
    with pytest.raises(Transient, match="no answer within"):
        await engine.speak((TEXT,), VOICE, "en", 1.0)
    await engine.close()
