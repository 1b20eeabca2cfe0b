"""Texts are split without losing a character, sounds are joined without a click."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.voice.sound import check_speech, convert_rate, join, read_wav, trim
from lectern.voice.speech import Mark, Passage
from lectern.voice.words import split_words

texts = st.text(st.sampled_from("ab é.,! ?\n植物利用阳光。かなタイไทย1"), max_size=200)


@given(texts, st.sampled_from(["", "zh-CN", "zh-TW", "ja", "th", "en"]))
def test_words_are_the_text_in_order(text: str, language: str) -> None:
    words = split_words(text, language)
    assert "".join(word.text for word in words) == "".join(text.split())
    for word in words:
        assert text[word.offset : word.offset + len(word.text)] == word.text
        assert word.glued == (word.offset > 0 and not text[word.offset - 1].isspace())


def tone(seconds: float, rate: int = 24_000, before: float = 0.1) -> Passage:
    """A loud tone with silence around it, and a mark where it starts."""
    times = np.arange(round(seconds * rate)) / rate
    quiet = np.zeros(round(before * rate))
    sound = np.concatenate([quiet, 12_000 * np.sin(2 * np.pi * 220 * times + 1.0), quiet]).astype(np.int16)
    return Passage(samples=sound, rate=rate, marks=(Mark(offset=0, seconds=before),))


def test_pieces_are_joined_without_a_click() -> None:
    """A step from one sample to the next is never larger than inside the tone, which starts and ends at full height."""
    whole = join([(0, tone(0.5, before=0)), (10, tone(0.7, before=0))])
    steepest = np.abs(np.diff(tone(0.5).samples[3000:10_000].astype(np.int32))).max()
    assert np.abs(np.diff(whole.samples.astype(np.int32))).max() <= steepest * 1.1


def test_marks_move_with_their_pieces() -> None:
    whole = join([(0, tone(0.5)), (10, tone(0.7))])
    for mark in whole.marks:
        start = round(mark.seconds * whole.rate)
        assert np.abs(whole.samples[start + 200 : start + 700].astype(np.int32)).max() > 5000, "a tone begins there"
        assert np.abs(whole.samples[max(0, start - 700) : max(1, start - 500)].astype(np.int32)).max() < 300
    assert [mark.offset for mark in whole.marks] == [0, 10]


def test_another_rate_keeps_pitch_and_length() -> None:
    there = convert_rate(tone(1.0, rate=16_000), 24_000)
    assert there.seconds == pytest.approx(tone(1.0, rate=16_000).seconds, abs=0.001)
    loud = trim(there).samples.astype(np.float64)
    assert np.argmax(np.abs(np.fft.rfft(loud))) / (len(loud) / 24_000) == pytest.approx(220, abs=3)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"<html>busy</html>", b"RIFF\x24\x00\x00\x00WAVEfmt "])
def test_data_that_is_not_wav_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a WAV"):
        read_wav(data)


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        (np.zeros(0, np.int16), "no sound"),
        (np.zeros(24_000, np.int16), "silence"),
        (np.full(24_000 * 60, 900, np.int16), "60 s of sound for 10 characters"),
    ],
)
def test_sound_that_cannot_be_the_text_is_refused(samples: np.ndarray, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_speech(Passage(samples=samples, rate=24_000), 10)
