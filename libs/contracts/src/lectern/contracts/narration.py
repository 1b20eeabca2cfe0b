"""A scene's narration: its length, the time of each word, the span of each beat. Times in seconds."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

__all__ = [
    "BeatSpan",
    "Narration",
    "Timing",
    "Word",
]

Timing: TypeAlias = Literal["exact", "aligned", "estimated"]


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One spoken word as captions show it. `beat` counts from 0; a `glued` word has no space before it."""

    text: str
    start: float
    end: float
    beat: int
    glued: bool = False


class BeatSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A beat's place in its scene. Spans are gapless: each starts where the one before ended."""

    start: float
    end: float
    text: str


class Narration(msgspec.Struct, frozen=True, kw_only=True):
    """The timings of one scene's narration, stored as JSON beside its audio.

    The audio is mono FLAC at 48 kHz of exactly `samples` samples; `seconds` is `samples / 48000`.
    """

    seconds: float
    samples: int
    words: tuple[Word, ...]
    beats: tuple[BeatSpan, ...]
    voice: str
    engine: str
    timing: Timing
