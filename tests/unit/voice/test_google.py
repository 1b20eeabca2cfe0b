"""Google's voices through its real client, against a stand-in that speaks gRPC and can misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import pairwise

import pytest
from standins.google_tts import Code, Drops, GoogleScript, Hangs, Refuses, Sends, Speaks, google_tts
from standins.reading import read_aloud

from lectern.voice.engines.google import LIMIT, GoogleEngine, ssml
from lectern.voice.speech import Speech
from lectern.voice.voices import Voice, find_voice, load_voices
from lectern.worker import Permanent, Transient

VOICES = load_voices()
MARKED, PLAIN = find_voice("en-US-Neural2-F", VOICES), find_voice("en-US-Chirp3-HD-Kore", VOICES)
TEXT = "Light & water: a < b, and the leaf's work begins."


@dataclass
class Desk:
    """An engine and the stand-in it talks to."""

    engine: GoogleEngine
    google: GoogleScript

    async def say(self, *texts: str, voice: Voice = MARKED, rate: float = 1.0) -> Speech:
        return await self.engine.speak(texts or (TEXT,), voice, "en", rate)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with google_tts() as google:
        engine = GoogleEngine(url=google.url, timeout=3)
        yield Desk(engine=engine, google=google)
        await engine.close()


async def test_every_word_is_marked_and_timed(desk: Desk) -> None:
    speech = await desk.say()
    truth = {mark.offset: mark.seconds for mark in (await read_aloud(TEXT)).marks}
    found = {mark.offset: mark.seconds for mark in speech.passages[0].marks}
    assert speech.timing == "exact"
    assert [TEXT[offset:].split()[0] for offset in found] == TEXT.split()
    assert all(found[offset] == pytest.approx(truth[offset]) for offset in found if offset in truth)


async def test_markup_in_a_text_stays_text(desk: Desk) -> None:
    await desk.say('Say <break time="9s"/> & "quote".')
    assert "&lt;<mark" not in desk.google.requests[0].input.ssml
    assert "&lt;break" in desk.google.requests[0].input.ssml
    assert ssml("a & b") == '<speak><mark name="0"/>a <mark name="1"/>&amp; <mark name="2"/>b</speak>'


async def test_the_request_names_voice_language_and_pace(desk: Desk) -> None:
    await desk.say(rate=1.25)
    [request] = desk.google.requests
    assert (request.voice.name, request.voice.language_code) == ("en-US-Neural2-F", "en-US")
    assert request.audio_config.speaking_rate == 1.25


async def test_a_voice_without_marks_is_sent_plain_text_and_its_timing_is_to_be_found(desk: Desk) -> None:
    speech = await desk.say(voice=PLAIN)
    assert desk.google.requests[0].input.text == TEXT
    assert not desk.google.requests[0].input.ssml
    assert speech.timing == "estimated"


async def test_marks_that_did_not_come_back_are_noticed(desk: Desk) -> None:
    desk.google.then(Drops(1))
    assert (await desk.say()).timing == "estimated"


async def test_a_voice_that_refuses_ssml_is_sent_plain_text_from_then_on(desk: Desk) -> None:
    desk.google.then(Refuses(Code.INVALID_ARGUMENT, "This voice does not support SSML input."))
    first, second = await desk.say(), await desk.say()
    assert [bool(request.input.ssml) for request in desk.google.requests] == [True, False, False]
    assert (first.timing, second.timing) == ("estimated", "estimated")


async def test_a_long_text_is_spoken_in_pieces_that_fit_and_its_marks_go_on(desk: Desk) -> None:
    text = " ".join(f"Sentence {number} is about the leaf and the light that falls on it." for number in range(25))
    speech = await desk.say(text)
    assert len(desk.google.requests) >= 2
    assert all(len(request.input.ssml.encode()) <= LIMIT for request in desk.google.requests)
    marks = speech.passages[0].marks
    assert speech.timing == "exact"
    assert [text[mark.offset :].split()[0] for mark in marks] == text.split()
    assert all(a.seconds <= b.seconds for a, b in pairwise(marks))
    assert marks[-1].seconds < speech.passages[0].seconds


async def test_characters_are_billed(desk: Desk) -> None:
    speech = await desk.say("Light.", "Water.")
    [spent] = speech.spent
    assert (spent.kind, spent.name, spent.requests, spent.characters) == ("voice", "google/en-US-Neural2-F", 2, 12)


@pytest.mark.parametrize(
    "trouble",
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
async def test_what_passes_is_tried_again(desk: Desk, trouble: Refuses | Sends) -> None:
    desk.google.then(trouble)
    speech = await desk.say()
    assert len(desk.google.requests) == 2
    assert speech.timing == "exact"


@pytest.mark.parametrize(
    ("trouble", "code", "said"),
    [
        (Refuses(Code.UNAUTHENTICATED, "API key not valid."), "provider-auth", "API key not valid"),
        (Refuses(Code.PERMISSION_DENIED, "API has not been used in project 1."), "provider-auth", "has not been used"),
        (Refuses(Code.RESOURCE_EXHAUSTED, "Quota per day is spent"), "provider-quota-spent", "per day"),
        (Refuses(Code.INVALID_ARGUMENT, "Voice 'x' does not exist."), "voice-unavailable", "does not exist"),
        (Refuses(Code.INVALID_ARGUMENT, "Input is longer than 5000 bytes."), "provider-refused-request", "5000"),
    ],
)
async def test_what_does_not_pass_is_told_with_a_remedy(desk: Desk, trouble: Refuses, code: str, said: str) -> None:
    desk.google.then(trouble)
    with pytest.raises(Permanent) as failed:
        await desk.say()
    problem = failed.value.problem
    assert problem.code == code
    assert said in problem.detail
    assert "Google Text-to-Speech" in problem.detail
    assert problem.remedy
    assert len(desk.google.requests) == 1, "it is not tried again"


async def test_a_service_that_stays_away_hands_the_scene_back(desk: Desk) -> None:
    desk.google.then(*[Refuses(Code.UNAVAILABLE, "No capacity")] * 4)
    with pytest.raises(Transient) as away:
        await desk.say()
    assert away.value.problem is not None
    assert away.value.problem.code == "provider-unavailable"
    assert len(desk.google.requests) == 4


async def test_a_scene_that_comes_back_asks_only_for_what_it_does_not_have(desk: Desk) -> None:
    desk.engine._under_way = asyncio.Semaphore(1)  # one after the other, so that the first is spoken before the second
    texts = ("One is done.", "Two is not.")
    desk.google.then(Speaks(), *[Refuses(Code.UNAVAILABLE, "No capacity")] * 4)
    with pytest.raises(Transient):
        await desk.say(*texts)
    before = len(desk.google.requests)
    speech = await desk.say(*texts)
    assert len(desk.google.requests) == before + 1
    assert speech.spent[0].characters == sum(map(len, texts)), "what the first delivery paid for is on the bill"
    await desk.say(*texts)
    assert len(desk.google.requests) == before + 3, "a redo is spoken anew"


async def test_a_long_wait_is_left_to_the_queue(desk: Desk) -> None:
    desk.google.then(Refuses(Code.RESOURCE_EXHAUSTED, "per minute", retry_after=45))
    with pytest.raises(Transient) as away:
        await desk.say()
    assert away.value.retry_after == 45
    assert len(desk.google.requests) == 1


async def test_a_service_that_hangs_is_left(desk: Desk) -> None:
    desk.google.then(*[Hangs()] * 4)
    desk.engine._timeout = 0.2
    with pytest.raises(Transient, match=r"no answer|Deadline"):
        await desk.say()


async def test_a_failure_stops_what_else_is_under_way(desk: Desk) -> None:
    desk.google.then(Refuses(Code.UNAUTHENTICATED, "no"), *[Hangs()] * 3)
    with pytest.raises(Permanent):
        await desk.say("One.", "Two.", "Three.", "Four.", "Five.", "Six.")
    assert len(desk.google.requests) <= 4


async def test_a_wrong_clock_is_among_the_remedies(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """Credentials that cannot sign in, as with a clock that is hours off, are told as a key's problem."""
    missing = tmp_path / "key.json"
    missing.write_text('{"type": "service_account", "project_id": "x"}')
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(missing))
    engine = GoogleEngine(timeout=2)
    with pytest.raises(Permanent) as failed:
        await engine.speak((TEXT,), MARKED, "en", 1.0)
    assert failed.value.problem.code == "provider-auth"
    assert "clock" in failed.value.problem.remedy
