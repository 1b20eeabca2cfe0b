"""Lays spoken passages out on a scene's time: lead-in, pauses, tail, and a length every frame rate divides."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from lectern.contracts.narration import BeatSpan, Word
from lectern.contracts.quality import AUDIO_RATE
from lectern.contracts.script import Beat
from lectern.voice.alignment import Span, at_least, from_marks, onto_written, spread
from lectern.voice.speech import Mark, Passage, Samples
from lectern.voice.words import Written, written_words

LEAD, PAUSE, TAIL = 0.25, 0.45, 0.6  # seconds: breath before, between beats, and for the picture to settle
BEFORE_SPEECH = 0.15  # seconds a beat begins ahead of its first word, so that the picture never comes late
FRAME_SAMPLES = AUDIO_RATE // 15  # a length in these is whole frames at 15, 30 and 60 a second: nothing is ever rounded


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """A scene's sound and times. `pcm` is at the engine's rate; `samples` counts the final 48 kHz ones."""

    pcm: Samples
    rate: int
    samples: int
    beats: tuple[BeatSpan, ...]
    words: tuple[Word, ...]

    @property
    def seconds(self) -> float:
        """The scene's exact length."""
        return self.samples / AUDIO_RATE


def lay_out(beats: Sequence[Beat], passages: Sequence[Passage], language: str = "") -> Layout:
    """One passage a beat, in order. Beats are gapless; each begins a little before its first word."""
    rate = passages[0].rate
    pieces: list[Samples] = [_silence(LEAD, rate)]
    spoken: list[Span] = []
    at = len(pieces[0])
    for number, passage in enumerate(passages):
        if number:
            pieces.append(_silence(PAUSE, rate))
            at += len(pieces[-1])
        spoken.append(Span(at / rate, (at + len(passage.samples)) / rate))
        pieces.append(passage.samples)
        at += len(passage.samples)
    exact = at / rate + TAIL
    samples = -(-round(exact * AUDIO_RATE) // FRAME_SAMPLES) * FRAME_SAMPLES
    seconds = samples / AUDIO_RATE
    starts = [0.0, *(span.start - BEFORE_SPEECH for span in spoken[1:])]
    spans = [
        BeatSpan(start=start, end=end, text=beat.text)
        for start, end, beat in zip(starts, [*starts[1:], seconds], beats, strict=True)
    ]
    words: list[Word] = []
    for number, (beat, passage, when) in enumerate(zip(beats, passages, spoken, strict=True)):
        written = written_words(beat.text, language)
        for word, span in zip(written, word_spans(beat, written, passage, when, language), strict=True):
            words.append(Word(text=word.text, start=span.start, end=span.end, beat=number, glued=word.glued))
    return Layout(pcm=np.concatenate(pieces), rate=rate, samples=samples, beats=tuple(spans), words=tuple(words))


def word_spans(beat: Beat, written: Sequence[Written], passage: Passage, when: Span, language: str = "") -> list[Span]:
    """A span for each word of the beat as written, inside the time it is spoken in."""
    said = written_words(beat.said(), language) if beat.said() != beat.text else written
    if passage.marks:
        marks = [Mark(offset=mark.offset, seconds=when.start + mark.seconds) for mark in passage.marks]
        spans = from_marks(said, marks, when.start, when.end)
    else:
        spans = spread([word.text for word in said], when.start, when.end)
    if said is not written:
        spans = onto_written([word.text for word in said], spans, [word.text for word in written])
    return at_least(spans)


def _silence(seconds: float, rate: int) -> Samples:
    return np.zeros(round(seconds * rate), dtype=np.int16)
