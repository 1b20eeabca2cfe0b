"""Pictures taken out of footage. Pure: what ffmpeg is asked to do, by names relative to the folder it runs in."""

from __future__ import annotations

from collections.abc import Sequence

import ffmpeg
import msgspec


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """One frame to take out of a scene's footage. `seconds` from the scene's start."""

    name: str
    seconds: str
    still: str


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
    args: list[str] = ffmpeg.merge_outputs(*outputs).compile()
    return args[1:]
