"""Still images taken from footage."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lectern.media.ffmpeg import FfmpegCommand, GraphOutput, compile_graph, open_stream, write_stream
from lectern.media.inputs import FOOTAGE, MediaInput


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """One frame to take from the footage file `name`, `seconds` (as text) after its start, as the JPEG file `still`."""

    name: str
    seconds: str
    still: str


def build_stills_command(shots: Sequence[Shot], *, longest_edge: int) -> FfmpegCommand:
    """Builds the command that writes a JPEG for each shot, scaled to `longest_edge` pixels on its longer edge.

    File names are absolute or relative to ffmpeg's working folder.
    """
    return compile_graph(*(_write_still(shot, longest_edge) for shot in shots))


def _write_still(shot: Shot, longest_edge: int) -> GraphOutput:
    footage = MediaInput(path=shot.name, kind=FOOTAGE, options=(("ss", shot.seconds), ("threads", 1)))
    frame = (
        open_stream(footage, "v")
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
    )
    return write_stream(
        frame,
        shot.still,
        format="image2",
        update=1,
        vframes=1,
        threads=1,
        **{"c:v": "mjpeg", "q:v": 3, "fflags": "+bitexact", "flags:v": "+bitexact"},
    )
