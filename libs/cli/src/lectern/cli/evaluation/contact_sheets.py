"""Sheets of a finished video's frames: two for each caption, while it is spoken and at its end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from lectern.media import (
    FINISHED_VIDEO,
    MediaInput,
    combine_streams,
    compile_graph,
    open_stream,
    run_ffmpeg,
    write_stream,
)

COLUMNS, ROWS = 3, 4
MAX_SHEETS = 5  # of a video; frames are spread evenly over a longer one
FRAME_SIZES = {"16:9": (400, 224), "9:16": (224, 400), "1:1": (300, 300)}  # pixels of a frame on a sheet
BEFORE_END_SECONDS = 0.15  # of a caption: the next one's movement has not begun
TIMEOUT_SECONDS = 60.0
_CUE = re.compile(r"^([\d:.]+) --> ([\d:.]+)[^\n]*\n(.+?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A frame to look at, seconds after the start, and what is spoken there."""

    seconds: float
    text: str


def list_moments(captions: str) -> tuple[Moment, ...]:
    """The moments of WebVTT captions, at most those that fit the sheets. Raises ValueError for captions without any."""
    moments: list[Moment] = []
    for start, end, text in _CUE.findall(captions.replace("\r\n", "\n")):
        first, last = _parse_time(start), _parse_time(end)
        spoken = " ".join(re.sub(r"<[^>]*>", "", text).split())
        moments.append(Moment(seconds=round((first + last) / 2, 3), text=spoken))
        moments.append(Moment(seconds=round(max(first, last - BEFORE_END_SECONDS), 3), text="(its end)"))
    if not moments:
        raise ValueError("there are no captions")
    most = COLUMNS * ROWS * MAX_SHEETS
    if len(moments) <= most:
        return tuple(moments)
    return tuple(moments[number * len(moments) // most] for number in range(most))


async def draw_sheets(video: Path, moments: Sequence[Moment], aspect: str) -> list[bytes]:
    """Sheets of the frames at the moments, as JPEGs. Raises ProcessFailed."""
    size = COLUMNS * ROWS
    return [await _draw_sheet(video, moments[start : start + size], aspect) for start in range(0, len(moments), size)]


async def _draw_sheet(video: Path, moments: Sequence[Moment], aspect: str) -> bytes:
    width, height = FRAME_SIZES[aspect]
    frames = [
        open_stream(MediaInput(path=str(video), kind=FINISHED_VIDEO, options=(("ss", f"{moment.seconds:.3f}"),)), "v")
        .filter("trim", end_frame=1)
        .filter("scale", w=width, h=height, flags="area")
        .filter("format", "yuvj420p")
        for moment in moments
    ]
    places = "|".join(f"{n % COLUMNS * width}_{n // COLUMNS * height}" for n in range(len(frames)))
    sheet = frames[0]
    if len(frames) > 1:
        sheet = combine_streams(frames, "xstack", inputs=len(frames), layout=places, fill="black")
    target = video.with_name("sheet.jpg")
    options = {"c:v": "mjpeg", "q:v": 4}
    command = compile_graph(write_stream(sheet, str(target), format="image2", update=1, vframes=1, **options))
    await run_ffmpeg(command, folder=video.parent, timeout=TIMEOUT_SECONDS)
    return target.read_bytes()


def _parse_time(text: str) -> float:
    seconds = 0.0
    for part in text.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds
