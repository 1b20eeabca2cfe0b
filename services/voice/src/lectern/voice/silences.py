"""Finds where a voice is silent: no word begins there."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from lectern.voice.speech import Mark, Samples
from lectern.voice.word_times import TimeSpan

_HOP_SECONDS = 0.005
_SILENCE_RATIO = 10 ** (-38 / 20)  # of the power of a passage's loud parts: less is silence
MIN_SILENCE_SECONDS = 0.06  # the closure of a plosive is shorter


def find_silences(samples: Samples, rate: int) -> list[TimeSpan]:
    """The silences of a passage that are long enough to separate words."""
    hop = max(1, round(_HOP_SECONDS * rate))
    frames = len(samples) // hop
    if not frames:
        return []
    power = np.sqrt(np.mean(samples[: frames * hop].reshape(frames, hop).astype(np.float64) ** 2, axis=1))
    quiet = power < _SILENCE_RATIO * np.percentile(power, 95)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet, [False])).astype(np.int8)))
    spans = [TimeSpan(start * hop / rate, end * hop / rate) for start, end in edges.reshape(-1, 2).tolist()]
    return [span for span in spans if span.end - span.start >= MIN_SILENCE_SECONDS]


def move_out_of_silence(marks: Sequence[Mark], silences: Sequence[TimeSpan]) -> tuple[Mark, ...]:
    """Moves marks inside a silence to its end: a word begins where sound begins."""
    moved = []
    for mark in marks:
        silence = next((silence for silence in silences if silence.start <= mark.seconds < silence.end), None)
        moved.append(msgspec.structs.replace(mark, seconds=silence.end) if silence else mark)
    return tuple(moved)
