"""Gemini's voices through google-genai, against a stand-in that can misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from standins.behaviour import Cuts, Empty, Fails, Garbles, Hangs, Script, Sounds
from standins.gemini import gemini
from standins.reading import read_aloud, wav

from lectern.voice.engines.gemini import GeminiEngine
from lectern.voice.speech import Speech
from lectern.voice.voices import find_voice, load_voices
from lectern.worker import Permanent, Transient

VOICE = find_voice("gemini-Kore", load_voices())
TEXT = "If a < b, the leaf grows."
KEY = "AIza-secret-0123456789"


@dataclass
class Desk:
    """An engine and the stand-in it talks to."""

    engine: GeminiEngine
    google: Script

    async def say(self, *texts: str, rate: float = 1.0) -> Speech:
        return await self.engine.speak(texts or (TEXT,), VOICE, "en", rate)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with gemini() as google:
        engine = GeminiEngine(KEY, url=google.url, timeout=2)
        yield Desk(engine=engine, google=google)
        await engine.close()


@pytest.fixture
async def sound() -> Sounds:
    return Sounds(wav(await read_aloud(TEXT)), input=30, output=75)


async def test_sound_is_asked_for_in_a_voice_and_a_style_that_is_not_read_aloud(desk: Desk, sound: Sounds) -> None:
    desk.google.then(sound)
    await desk.say(rate=1.2)
    [request] = desk.google.requests
    [part] = request["contents"][0]["parts"]
    assert part["text"] == "If a  less than  b, the leaf grows.", "angle brackets would be vocal directions"
    assert "20% faster" in part["speechMetadata"]["style"]
    assert request["model"] == "gemini-3.8-flash-tts"
    assert request["generationConfig"]["responseModalities"] == ["AUDIO"]
    config = request["generationConfig"]["speechConfig"]
    assert config["voice_config"]["prebuilt_voice_config"]["voice_name"] == "Kore", "as the library writes it"
    assert config["language_code"] == "en"


async def test_wav_and_raw_samples_are_both_understood(desk: Desk, sound: Sounds) -> None:
    passage = await read_aloud(TEXT)
    raw = Sounds(passage.samples.astype("<i2").tobytes(), kind=f"audio/L16;codec=pcm;rate={passage.rate}")
    desk.google.then(sound, raw)
    first, second = await desk.say(), await desk.say()
    assert first.passages[0].seconds == second.passages[0].seconds == passage.seconds
    assert first.timing == "estimated"


async def test_tokens_are_billed_by_the_table(desk: Desk, sound: Sounds) -> None:
    desk.google.then(sound)
    [spent] = (await desk.say()).spent
    assert (spent.input, spent.output, spent.requests) == (30, 75, 1)
    expected = (30 * VOICE.usd_per_million_input + 75 * VOICE.usd_per_million_output) / 1e6
    assert spent.cost_usd == pytest.approx(expected)


@pytest.mark.parametrize(
    "trouble",
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
async def test_what_passes_is_tried_again(desk: Desk, sound: Sounds, trouble: Fails | Cuts | Sounds) -> None:
    desk.google.then(trouble, sound)
    assert (await desk.say()).passages[0].seconds > 0.5
    assert len(desk.google.requests) == 2


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (Fails(400, "API key not valid. Please pass a valid API key."), "provider-auth"),
        (Fails(403, "Permission denied"), "provider-auth"),
        (Fails(429, "You exceeded your current quota, check your plan and billing"), "provider-quota-spent"),
        (Fails(400, "Voice name Kora is not supported"), "voice-unavailable"),
        (Fails(400, "Request is too long"), "provider-refused-request"),
        (Fails(404, "models/x is not found"), "provider-refused-request"),
    ],
)
async def test_what_does_not_pass_is_told_without_the_key(desk: Desk, trouble: Fails, code: str) -> None:
    desk.google.then(trouble)
    with pytest.raises(Permanent) as failed:
        await desk.say()
    assert failed.value.problem.code == code
    assert trouble.message in failed.value.problem.detail
    assert KEY not in repr(failed.value.problem)


async def test_a_service_that_hangs_is_left_and_the_scene_handed_back(desk: Desk) -> None:
    desk.google.then(*[Hangs()] * 4)
    desk.engine._timeout = 0.2
    with pytest.raises(Transient, match="no answer within"):
        await desk.say()
