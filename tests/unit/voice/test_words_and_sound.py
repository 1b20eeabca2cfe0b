"""Texts are cut without losing a word, sounds are joined without a click."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.voice.chunks import chunks
from lectern.voice.sound import at_rate, check_spoken, joined, read_wav, trimmed
from lectern.voice.speech import Mark, Passage
from lectern.voice.words import written_words

texts = st.text(st.sampled_from("ab é.,! ?\n植物利用阳光。かなタイไทย1"), max_size=200)


@given(texts, st.sampled_from(["", "zh-CN", "zh-TW", "ja", "th", "en"]))
def test_words_are_the_text_in_order(text: str, language: str) -> None:
    words = written_words(text, language)
    assert "".join(word.text for word in words) == "".join(text.split())
    for word in words:
        assert text[word.offset : word.offset + len(word.text)] == word.text
        assert word.glued == (word.offset > 0 and not text[word.offset - 1].isspace())


@given(texts, st.integers(5, 60))
def test_chunks_fit_and_keep_every_word(text: str, limit: int) -> None:
    pieces = chunks(text, lambda piece: len(piece.encode()) <= limit)
    assert "".join("".join(piece.split()) for _, piece in pieces) == "".join(text.split())
    for offset, piece in pieces:
        assert text[offset : offset + len(piece)] == piece
        assert len(piece.encode()) <= limit


def test_a_text_is_cut_between_sentences_first() -> None:
    text = "Light falls in. Water rises, slowly, in the stem. Sugar stays."
    pieces = [piece for _, piece in chunks(text, lambda each: len(each) <= 40)]
    assert pieces == ["Light falls in.", "Water rises, slowly, in the stem.", "Sugar stays."]
    pieces = [piece for _, piece in chunks(text, lambda each: len(each) <= 20)]
    assert pieces == ["Light falls in.", "Water rises,", "slowly, in the stem.", "Sugar stays."]


def tone(seconds: float, rate: int = 24_000, before: float = 0.1) -> Passage:
    """A loud tone with silence around it, and a mark where it starts."""
    times = np.arange(round(seconds * rate)) / rate
    quiet = np.zeros(round(before * rate))
    sound = np.concatenate([quiet, 12_000 * np.sin(2 * np.pi * 220 * times + 1.0), quiet]).astype(np.int16)
    return Passage(samples=sound, rate=rate, marks=(Mark(offset=0, seconds=before),))


def test_pieces_are_joined_without_a_click() -> None:
    """A step from one sample to the next is never larger than inside the tone, which starts and ends at full height."""
    whole = joined([(0, tone(0.5, before=0)), (10, tone(0.7, before=0))])
    steepest = np.abs(np.diff(tone(0.5).samples[3000:10_000].astype(np.int32))).max()
    assert np.abs(np.diff(whole.samples.astype(np.int32))).max() <= steepest * 1.1


def test_marks_move_with_their_pieces() -> None:
    whole = joined([(0, tone(0.5)), (10, tone(0.7))])
    for mark in whole.marks:
        start = round(mark.seconds * whole.rate)
        assert np.abs(whole.samples[start + 200 : start + 700].astype(np.int32)).max() > 5000, "a tone begins there"
        assert np.abs(whole.samples[max(0, start - 700) : max(1, start - 500)].astype(np.int32)).max() < 300
    assert [mark.offset for mark in whole.marks] == [0, 10]


def test_another_rate_keeps_pitch_and_length() -> None:
    there = at_rate(tone(1.0, rate=16_000), 24_000)
    assert there.seconds == pytest.approx(tone(1.0, rate=16_000).seconds, abs=0.001)
    loud = trimmed(there).samples.astype(np.float64)
    assert np.argmax(np.abs(np.fft.rfft(loud))) / (len(loud) / 24_000) == pytest.approx(220, abs=3)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"<html>busy</html>", b"RIFF\x24\x00\x00\x00WAVEfmt "])
def test_what_is_not_sound_is_said_to_be_none(data: bytes) -> None:
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
def test_what_cannot_be_the_text_spoken_is_refused(samples: np.ndarray, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_spoken(samples, 24_000, 10)
