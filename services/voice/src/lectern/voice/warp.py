"""Finds the words of one recording in another of the same text, by the best warp between their features.

Dynamic time warping over mel cepstra (Sakoe and Chiba 1978), the method of forced aligners before neural ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lectern.voice.speech import Mark, Samples

HOP_SECONDS = 0.01  # between feature frames of a passage of ordinary length
MAX_FRAMES = 1500  # roughly: the table of pairs is their square, 18 MB
_WINDOW_SECONDS = 0.025
_BANDS, _CEPSTRA = 26, 13
_MIN_HERTZ, _MAX_HERTZ = 80.0, 7600.0

Features = npt.NDArray[np.float64]


def warp_marks(marks: Sequence[Mark], reference: tuple[Samples, int], target: tuple[Samples, int]) -> tuple[Mark, ...]:
    """Moves marks of the reference to the times of the same sounds in the target. Both are (samples, rate).

    Exact to one feature frame: 10 ms, more for a passage of more than 15 s.
    """
    longest = max(len(samples) / rate for samples, rate in (reference, target))
    hop = HOP_SECONDS * max(1, math.ceil(longest / HOP_SECONDS / MAX_FRAMES))
    path = find_path(extract_features(*reference, hop=hop), extract_features(*target, hop=hop))
    last = len(path) - 1
    return tuple(
        Mark(offset=mark.offset, seconds=float(path[min(round(mark.seconds / hop), last)]) * hop) for mark in marks
    )


def extract_features(samples: Samples, rate: int, *, hop: float = HOP_SECONDS) -> Features:
    """Mel cepstra with their slopes: a row per `hop` seconds, 26 columns of zero mean and unit variance."""
    step, window = round(hop * rate), round(_WINDOW_SECONDS * rate)
    padded = np.pad(samples.astype(np.float64), (window // 2, window))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[: len(samples) + 1 : step]
    power = np.abs(np.fft.rfft(frames * np.hanning(window), axis=1)) ** 2
    mel = np.log(power @ _mel_filters(window, rate).T + 1.0)
    order, band = np.arange(_CEPSTRA)[:, None], np.arange(_BANDS)[None, :]
    cepstra = mel @ np.cos(np.pi * order * (band + 0.5) / _BANDS).T
    slopes = np.gradient(cepstra, axis=0) if len(cepstra) > 1 else np.zeros_like(cepstra)
    both = np.concatenate([cepstra, slopes], axis=1)
    normal: Features = (both - both.mean(axis=0)) / (both.std(axis=0) + 1e-6)
    return normal


def _mel_filters(window: int, rate: int) -> Features:
    def mel(hertz: npt.ArrayLike) -> Features:
        return np.asarray(2595 * np.log10(1 + np.asarray(hertz, dtype=np.float64) / 700), dtype=np.float64)

    heights = mel(np.fft.rfftfreq(window, 1 / rate))
    low, high = mel([_MIN_HERTZ, min(_MAX_HERTZ, rate / 2)])
    corners = np.linspace(low, high, _BANDS + 2)
    rising = (heights - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    falling = (corners[2:, None] - heights) / (corners[2:] - corners[1:-1])[:, None]
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)))


def find_path(a: Features, b: Features) -> npt.NDArray[np.float64]:
    """For each row of `a`, the matching row of `b`: the cheapest monotone path from corner to corner.

    The cost of a pair is the distance of its rows; a diagonal step costs one pair, others one and a half, so that
    neither recording is stretched needlessly. Computed along anti-diagonals, whose entries are independent.
    """
    rows, columns = len(a), len(b)
    distance = np.sqrt(np.maximum(0.0, (a**2).sum(1)[:, None] + (b**2).sum(1)[None, :] - 2 * a @ b.T))
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0.0
    came = np.zeros((rows + 1, columns + 1), dtype=np.int8)
    for diagonal in range(2, rows + columns + 1):
        m = np.arange(max(1, diagonal - columns), min(rows, diagonal - 1) + 1)
        n = diagonal - m
        here = distance[m - 1, n - 1]
        ways = np.stack([total[m - 1, n - 1] + here, total[m - 1, n] + 1.5 * here, total[m, n - 1] + 1.5 * here])
        came[m, n] = ways.argmin(axis=0)
        total[m, n] = ways.min(axis=0)
    first, last = np.zeros(rows), np.zeros(rows)
    i, j = rows, columns
    last[i - 1] = j - 1
    while i > 0 and j > 0:
        first[i - 1] = j - 1
        step = came[i, j]
        above = i
        i, j = i - (step != 2), j - (step != 1)
        if i != above and i > 0:
            last[i - 1] = j - 1 if j > 0 else 0
    middle: npt.NDArray[np.float64] = (first + last) / 2
    return middle
