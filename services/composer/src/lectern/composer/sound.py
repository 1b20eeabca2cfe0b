"""The sound of a video: narration and music as AAC, as loud as players expect, measured on what was encoded."""

from __future__ import annotations

import math
import re
from pathlib import Path

import msgspec

from lectern.composer.graph import Levels, Voice, loudness_args, sound_args
from lectern.composer.languages import three_letters
from lectern.composer.materials import Materials, audio_name
from lectern.media.ffmpeg import run_ffmpeg

TARGET = -14.0  # LUFS integrated, where online players normalise to
TOLERANCE = 0.3  # LU; what we promise is half a unit
CEILING = -1.0  # dBTP, of the decoded sound
FARTHEST = 6.0  # LU: what is farther from the target holds hardly any speech, and is meant to be quiet
ROUNDS = 5  # times the sound is encoded at most
PATIENCE = 60.0  # seconds on top of the video's own length; encoding takes a few hundredths of that

_SOUND = "sound.m4a"


class Loudness(msgspec.Struct, frozen=True, kw_only=True):
    """Integrated loudness in LUFS and true peak in dBTP, both -inf for silence."""

    integrated: float
    peak: float


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """A finished sound track: a file in the materials' folder, and how loud it is."""

    name: str
    loudness: Loudness


async def mix(materials: Materials, music: str | None, *, bitrate: str) -> Sound:
    """Narration of all scenes with `music` (a file as `sound_args` wants it) beneath. Raises ProcessFailed.

    The voice levels every scene, so most mixes are right as they are. Else gain and limiter are set anew from what was
    measured: encoders add peaks of their own, limiters take loudness.
    """
    timeline = materials.timeline
    voices = [Voice(name=audio_name(s.number), samples=timeline.samples(s.frames)) for s in timeline.spans]
    levels = Levels()
    for _ in range(ROUNDS):
        args = sound_args(
            voices=voices,
            music=music,
            levels=levels,
            language=three_letters(materials.script.language),
            bitrate=bitrate,
            out=_SOUND,
        )
        await run_ffmpeg(args, timeout=PATIENCE + timeline.seconds, cwd=materials.folder)
        heard = await measured(materials.folder / _SOUND, timeout=PATIENCE + timeline.seconds)
        better = corrected(levels, heard)
        if better == levels:
            break
        levels = better
    return Sound(name=_SOUND, loudness=heard)


async def measured(path: Path, *, timeout: float) -> Loudness:
    """How loud a file's sound is once decoded. Raises ProcessFailed."""
    said = await run_ffmpeg(loudness_args(path.name), timeout=timeout, cwd=path.parent)
    integrated, peak = (re.findall(rf"{name}:\s+(-?[\d.]+|-inf|nan) ", said) for name in ("I", "Peak"))
    loudness = float(integrated[-1]) if integrated else -math.inf
    return Loudness(
        integrated=loudness if loudness > -70 else -math.inf,  # ebur128 answers -70 for silence
        peak=float(peak[-1]) if peak else -math.inf,
    )


def corrected(levels: Levels, heard: Loudness) -> Levels:
    """The levels to encode with next, given what came of `levels`; the same ones when that was right."""
    gain, ceiling = levels.gain, levels.ceiling
    wanted = gain + TARGET - heard.integrated
    if abs(heard.integrated - TARGET) > TOLERANCE and abs(wanted) <= FARTHEST:
        gain = round(wanted, 2)
    if heard.peak >= CEILING and ceiling is not None:
        ceiling = round(ceiling - (heard.peak - CEILING) - 0.1, 2)
    elif max(heard.peak, heard.peak + gain - levels.gain) >= CEILING and ceiling is None:
        ceiling = CEILING - 0.5  # half a decibel for the encoder
    return Levels(gain=gain, ceiling=ceiling)
