"""Where a voice is silent, found by loudness; no word begins there."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from lectern.voice.alignment import Span
from lectern.voice.speech import Mark, Samples

_HOP = 0.005  # seconds
_BELOW_PEAK = 10 ** (-38 / 20)  # of a passage's loud parts: quieter is silence
SHORTEST = 0.06  # seconds; the closure of a plosive is shorter


def silences(samples: Samples, rate: int) -> list[Span]:
    """The silences of a passage that are long enough to lie between words."""
    hop = max(1, round(_HOP * rate))
    frames = len(samples) // hop
    if not frames:
        return []
    power = np.sqrt(np.mean(samples[: frames * hop].reshape(frames, hop).astype(np.float64) ** 2, axis=1))
    quiet = power < _BELOW_PEAK * np.percentile(power, 95)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet, [False])).astype(np.int8)))
    spans = [Span(start * hop / rate, end * hop / rate) for start, end in edges.reshape(-1, 2).tolist()]
    return [span for span in spans if span.end - span.start >= SHORTEST]


def out_of_silence(marks: Sequence[Mark], gaps: Sequence[Span]) -> tuple[Mark, ...]:
    """The marks, those inside a silence moved to its end: a word begins where sound begins."""
    moved = []
    for mark in marks:
        gap = next((gap for gap in gaps if gap.start <= mark.seconds < gap.end), None)
        moved.append(msgspec.structs.replace(mark, seconds=gap.end) if gap else mark)
    return tuple(moved)
