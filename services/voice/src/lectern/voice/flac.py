"""Encodes narration: FLAC at the common loudness, not a sample longer or shorter than its layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lectern.contracts.quality import AUDIO_RATE
from lectern.media import (
    FLAC,
    PCM,
    Levels,
    MediaInput,
    apply_levels,
    compile_graph,
    encode_at_target,
    fit_length,
    open_stream,
    run_ffmpeg,
    write_stream,
)
from lectern.voice.speech import Samples

MAX_PEAK_DB = -1.5  # dBTP, half a decibel below the finished video's, for the lossy encoder
MAX_GAIN_DB = 55.0  # lifts any speech above the silence level; what needs more is too short or quiet to measure
MAX_ENCODINGS = 3
_TIMEOUT = 120.0  # seconds for one run of ffmpeg


async def write_flac(pcm: Samples, rate: int, samples: int, target: Path, *, level: bool = True) -> None:
    """Writes mono FLAC at 48 kHz of exactly `samples` samples from `pcm` at `rate` Hz.

    With `level`, speech is gently compressed, brought to the target loudness and limited. Raises ProcessFailed.
    """
    source = target.with_suffix(".pcm")
    source.write_bytes(np.ascontiguousarray(pcm, dtype="<i2").tobytes())

    async def encode(levels: Levels | None) -> Path:
        stream = open_stream(MediaInput(path=source.name, kind=PCM, options=(("ar", rate), ("ac", 1))), "a")
        if levels is not None:
            stream = stream.filter("highpass", f=60).filter(
                "acompressor", threshold=0.1, ratio=3, attack=8, release=120
            )
        stream = stream.filter("aresample", AUDIO_RATE)
        if levels is not None:
            stream = apply_levels(stream, levels, AUDIO_RATE)
        output = write_stream(
            fit_length(stream, samples),
            target.name,
            format="flac",
            acodec="flac",
            ac=1,
            ar=AUDIO_RATE,
            sample_fmt="s16",
            bitexact=None,
        )
        await run_ffmpeg(compile_graph(output), folder=target.parent, timeout=_TIMEOUT)
        return target

    try:
        if level:
            levels = Levels(ceiling=MAX_PEAK_DB)
            await encode_at_target(
                encode,
                levels,
                FLAC,
                timeout=_TIMEOUT,
                max_encodings=MAX_ENCODINGS,
                max_gain=MAX_GAIN_DB,
                dual_mono=True,
            )
        else:
            await encode(None)
    finally:
        source.unlink(missing_ok=True)
