"""The bed: music looped to a video's length, its level drawn from when words are said. Exact to the sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lectern.contracts.quality import AUDIO_RATE

UNDER = -34.0  # LUFS of the loudest music beneath speech: 20 dB below a voice at -14
ALONE = -27.0  # LUFS of the loudest music in a pause
PAUSE = 2.0  # seconds of silence from which on it is one that music fills
WAIT, RISE, FALL, READY = 0.3, 0.8, 0.5, 0.1  # seconds: after the last word, up, down, before the next word
FADE_IN, FADE_OUT = 1.5, 2.5  # seconds at the ends of the video, a quarter of it at most
CROSSFADE = 2.0  # seconds in which a track's end becomes its beginning
MOST = 20.0  # dB that a quiet track is raised

_CHUNK = 10 * AUDIO_RATE

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int16]


def lay(track: Path, bed: Path, *, samples: int, spoken: Sequence[tuple[float, float]], loudest: float) -> None:
    """Writes `samples` samples of music for a video in which words are `spoken` (start and end in seconds).

    Both files are 16-bit stereo at 48 kHz without a header; `loudest` is the track's greatest short-term loudness.
    """
    sound = np.memmap(track, np.int16, "r").reshape(-1, 2)
    times, levels = curve(spoken, samples / AUDIO_RATE)
    with bed.open("wb") as out:
        for start in range(0, samples, _CHUNK):
            places = np.arange(start, min(start + _CHUNK, samples))
            gain = 10 ** ((np.interp(places / AUDIO_RATE, times, levels) - max(loudest, UNDER - MOST)) / 20)
            faded = looped(sound, places) * (gain * fades(places, samples))[:, None]
            out.write(np.rint(faded).clip(-32768, 32767).astype("<i2").tobytes())


def curve(spoken: Iterable[tuple[float, float]], seconds: float) -> tuple[list[float], list[float]]:
    """The loudness music may have, as times and levels in LUFS between which it runs straight."""
    times, levels = [0.0], [ALONE]
    quiet_from = -PAUSE  # before the first word nobody has just spoken
    for start, end in sorted(spoken):
        if start - quiet_from >= PAUSE or levels == [ALONE]:
            if quiet_from >= 0:
                times += [quiet_from + WAIT, quiet_from + WAIT + RISE]
                levels += [UNDER, ALONE]
            times += [max(times[-1], start - READY - FALL), max(times[-1], start - READY)]
            levels += [ALONE if start > READY else UNDER, UNDER]
        quiet_from = max(quiet_from, end)
    if quiet_from >= 0 and seconds - quiet_from > WAIT:
        times += [quiet_from + WAIT, quiet_from + WAIT + RISE]
        levels += [UNDER, ALONE]
    return times, levels


def fades(places: npt.NDArray[np.int64], samples: int) -> Floats:
    """The gain of fading in and out, at sample numbers of a video of `samples`: straight in amplitude."""
    into, out = (max(1.0, min(fade * AUDIO_RATE, samples / 4)) for fade in (FADE_IN, FADE_OUT))
    return np.minimum(np.minimum(places / into, (samples - 1 - places) / out), 1.0).clip(0.0, 1.0)


def looped(track: npt.NDArray[np.int16], places: npt.NDArray[np.int64]) -> Floats:
    """The samples of an endless repetition of a track, whose end fades into its beginning."""
    overlap = min(int(CROSSFADE * AUDIO_RATE), len(track) // 4)
    period = len(track) - overlap
    at = places % period
    sound: Floats = track[at].astype(np.float64)
    over = (at < overlap) & (places >= period)
    share = (at[over] / overlap)[:, None]
    sound[over] = share * sound[over] + (1 - share) * track[at[over] + period]
    return sound
