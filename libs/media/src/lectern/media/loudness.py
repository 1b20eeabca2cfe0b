"""Loudness: how it is measured, what it should be, and the gain and limit that get it there."""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from lectern.media.ffmpeg import FfmpegCommand, GraphStream, read_from_ffmpeg
from lectern.media.inputs import InputKind, MediaInput, input_args

TARGET_LUFS = -14.0  # integrated; what online players normalise to
TOLERANCE_LU = 0.3  # we promise half a unit
MAX_TRUE_PEAK = -1.0  # dBTP of the decoded sound
ENCODER_HEADROOM = 0.5  # dB that a lossy encoder may add to peaks
_UNMEASURABLE_LUFS = -70.0  # what ffmpeg reports for silence
_REPORT_INTERVAL_SECONDS = 0.1  # ffmpeg reports nothing for a shorter rest at the end, not even its peak


class Loudness(msgspec.Struct, frozen=True, kw_only=True):
    """Integrated loudness in LUFS, true peak in dBTP, and the loudest three seconds (short-term loudness) in LUFS.

    All are -inf where there is too little sound to measure.
    """

    integrated: float
    peak: float
    max_short_term: float = -math.inf


class Levels(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to a sound's level: `gain` in dB, then a limit on true peaks at `ceiling` dBTP (None: no limit)."""

    gain: float = 0.0
    ceiling: float | None = None


async def measure_loudness(path: Path, kind: InputKind, *, timeout: float, dual_mono: bool = False) -> Loudness:
    """Measures a file's decoded sound, read as `kind`, as EBU R128 defines it. Raises ProcessFailed.

    `timeout` in seconds. `dual_mono` measures one channel as if it came from both speakers, 3 LU louder.
    """
    filters = f"apad=pad_dur={_REPORT_INTERVAL_SECONDS},{loudness_filters('-', dual_mono=dual_mono)}"
    source = input_args(MediaInput(path=path.name, kind=kind))
    command = FfmpegCommand(args=(*source, "-map", "0:a", "-af", filters, "-f", "null", "-"))
    return parse_loudness((await read_from_ffmpeg(command, folder=path.parent, timeout=timeout)).decode())


def loudness_filters(report: str, *, dual_mono: bool = False, true_peak: bool = True) -> str:
    """Returns ffmpeg filters that measure a sound and write a report for `parse_loudness` to a file (`-`: stdout).

    `true_peak` doubles the time. `loudnorm`, which reports as JSON, would take five times as long.
    """
    peak = "true" if true_peak else "none"
    measuring = f"ebur128=framelog=verbose:peak={peak}:metadata=1:dualmono={int(dual_mono)}"
    return f"{measuring},ametadata=mode=print:file={report}"


def parse_loudness(report: str) -> Loudness:
    """Reads what `loudness_filters` reported: ten times a second, the loudness of the sound so far.

    The last line is ignored if it is incomplete, as ffmpeg leaves it when it is killed.
    """
    integrated = _values(report, "I")[-1:]
    peak = _values(report, "true_peak")[-1:]
    return Loudness(
        integrated=max((level for level in integrated if level > _UNMEASURABLE_LUFS), default=-math.inf),
        peak=max((20 * math.log10(level) for level in peak if level > 0), default=-math.inf),
        max_short_term=max(_values(report, "S"), default=-math.inf),
    )


def _values(report: str, name: str) -> list[float]:
    return [float(value) for value in re.findall(rf"^lavfi\.r128\.{name}=(.+)\n", report, re.MULTILINE)]


async def encode_at_target(
    encode: Callable[[Levels], Awaitable[Path]],
    levels: Levels,
    kind: InputKind,
    *,
    timeout: float,
    max_encodings: int,
    max_gain: float = math.inf,
    dual_mono: bool = False,
) -> Loudness:
    """Encodes until loudness and true peak fit, and returns those of the last encoding.

    `encode` writes the sound at the given levels and returns its file, which is read as `kind`. The result of each
    encoding sets the levels of the next: encoders add peaks of their own, and limiters take loudness away. `timeout`
    in seconds for each measurement; `max_gain` as for `correct_levels`. Raises ProcessFailed.
    """
    for _ in range(max_encodings):
        path = await encode(levels)
        loudness = await measure_loudness(path, kind, timeout=timeout, dual_mono=dual_mono)
        better = correct_levels(levels, loudness, max_gain=max_gain)
        if better == levels:
            break
        levels = better
    return loudness


def correct_levels(levels: Levels, loudness: Loudness, *, max_gain: float = math.inf) -> Levels:
    """Returns the levels to encode with next, given the loudness that `levels` led to; the same ones if it fits.

    A sound that needs more gain than `max_gain` dB up or down keeps its loudness.
    """
    gain, ceiling = levels.gain, levels.ceiling
    needed = gain + TARGET_LUFS - loudness.integrated
    off_target = abs(loudness.integrated - TARGET_LUFS) > TOLERANCE_LU
    if off_target and math.isfinite(needed) and abs(needed) <= max_gain:
        gain = round(needed, 2)
    if loudness.peak >= MAX_TRUE_PEAK and ceiling is not None:
        ceiling = round(ceiling - (loudness.peak - MAX_TRUE_PEAK) - 0.1, 2)
    elif max(loudness.peak, loudness.peak + gain - levels.gain) >= MAX_TRUE_PEAK and ceiling is None:
        ceiling = MAX_TRUE_PEAK - ENCODER_HEADROOM
    return Levels(gain=gain, ceiling=ceiling)


def apply_levels(stream: GraphStream, levels: Levels, rate: int) -> GraphStream:
    """Applies gain and limit to a sound of `rate` samples a second.

    With a limit the number of samples may change slightly; follow with `fit_length`.
    """
    if levels.gain:
        stream = stream.filter("volume", f"{levels.gain:.2f}dB")
    if levels.ceiling is None:
        return stream
    # A limiter sees the true peaks, which lie between the samples, only at a multiple of the rate.
    return (
        stream.filter("aresample", rate * 4)
        .filter("alimiter", limit=f"{10 ** (levels.ceiling / 20):.6f}", attack=4, release=60, level=0, latency=1)
        .filter("aresample", rate)
    )


def fit_length(stream: GraphStream, samples: int) -> GraphStream:
    """Cuts a sound to `samples` samples, or extends it to them with silence."""
    return stream.filter("apad", whole_len=samples).filter("atrim", end_sample=samples)
