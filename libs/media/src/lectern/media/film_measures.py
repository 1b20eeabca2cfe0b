"""What a viewer sees of a film, measured on its frames: motion, emptiness, the size of the picture. Pure.

Frames are luma, as arrays (height, width), taken at an even pace; motion is also found in planes of luma and colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

import msgspec
import numpy as np
import numpy.typing as npt

Luma = npt.NDArray[np.uint8]

INK = 12
"""Levels of luma, or of colour, by which a pixel differs from the background, or from the frame before."""
BODIES = {
    "16:9": (0.049, 0.951, 0.15, 0.868),
    "1:1": (0.0625, 0.9375, 0.15, 0.868),
    "9:16": (0.0625, 0.9375, 0.144, 0.703),
}
"""Left, right, top and bottom of the scene kit's body as shares of the frame, by shape."""
LEAD_WINDOW = (0.4, 0.8)
"""Seconds before and after a word in which the motion that belongs to it begins."""
REST_FRAMES = 2
"""Frames without motion before one with motion, for that to be a beginning."""


class Stillness(msgspec.Struct, frozen=True, kw_only=True):
    """The share of the time in which nothing moves, and the longest such stretch: its length and start in seconds."""

    share: float
    longest: float
    at: float


def find_motion(frames: Sequence[Luma]) -> npt.NDArray[np.bool_]:
    """Return for each frame but the first whether anything in it differs from the frame before."""
    return np.array([_differ(one, other) for one, other in pairwise(frames)], dtype=bool)


def measure_stillness(moving: npt.NDArray[np.bool_], fps: float, counted: npt.NDArray[np.bool_]) -> Stillness:
    """Measure how much of the `counted` time nothing moves. A stretch that is not counted ends a stillness."""
    still = ~moving & counted
    longest, at, start = 0, 0, 0
    for value, run in groupby(still.tolist()):
        length = len(list(run))
        if value and length > longest:
            longest, at = length, start
        start += length
    share = float(still.sum() / max(1, counted.sum()))
    return Stillness(share=share, longest=longest / fps, at=at / fps)


def measure_ink(frame: Luma) -> tuple[float, float]:
    """Return the width and height of what is drawn, as shares of the frame; 0 for an empty one."""
    rows, columns = np.nonzero(np.abs(frame.astype(np.int16) - int(np.median(frame))) > INK)
    if not len(rows):
        return 0.0, 0.0
    return float(np.ptp(columns)) / frame.shape[1], float(np.ptp(rows)) / frame.shape[0]


def name_shape(frame: Luma) -> str:
    """Return the shape of a frame that is nearest: "16:9", "1:1" or "9:16"."""
    ratio = frame.shape[1] / frame.shape[0]
    return "16:9" if ratio > 1.2 else "9:16" if ratio < 0.85 else "1:1"


def measure_body(frame: Luma) -> tuple[float, float]:
    """Return the width and height of what is drawn in the body, as shares of the body."""
    left, right, top, bottom = BODIES[name_shape(frame)]
    rows, columns = round(frame.shape[0] * top), round(frame.shape[1] * left)
    body = frame[rows : round(frame.shape[0] * bottom), columns : round(frame.shape[1] * right)]
    drawn = np.abs(body.astype(np.int16) - int(np.median(frame))) > INK
    if not drawn.any():
        return 0.0, 0.0
    found_rows, found_columns = np.nonzero(drawn)
    return (float(np.ptp(found_columns)) + 1) / body.shape[1], (float(np.ptp(found_rows)) + 1) / body.shape[0]


def find_empty(frames: Sequence[Luma]) -> npt.NDArray[np.bool_]:
    """Return for each frame whether nothing is drawn in it."""
    return np.array([max(measure_ink(frame)) == 0.0 for frame in frames], dtype=bool)


def measure_lead(moving: npt.NDArray[np.bool_], fps: float, word: float) -> float | None:
    """Return by how many seconds motion begins after `word` (seconds), below 0 if before; None if none begins there."""
    first = max(REST_FRAMES, round((word - LEAD_WINDOW[0]) * fps))
    last = min(len(moving), round((word + LEAD_WINDOW[1]) * fps) + 1)
    for index in range(first, last):
        if moving[index] and not moving[index - REST_FRAMES : index].any():
            return (index + 1) / fps - word
    return None


def _differ(one: Luma, other: Luma) -> bool:
    return bool((np.abs(one.astype(np.int16) - other) > INK).any())
