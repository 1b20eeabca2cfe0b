"""What ffmpeg is asked to do, as argument lists compiled by ffmpeg-python. Pure: nothing runs here.

File names are relative to the folder ffmpeg runs in, so equal videos give equal argument lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ffmpeg
import msgspec

from lectern.contracts.quality import AUDIO_RATE

VIDEO_TIMESCALE = 90_000  # ticks a second: a frame of 15, 30 or 60 fps is a whole number of them


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A scene's narration, and the samples it must fill."""

    name: str
    samples: int


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """One frame to take out of a scene's footage. `seconds` from the scene's start."""

    name: str
    seconds: str
    still: str


def join_args(
    *, footage: str, voices: Sequence[Voice], metadata: str, captions: str | None, language: str, bitrate: str, out: str
) -> list[str]:
    """Arguments that join a video: footage copied, narration laid sample by sample, captions and chapters beside it.

    `footage` is a concat list, `metadata` an ffmetadata file, `captions` WebVTT, `language` an ISO 639-2/T code.
    The movie's clock ticks in samples: with ffmpeg's default of milliseconds the lengths in the edit lists, one for
    each track, would be rounded. The audio's list leaves out the encoder's 1024 priming samples. One decoder thread
    for each narration: by default every input would start as many as there are cores.
    """
    picture = ffmpeg.input(footage, format="concat")["v"]
    laid = [
        ffmpeg.input(voice.name, threads=1)["a"]
        .filter("aformat", sample_rates=AUDIO_RATE, channel_layouts="mono")
        .filter("apad", whole_len=voice.samples)
        .filter("atrim", end_sample=voice.samples)
        for voice in voices
    ]
    # `concat` counts in microseconds; numbering the samples anew keeps every timestamp whole. `pan` doubles the one
    # channel as it is, where ffmpeg's own upmix would make it 3 dB quieter.
    sound = (
        ffmpeg.concat(*laid, n=len(laid), v=0, a=1)
        .filter("asetpts", expr="N/SR/TB")
        .filter("pan", args="stereo|c0=c0|c1=c0")
    )
    tracks: list[Any] = [picture, sound]
    options: dict[str, Any] = {
        "c:v": "copy",
        "c:a": "aac",
        "profile:a": "aac_low",
        "b:a": bitrate,
        "metadata:s:v:0": f"language={language}",
        "metadata:s:a:0": f"language={language}",
        "movflags": "+faststart+write_colr",
        "movie_timescale": AUDIO_RATE,
        "video_track_timescale": VIDEO_TIMESCALE,
        "fflags": "+bitexact",
        "flags:a": "+bitexact",
    }
    if captions:
        tracks.append(ffmpeg.input(captions)["s"])
        options |= {"c:s": "mov_text", "metadata:s:s:0": f"language={language}"}
    # An ffmetadata file has no streams; mapping "any, if there are some" is how it becomes an input all the same.
    tracks.append(ffmpeg.input(metadata, format="ffmetadata")["s?"])
    described = 1 + len(voices) + bool(captions)
    options |= {"map_metadata": described, "map_chapters": described}
    return _compiled(ffmpeg.output(*tracks, out, format="mp4", **options))


def stills_args(shots: Sequence[Shot], *, longest_edge: int) -> list[str]:
    """Arguments that take one JPEG out of each shot, scaled so that its longer edge is `longest_edge` pixels."""
    outputs = [
        ffmpeg.input(shot.name, ss=shot.seconds, threads=1)["v"]
        .filter(
            "scale",
            w=f"if(gte(iw,ih),{longest_edge},-2)",
            h=f"if(gte(iw,ih),-2,{longest_edge})",
            flags="lanczos+accurate_rnd+full_chroma_int",
            in_color_matrix="bt709",
            out_color_matrix="bt601",
            out_range="pc",
        )
        .filter("format", "yuvj420p")
        .output(
            shot.still,
            format="image2",
            update=1,
            vframes=1,
            threads=1,
            **{"c:v": "mjpeg", "q:v": 3, "fflags": "+bitexact", "flags:v": "+bitexact"},
        )
        for shot in shots
    ]
    return _compiled(ffmpeg.merge_outputs(*outputs))


def _compiled(stream: Any) -> list[str]:
    """The argument list without the program's name."""
    args: list[str] = stream.compile()
    return args[1:]
