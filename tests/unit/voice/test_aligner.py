"""Word times of voices that report none, against those of a reading whose times are known."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from lectern.voice.aligner import align
from lectern.voice.deps import VoiceDeps
from lectern.voice.engines.espeak import EspeakEngine
from lectern.voice.silences import find_silences, move_out_of_silence
from lectern.voice.sound import trim
from lectern.voice.speech import Mark, Passage, Speech
from lectern.voice.table import load_voices
from lectern.voice.voices import Voice
from lectern.voice.warp import extract_features, find_path, warp_marks

TEXTS = (
    "Every leaf is a tiny factory that runs on light, water and carbon dioxide.",
    "Inside each cell, chlorophyll catches sunlight and splits water into hydrogen and oxygen.",
    "The sugar stays; the oxygen leaves through the pores, and we breathe it.",
)
VOICES = load_voices()
ESPEAK = VoiceDeps(engines={"espeak": EspeakEngine()}, voices=VOICES, reference="espeak")
NO_REFERENCE = VoiceDeps(engines={}, voices=VOICES)


async def speak(name: str, rate: float) -> Speech:
    voice = Voice(id="other", language="en", gender="", engine="espeak", name=name)
    return await EspeakEngine().speak(TEXTS, voice, "en", rate)


def unmarked(speech: Speech) -> Speech:
    bare = tuple(msgspec.structs.replace(passage, marks=()) for passage in speech.passages)
    return msgspec.structs.replace(speech, passages=bare, timing="estimated")


def errors(truth: Speech, found: Speech) -> list[float]:
    """Seconds between where each word begins and where it was found."""
    off = []
    for true, passage in zip(truth.passages, found.passages, strict=True):
        times = {mark.offset: mark.seconds for mark in passage.marks}
        off += [abs(times[mark.offset] - mark.seconds) for mark in trim(true).marks if mark.offset in times]
    return off


@pytest.mark.parametrize(("name", "rate"), [("en-gb-scotland", 0.8), ("en-us+f3", 1.3)])
async def test_words_are_found_in_another_voice_at_another_pace(name: str, rate: float) -> None:
    truth = await speak(name, rate)
    found = await align(unmarked(truth), TEXTS, "en", ESPEAK)
    off = errors(truth, found)
    assert found.timing == "aligned"
    assert len(off) > 35
    assert np.median(off) < 0.02
    assert max(off) < 0.12


async def test_without_a_reference_words_share_their_time_and_timing_is_estimated() -> None:
    truth = await speak("en-us+f3", 1.0)
    found = await align(unmarked(truth), TEXTS, "en", NO_REFERENCE)
    assert found.timing == "estimated"
    assert np.median(errors(truth, found)) < 0.25


async def test_a_language_the_reference_does_not_speak_is_estimated() -> None:
    truth = await speak("en-us", 1.0)
    found = await align(unmarked(truth), TEXTS, "tlh", ESPEAK)
    assert found.timing == "estimated"


def chirp(rate: int = 16_000) -> Passage:
    times = np.arange(rate) / rate
    return Passage(samples=(9000 * np.sin(2 * np.pi * (300 + 900 * times) * times)).astype(np.int16), rate=rate)


def test_a_recording_matches_itself() -> None:
    rows = extract_features(chirp().samples, 16_000)
    assert np.abs(find_path(rows, rows) - np.arange(len(rows))).max() <= 1


def test_a_path_never_goes_back() -> None:
    slow = extract_features(np.repeat(chirp().samples, 2), 16_000)
    path = find_path(extract_features(chirp().samples, 16_000), slow)
    assert (np.diff(path) >= 0).all()
    assert path[-1] >= len(slow) - 3


def test_marks_past_the_end_stay_inside() -> None:
    sound = (chirp().samples, 16_000)
    marks = warp_marks((Mark(offset=0, seconds=-0.0), Mark(offset=5, seconds=99.0)), sound, sound)
    assert [round(mark.seconds, 1) for mark in marks] == [0.0, 1.0]


@pytest.mark.slow
async def test_a_long_passage_is_aligned_in_coarser_steps() -> None:
    text = " ".join(TEXTS * 4)
    voice = Voice(id="other", language="en", gender="", engine="espeak", name="en-us+f3")
    truth = await EspeakEngine().speak((text,), voice, "en", 1.0)
    assert truth.passages[0].seconds > 50
    found = await align(unmarked(truth), (text,), "en", ESPEAK)
    off = errors(truth, found)
    assert np.median(off) < 0.04
    assert max(off) < 0.25


def test_no_word_begins_in_a_silence() -> None:
    loud = chirp().samples
    sound = np.concatenate([loud, np.zeros(8000, np.int16), loud])
    gaps = find_silences(sound, 16_000)
    assert [(round(gap.start, 2), round(gap.end, 2)) for gap in gaps] == [(1.0, 1.5)]
    moved = move_out_of_silence([Mark(offset=0, seconds=0.5), Mark(offset=4, seconds=1.2)], gaps)
    assert [round(mark.seconds, 2) for mark in moved] == [0.5, 1.5]
    assert msgspec.json.encode(moved), "times are plain numbers, which JSON can encode"
