"""The picture of a scene as numbers: how long nothing moves or nothing is there, and how much of the frame it fills."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from lectern.media import FOOTAGE, MediaInput, compile_graph, open_stream, read_from_ffmpeg, write_stream

RATE = 10  # frames a second that are looked at
SIZES: Final = {"16:9": (320, 180), "9:16": (180, 320), "1:1": (240, 240)}  # pixels that frames are scaled to
# The body of each frame shape, as shares of its width and height from the top left corner; what is above is the title.
BODIES: Final = {
    "16:9": (0.0492, 0.9508, 0.15, 0.8675),
    "9:16": (0.0625, 0.9375, 0.1442, 0.7032),
    "1:1": (0.0625, 0.9375, 0.15, 0.8675),
}
CHANGE = 10  # grey levels of 255 by which a pixel differs: above the noise of H.264 at a scene's quality
FEWEST_PIXELS = 4  # that make a difference; fewer are noise
STILL_SECONDS = 0.5  # a shorter standstill is the pause between two movements
TIMEOUT_SECONDS = 60.0

Frames = npt.NDArray[np.uint8]


class ScenePicture(msgspec.Struct, frozen=True, kw_only=True):
    """The picture of a scene. `still_seconds` are those in which nothing moves for half a second or more, the longest
    of them `longest_still`; `empty_seconds` those without anything in the body.

    `width` and `height` are the shares of the body's that its picture spans: medians over the frames that have one.
    """

    seconds: float
    still_seconds: float
    longest_still: float
    empty_seconds: float
    width: float
    height: float


async def measure_picture(footage: Path, aspect: str) -> ScenePicture:
    """Measures the footage of a scene. Raises ProcessFailed, and ValueError when it has no frames."""
    width, height = SIZES[aspect]
    frames = (
        open_stream(MediaInput(path=str(footage), kind=FOOTAGE), "v")
        .filter("fps", RATE)
        .filter("scale", w=width, h=height, flags="area")
        .filter("format", "gray")
    )
    command = compile_graph(write_stream(frames, "pipe:1", format="rawvideo"))
    command = msgspec.structs.replace(command, writes=())
    data = await read_from_ffmpeg(command, folder=footage.parent, timeout=TIMEOUT_SECONDS)
    return measure_frames(np.frombuffer(data, np.uint8).reshape(-1, height, width), aspect)


def measure_frames(frames: Frames, aspect: str) -> ScenePicture:
    """Measures grey frames, `RATE` of them a second. Raises ValueError when there are none."""
    if not len(frames):
        raise ValueError("footage without frames")
    stills = [count for count in _count_stills(frames) if count >= STILL_SECONDS * RATE]
    boxes = [_span(frame, aspect) for frame in frames]
    filled = [box for box in boxes if box is not None]
    return ScenePicture(
        seconds=round(len(frames) / RATE, 2),
        still_seconds=round(sum(stills) / RATE, 2),
        longest_still=round(max(stills, default=0) / RATE, 2),
        empty_seconds=round((len(boxes) - len(filled)) / RATE, 2),
        width=round(float(np.median([box[0] for box in filled])), 4) if filled else 0.0,
        height=round(float(np.median([box[1] for box in filled])), 4) if filled else 0.0,
    )


def _count_stills(frames: Frames) -> list[int]:
    """The lengths of stretches without movement, in frames.

    Each frame is compared with the first of its stretch, so that what moves slowly moves.
    """
    lengths, start = [], 0
    for number in range(1, len(frames)):
        if _differs(frames[number], frames[start]):
            lengths.append(number - start)
            start = number
    return [*lengths, len(frames) - start]


def _differs(one: Frames, other: Frames) -> bool:
    return int(np.count_nonzero(np.abs(one.astype(np.int16) - other) > CHANGE)) >= FEWEST_PIXELS


def _span(frame: Frames, aspect: str) -> tuple[float, float] | None:
    """The shares of the body's width and height that anything but the background spans; None when nothing is there."""
    height, width = frame.shape
    left, right, top, bottom = BODIES[aspect]
    edge = np.concatenate((frame[0], frame[-1], frame[:, 0], frame[:, -1]))
    body = frame[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
    rows, columns = np.nonzero(np.abs(body.astype(np.int16) - int(np.median(edge))) > CHANGE)
    if len(rows) < FEWEST_PIXELS:
        return None
    return float(np.ptp(columns) + 1) / body.shape[1], float(np.ptp(rows) + 1) / body.shape[0]
