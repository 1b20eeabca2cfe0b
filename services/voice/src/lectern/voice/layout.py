"""Lays out a scene's passages in time: lead-in, pauses, tail, and a length that is whole frames at every rate."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from lectern.contracts.narration import BeatSpan, Word
from lectern.contracts.quality import AUDIO_RATE
from lectern.contracts.script import Beat
from lectern.voice.speech import Mark, Passage, Samples
from lectern.voice.word_times import TimeSpan, lengthen, map_to_written, place_at_marks, spread_words
from lectern.voice.words import WrittenWord, split_words

LEAD_SECONDS, PAUSE_SECONDS, TAIL_SECONDS = 0.25, 0.45, 0.6  # before the first beat, between beats, after the last
# A beat with a pause of its own has that silence after it, where it is the longer one.
BEAT_LEAD_SECONDS = 0.15  # a beat begins before its first word, so that the visual is never late
FRAME_SAMPLES = AUDIO_RATE // 15  # multiples of it are whole frames at 15, 30 and 60 fps: nothing is ever rounded


class NarrationLayout(msgspec.Struct, frozen=True, kw_only=True):
    """A scene's sound and times. `pcm` is at `rate` Hz, the engine's; `samples` is the final length at 48 kHz."""

    pcm: Samples
    rate: int
    samples: int
    beats: tuple[BeatSpan, ...]
    words: tuple[Word, ...]

    @property
    def seconds(self) -> float:
        """Exact length in seconds."""
        return self.samples / AUDIO_RATE


def lay_out(beats: Sequence[Beat], passages: Sequence[Passage], language: str = "") -> NarrationLayout:
    """Lays out one passage per beat, in order.

    Beats are gapless: each begins a little before its first word, and the pause after its last one belongs to it.
    """
    rate = passages[0].rate
    pieces: list[Samples] = [_silence(LEAD_SECONDS, rate)]
    spoken: list[TimeSpan] = []
    at = len(pieces[0])
    for number, passage in enumerate(passages):
        if number:
            pieces.append(_silence(max(PAUSE_SECONDS, beats[number - 1].pause), rate))
            at += len(pieces[-1])
        spoken.append(TimeSpan(at / rate, (at + len(passage.samples)) / rate))
        pieces.append(passage.samples)
        at += len(passage.samples)
    exact = at / rate + max(TAIL_SECONDS, beats[-1].pause)
    samples = -(-round(exact * AUDIO_RATE) // FRAME_SAMPLES) * FRAME_SAMPLES
    seconds = samples / AUDIO_RATE
    starts = [0.0, *(span.start - BEAT_LEAD_SECONDS for span in spoken[1:])]
    spans = [
        BeatSpan(start=start, end=end, text=beat.text)
        for start, end, beat in zip(starts, [*starts[1:], seconds], beats, strict=True)
    ]
    words: list[Word] = []
    for number, (beat, passage, time) in enumerate(zip(beats, passages, spoken, strict=True)):
        written = split_words(beat.text, language)
        for word, span in zip(written, time_words(beat, written, passage, time, language), strict=True):
            words.append(Word(text=word.text, start=span.start, end=span.end, beat=number, glued=word.glued))
    return NarrationLayout(
        pcm=np.concatenate(pieces), rate=rate, samples=samples, beats=tuple(spans), words=tuple(words)
    )


def time_words(
    beat: Beat, written: Sequence[WrittenWord], passage: Passage, time: TimeSpan, language: str = ""
) -> list[TimeSpan]:
    """A span for each word of the beat as written, within the time of the passage."""
    spoken = split_words(beat.spoken_text(), language) if beat.spoken_text() != beat.text else written
    if passage.marks:
        marks = [Mark(offset=mark.offset, seconds=time.start + mark.seconds) for mark in passage.marks]
        spans = place_at_marks(spoken, marks, time.start, time.end)
    else:
        spans = spread_words([word.text for word in spoken], time.start, time.end)
    if spoken is not written:
        spans = map_to_written([word.text for word in spoken], spans, [word.text for word in written])
    return lengthen(spans)


def _silence(seconds: float, rate: int) -> Samples:
    return np.zeros(round(seconds * rate), dtype=np.int16)
