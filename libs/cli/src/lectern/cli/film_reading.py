"""A finished film as it can be judged: its frames, small, and what is said in it, from its captions."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from lectern.media import FINISHED_VIDEO, FfmpegCommand, MediaInput, input_args, probe_media, read_from_ffmpeg

FPS = 15
LOOKING_AREA = 320 * 180  # pixels of a frame that is looked at
FRAMES_AT_ONCE = 600  # a tenth of a gigabyte: a program may not print more than 128 MiB
TIMEOUT_SECONDS = 240.0
_TIME = r"(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})"
_CUE = re.compile(rf"^{_TIME} --> {_TIME}.*\n((?:.+\n?)+)", re.MULTILINE)
_MARK = re.compile(rf"<{_TIME}>")


class CaptionCue(msgspec.Struct, frozen=True, kw_only=True):
    """A caption: its time in seconds, its words, and when each begins, if the captions say so."""

    start: float
    end: float
    words: tuple[str, ...]
    starts: tuple[float, ...] | None


async def read_frames(video: Path) -> list[npt.NDArray[np.uint8]]:
    """Read a film's frames at `FPS`, small, as arrays (3, height, width): luma, and two planes of colour.

    Raises ProcessFailed for a file that is no film.
    """
    width, height = await measure_picture(video, LOOKING_AREA)
    source = input_args(MediaInput(path=video.name, kind=FINISHED_VIDEO))
    pictures: list[npt.NDArray[np.uint8]] = []
    while len(pictures) % FRAMES_AT_ONCE == 0:
        first = min(len(pictures), FPS)  # a second before them is decoded, too: it decides which frames are taken
        cut = f"trim=start_frame={first}:end_frame={first + FRAMES_AT_ONCE},setpts=PTS-STARTPTS"
        look = f"fps={FPS}:start_time=0,{cut},scale={width}:{height}:flags=area,format=yuv444p"
        args = (
            "-ss",
            str((len(pictures) - first) // FPS),
            *source,
            "-map",
            "0:v:0",
            "-vf",
            look,
            "-f",
            "rawvideo",
            "-pix_fmt",
            "yuv444p",
            "-",
        )
        raw = await read_from_ffmpeg(FfmpegCommand(args=args), folder=video.parent, timeout=TIMEOUT_SECONDS)
        size = 3 * width * height
        part = np.frombuffer(raw[: len(raw) // size * size], dtype=np.uint8)
        pictures += list(part.reshape(-1, 3, height, width))
        if not part.size:
            break
    return pictures


async def measure_picture(video: Path, area: int) -> tuple[int, int]:
    """Return even edges of about `area` pixels, in the shape of the film's picture."""
    (track,) = (await probe_media(video, FINISHED_VIDEO)).tracks("video")
    scale = (area / (track.width * track.height)) ** 0.5
    return max(2, round(track.width * scale / 2) * 2), max(2, round(track.height * scale / 2) * 2)


def read_cues(captions: str) -> list[CaptionCue]:
    """Read the cues of a WebVTT file; karaoke captions say when each word begins."""
    cues = []
    for found in _CUE.finditer(captions.replace("\r\n", "\n")):
        start, end = _read_time(found.groups()[0:4]), _read_time(found.groups()[4:8])
        text = " ".join(found[9].split("\n")).strip()
        pieces, starts, at = [], [], start
        last = 0
        for mark in [*_MARK.finditer(text), None]:
            spoken = re.sub(r"<[^>]*>", "", text[last : mark.start() if mark else len(text)]).split()
            pieces += spoken
            starts += [at] * len(spoken)
            if mark:
                at, last = _read_time(mark.groups()), mark.end()
        timed = _MARK.search(text) is not None
        cues.append(CaptionCue(start=start, end=end, words=tuple(pieces), starts=tuple(starts) if timed else None))
    return cues


def find_cued_words(lesson: str, cues: list[CaptionCue]) -> list[float]:
    """Return when the words are spoken, in seconds, on which a lesson's scenes start animations with `at()`.

    Both are in the order of the film, so each is looked for after the one before.
    """
    words = [(_fold(word), at) for cue in cues if cue.starts for word, at in zip(cue.words, cue.starts, strict=True)]
    times, place = [], 0
    for found in re.finditer(r"self\.at\(([\"'])(.+?)\1\)", lesson):
        phrase = [_fold(each) for each in found[2].split()]
        for index in range(place, len(words) - len(phrase) + 1):
            if [word for word, _ in words[index : index + len(phrase)]] == phrase:
                times.append(words[index][1])
                place = index + 1
                break
    return times


def _fold(word: str) -> str:
    return re.sub(r"\W", "", word).casefold()


def _read_time(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000
