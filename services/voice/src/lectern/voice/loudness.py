"""One loudness for every scene: -14 LUFS, true peaks under -1 dBTP, not a sample longer or shorter."""

from __future__ import annotations

import math
import re
from pathlib import Path

import ffmpeg
import numpy as np

from lectern.contracts.quality import AUDIO_RATE
from lectern.media.ffmpeg import run_ffmpeg
from lectern.voice.speech import Samples

TARGET = -14.0  # LUFS integrated, where online players normalise to
CEILING = -1.5  # dBFS at four times the rate, which leaves half a decibel for the AAC encoder
_MEASURABLE = -69.0  # LUFS; ebur128 answers -70 for what is too short or too quiet to measure
_TIMEOUT = 120.0
_OVERSAMPLED = AUDIO_RATE * 4  # a limiter sees true peaks only between the samples


async def write_flac(pcm: Samples, rate: int, samples: int, target: Path, *, level: bool = True) -> float | None:
    """Writes mono FLAC at 48 kHz of exactly `samples` samples; returns its loudness in LUFS, None if unmeasurable.

    With `level` speech is gently compressed, brought to the target and limited; the gain is corrected once for what the
    limiter took away. Raises ProcessFailed.
    """
    source = target.with_suffix(".pcm")
    source.write_bytes(np.ascontiguousarray(pcm, dtype="<i2").tobytes())
    try:
        if not level:
            await _encode(source, rate, samples, target, gain=None)
            return None
        await _encode(source, rate, samples, target, gain=0.0)
        loudness = await measure(target)
        gain = 0.0
        for _ in range(2):
            if loudness is None:
                return None
            gain += TARGET - loudness
            await _encode(source, rate, samples, target, gain=gain)
            loudness = await measure(target)
        return loudness
    finally:
        source.unlink(missing_ok=True)


async def _encode(source: Path, rate: int, samples: int, target: Path, *, gain: float | None) -> None:
    stream = ffmpeg.input(str(source), f="s16le", ar=rate, ac=1)
    if gain is not None:
        stream = (
            stream.filter("aresample", _OVERSAMPLED)
            .filter("highpass", f=60)
            .filter("acompressor", threshold=0.1, ratio=3, attack=8, release=120)
            .filter("volume", f"{gain:.3f}dB")
            .filter("alimiter", limit=10 ** (CEILING / 20), attack=4, release=60, level=0, latency=1)
        )
    stream = (
        stream.filter("aresample", AUDIO_RATE)
        .filter("apad", whole_len=samples)
        .filter("atrim", end_sample=samples)
        .output(str(target), format="flac", acodec="flac", ac=1, ar=AUDIO_RATE, sample_fmt="s16", bitexact=None)
    )
    await run_ffmpeg(ffmpeg.get_args(stream), timeout=_TIMEOUT)


async def measure(path: Path) -> float | None:
    """Integrated loudness in LUFS (EBU R128) of mono sound played by both speakers; None if too short or quiet."""
    stream = ffmpeg.input(str(path)).filter("ebur128", framelog="verbose", dualmono=1).output("-", format="null")
    said = await run_ffmpeg(ffmpeg.get_args(stream), timeout=_TIMEOUT)
    found = re.findall(r"I:\s+(-?[\d.]+|-inf) LUFS", said)
    loudness = float(found[-1]) if found else -math.inf
    return loudness if loudness > _MEASURABLE else None
