"""Google's voices through its real client, against a stand-in that speaks gRPC and can misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from pathlib import Path

import pytest
from standins.google_tts import Code, Drops, GoogleScript, Hangs, Refuses, Sends, google_tts
from standins.reading import read_aloud
from unit.voice.remote_engines import remote_engine

from lectern.voice.engines.google import to_ssml
from lectern.voice.speech import Speech
from lectern.voice.table import load_voices
from lectern.voice.voices import Voice, find_voice
from lectern.worker import Permanent, Transient

Speak = Callable[..., Awaitable[Speech]]

MAX_REQUEST_BYTES = 5000
VOICES = load_voices()
MARKED, PLAIN = find_voice("en-US-Neural2-F", VOICES), find_voice("en-US-Chirp3-HD-Kore", VOICES)
TEXT = "Light & water: a < b, and the leaf's work begins."


@pytest.fixture
async def google() -> AsyncIterator[GoogleScript]:
    async with google_tts() as script:
        yield script


@pytest.fixture
async def speak(google: GoogleScript) -> AsyncIterator[Speak]:
    """Speaks texts with the engine."""
    engine = remote_engine("google", timeout=3, google_tts_url=google.url)

    async def speak(*texts: str, voice: Voice = MARKED, rate: float = 1.0) -> Speech:
        return await engine.speak(texts or (TEXT,), voice, "en", rate)

    yield speak
    await engine.close()


async def test_every_word_is_marked_and_timed(google: GoogleScript, speak: Speak) -> None:
    speech = await speak()
    truth = {mark.offset: mark.seconds for mark in (await read_aloud(TEXT)).marks}
    found = {mark.offset: mark.seconds for mark in speech.passages[0].marks}
    assert speech.timing == "exact"
    assert [TEXT[offset:].split()[0] for offset in found] == TEXT.split()
    assert all(found[offset] == pytest.approx(truth[offset]) for offset in found if offset in truth)


async def test_markup_in_a_text_is_escaped(google: GoogleScript, speak: Speak) -> None:
    await speak('Say <break time="9s"/> & "quote".')
    assert "&lt;<mark" not in google.requests[0].input.ssml
    assert "&lt;break" in google.requests[0].input.ssml
    assert to_ssml("a & b") == '<speak><mark name="0"/>a <mark name="1"/>&amp; <mark name="2"/>b</speak>'


async def test_the_request_names_voice_language_and_pace(google: GoogleScript, speak: Speak) -> None:
    await speak(rate=1.25)
    [request] = google.requests
    assert (request.voice.name, request.voice.language_code) == ("en-US-Neural2-F", "en-US")
    assert request.audio_config.speaking_rate == 1.25


async def test_a_voice_without_marks_is_sent_plain_text(google: GoogleScript, speak: Speak) -> None:
    speech = await speak(voice=PLAIN)
    assert google.requests[0].input.text == TEXT
    assert not google.requests[0].input.ssml
    assert speech.timing == "estimated"


async def test_missing_marks_make_the_timing_estimated(google: GoogleScript, speak: Speak) -> None:
    google.then(Drops(1))
    assert (await speak()).timing == "estimated"


async def test_a_voice_that_refuses_ssml_is_sent_plain_text_from_then_on(google: GoogleScript, speak: Speak) -> None:
    google.then(Refuses(Code.INVALID_ARGUMENT, "This voice does not support SSML input."))
    first, second = await speak(), await speak()
    assert [bool(request.input.ssml) for request in google.requests] == [True, False, False]
    assert (first.timing, second.timing) == ("estimated", "estimated")


async def test_a_long_text_is_split_and_its_marks_are_joined(google: GoogleScript, speak: Speak) -> None:
    text = " ".join(f"Sentence {number} is about the leaf and the light that falls on it." for number in range(25))
    speech = await speak(text)
    assert len(google.requests) >= 2
    assert all(len(request.input.ssml.encode()) <= MAX_REQUEST_BYTES for request in google.requests)
    marks = speech.passages[0].marks
    assert speech.timing == "exact"
    assert [text[mark.offset :].split()[0] for mark in marks] == text.split()
    assert all(a.seconds <= b.seconds for a, b in pairwise(marks))
    assert marks[-1].seconds < speech.passages[0].seconds


async def test_characters_are_billed(google: GoogleScript, speak: Speak) -> None:
    speech = await speak("Light.", "Water.")
    [spent] = speech.spent
    assert (spent.kind, spent.name, spent.requests, spent.characters) == ("voice", "google/en-US-Neural2-F", 2, 12)


@pytest.mark.parametrize(
    "failure",
    [
        Refuses(Code.RESOURCE_EXHAUSTED, "Quota exceeded for requests per minute"),
        Refuses(Code.RESOURCE_EXHAUSTED, "Quota exceeded for requests per minute", retry_after=0.05),
        Refuses(Code.UNAVAILABLE, "The service is currently unavailable."),
        Refuses(Code.INTERNAL, "Internal error encountered."),
        Sends(b""),
        Sends(b"<html>busy</html>"),
        Sends(b"RIFF\x00\x00"),
    ],
)
async def test_a_passing_failure_is_retried(google: GoogleScript, speak: Speak, failure: Refuses | Sends) -> None:
    google.then(failure)
    speech = await speak()
    assert len(google.requests) == 2
    assert speech.timing == "exact"


@pytest.mark.parametrize(
    ("failure", "code", "detail"),
    [
        (Refuses(Code.UNAUTHENTICATED, "API key not valid."), "provider-auth", "API key not valid"),
        (Refuses(Code.PERMISSION_DENIED, "API has not been used in project 1."), "provider-auth", "has not been used"),
        (Refuses(Code.RESOURCE_EXHAUSTED, "Quota per day is spent"), "provider-quota-spent", "per day"),
        (Refuses(Code.INVALID_ARGUMENT, "Voice 'x' does not exist."), "voice-unavailable", "does not exist"),
        (Refuses(Code.INVALID_ARGUMENT, "Input is longer than 5000 bytes."), "provider-refused-request", "5000"),
    ],
)
async def test_a_lasting_failure_is_reported_with_a_remedy(
    google: GoogleScript, speak: Speak, failure: Refuses, code: str, detail: str
) -> None:
    google.then(failure)
    with pytest.raises(Permanent) as failed:
        await speak()
    problem = failed.value.problem
    assert problem.code == code
    assert detail in problem.detail
    assert "Google Text-to-Speech" in problem.detail
    assert problem.remedy
    assert len(google.requests) == 1, "it is not retried"


async def test_a_service_that_stays_unavailable_returns_the_scene_to_the_queue(
    google: GoogleScript, speak: Speak
) -> None:
    google.then(*[Refuses(Code.UNAVAILABLE, "No capacity")] * 4)
    with pytest.raises(Transient) as failed:
        await speak()
    assert failed.value.problem is not None
    assert failed.value.problem.code == "provider-unavailable"
    assert len(google.requests) == 4


async def test_a_long_delay_is_left_to_the_queue(google: GoogleScript, speak: Speak) -> None:
    google.then(Refuses(Code.RESOURCE_EXHAUSTED, "per minute", retry_after=45))
    with pytest.raises(Transient) as failed:
        await speak()
    assert failed.value.retry_after == 45
    assert len(google.requests) == 1


async def test_an_answer_that_never_comes_is_not_waited_for(google: GoogleScript) -> None:
    engine = remote_engine("google", timeout=0.2, google_tts_url=google.url)
    google.then(*[Hangs()] * 4)
    with pytest.raises(Transient, match="no answer"):
        await engine.speak((TEXT,), MARKED, "en", 1.0)
    await engine.close()


async def test_a_failure_cancels_the_other_requests(google: GoogleScript, speak: Speak) -> None:
    google.then(Refuses(Code.UNAUTHENTICATED, "no"), *[Hangs()] * 3)
    with pytest.raises(Permanent):
        await speak("One.", "Two.", "Three.", "Four.", "Five.", "Six.")
    assert len(google.requests) <= 4


async def test_credentials_that_cannot_sign_in_are_a_problem_of_key_or_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = tmp_path / "key.json"
    credentials.write_text('{"type": "service_account", "project_id": "x"}')
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(credentials))
    with pytest.raises(Permanent) as failed:
        await remote_engine("google").speak((TEXT,), MARKED, "en", 1.0)
    assert failed.value.problem.code == "provider-auth"
    assert "clock" in failed.value.problem.remedy
