"""The music bed: a track looped to a video's length, its level following the narration. Exact to the sample."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lectern.contracts.quality import AUDIO_RATE

SPEECH_LUFS = -34.0  # of the loudest music beneath speech: 20 dB below a voice at -14
PAUSE_LUFS = -27.0  # of the loudest music in a pause
MIN_PAUSE = 1.0  # seconds of silence that music fills: in a shorter rise than RISE, it gets less loud
HOLD, RISE, FALL, LEAD = 0.3, 0.8, 0.5, 0.1  # seconds: after the last word, going up, going down, before the next word
FADE_IN, FADE_OUT = 1.5, 2.5  # seconds at the ends of the video, a quarter of it at most
CROSSFADE = 2.0  # seconds in which a track's end fades into its beginning
MAX_BOOST = 20.0  # dB that a quiet track is raised

_CHUNK = 10 * AUDIO_RATE

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int16]


def write_bed(track: Path, bed: Path, *, samples: int, spoken: Sequence[tuple[float, float]], loudest: float) -> None:
    """Writes `samples` samples of music for a video whose words are `spoken` from start to end, in seconds.

    Both files are 16-bit stereo at 48 kHz without a header; `loudest` is the track's greatest short-term loudness in
    LUFS.
    """
    sound = np.memmap(track, np.int16, "r").reshape(-1, 2)
    times, levels = level_curve(spoken, samples / AUDIO_RATE)
    reference = max(loudest, SPEECH_LUFS - MAX_BOOST)
    with bed.open("wb") as out:
        for start in range(0, samples, _CHUNK):
            places = np.arange(start, min(start + _CHUNK, samples))
            gain = 10 ** ((np.interp(places / AUDIO_RATE, times, levels) - reference) / 20)
            music = loop_track(sound, places) * (gain * fade_gain(places, samples))[:, None]
            out.write(np.rint(music).clip(-32768, 32767).astype("<i2").tobytes())


def level_curve(spoken: Iterable[tuple[float, float]], seconds: float) -> tuple[list[float], list[float]]:
    """Returns the music's level over time as a polyline: times in seconds, and levels in LUFS."""
    times, levels = [0.0], [PAUSE_LUFS]
    quiet_from = -math.inf  # nobody has spoken before the first word
    for start, end in sorted(spoken):
        if quiet_from < 0:
            times += [max(0.0, start - LEAD - FALL), max(0.0, start - LEAD)]
            levels += [PAUSE_LUFS if start > LEAD else SPEECH_LUFS, SPEECH_LUFS]
        elif start - quiet_from >= MIN_PAUSE:
            pause_times, pause_levels = _fill_pause(quiet_from, start)
            times += pause_times
            levels += pause_levels
        quiet_from = max(quiet_from, end)
    if quiet_from >= 0 and seconds - quiet_from > HOLD:
        times += [quiet_from + HOLD, quiet_from + HOLD + RISE]
        levels += [SPEECH_LUFS, PAUSE_LUFS]
    return times, levels


def _fill_pause(start: float, end: float) -> tuple[list[float], list[float]]:
    """The music's rise and fall in a pause: in a short one both are shorter, and it rises by as much less."""
    share = min(1.0, (end - start - HOLD - LEAD) / (RISE + FALL))
    top = SPEECH_LUFS + (PAUSE_LUFS - SPEECH_LUFS) * share
    risen = start + HOLD + RISE * share
    times = [start + HOLD, risen, max(risen, end - LEAD - FALL * share), end - LEAD]
    return times, [SPEECH_LUFS, top, top, SPEECH_LUFS]


def fade_gain(places: npt.NDArray[np.int64], samples: int) -> Floats:
    """Returns the gain, linear in amplitude, of fading in and out at these sample numbers of a video of `samples`."""
    fade_in, fade_out = (max(1.0, min(fade * AUDIO_RATE, samples / 4)) for fade in (FADE_IN, FADE_OUT))
    return np.minimum(np.minimum(places / fade_in, (samples - 1 - places) / fade_out), 1.0).clip(0.0, 1.0)


def loop_track(track: Samples, places: npt.NDArray[np.int64]) -> Floats:
    """Returns samples of a track, (samples, 2), that repeats endlessly, its end fading into its start."""
    overlap = min(int(CROSSFADE * AUDIO_RATE), len(track) // 4)
    period = len(track) - overlap
    at = places % period
    sound: Floats = track[at].astype(np.float64)
    fading = (at < overlap) & (places >= period)
    share = (at[fading] / overlap)[:, None]
    sound[fading] = share * sound[fading] + (1 - share) * track[at[fading] + period]
    return sound
