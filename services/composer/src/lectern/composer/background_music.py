"""Background music: a bundled or an uploaded track, brought to the video's length and kept well below the voice."""

from __future__ import annotations

import asyncio
import contextlib
import math
from importlib.resources import files
from pathlib import Path

from lectern.composer.commands import build_music_command
from lectern.composer.inputs import VideoInputs
from lectern.composer.music_bed import write_bed
from lectern.contracts.options import BUNDLED, MUSIC
from lectern.contracts.problems import FieldError, Problem
from lectern.contracts.quality import AUDIO_RATE
from lectern.media import ProcessFailed, parse_loudness, run_ffmpeg
from lectern.worker import ObjectStore, Permanent

MAX_TRACK_BYTES = 20 * 1024 * 1024  # the gateway's limit for uploads
MAX_TRACK_SECONDS = 600.0  # used of a track, which then starts again
MIN_TRACK_SECONDS = 5.0  # shorter ones become a noise when looped, and cannot be measured
DECODE_TIMEOUT_SECONDS = 60.0  # ten minutes of music take about three

_TRACK, _DECODED, _LOUDNESS, _BED = "music.track", "music.decoded.pcm", "music.loudness", "music.pcm"


async def prepare_music(key: str, store: ObjectStore, inputs: VideoInputs) -> str | None:
    """Writes the music beneath a video to a file in the inputs' folder, and returns its name.

    The format is `build_sound_command`'s. `key` is `VideoOptions.music_key`; without one there is no music. Raises
    Permanent for a track that is missing or cannot be used.
    """
    if not key:
        return None
    folder, timeline = inputs.folder, inputs.timeline
    if key.startswith(BUNDLED):
        await asyncio.to_thread(_unpack, key.removeprefix(BUNDLED), folder)
    else:
        await _download(key, store, folder)
    loudest = await _decode(folder)
    spoken = [
        (word.start + span.start / timeline.fps, word.end + span.start / timeline.fps)
        for span, narration in zip(timeline.spans, inputs.narrations, strict=True)
        for word in narration.words
    ]
    samples = timeline.samples(timeline.frames)
    await asyncio.to_thread(
        write_bed, folder / _DECODED, folder / _BED, samples=samples, spoken=spoken, loudest=loudest
    )
    return _BED


def _unpack(name: str, folder: Path) -> None:
    if name not in MUSIC:
        raise _reject("music-unknown", f"There is no bundled track {name[:40]!r}", f"use {' or '.join(MUSIC)}")
    bundled = files("lectern.composer") / "music" / f"{name}.opus"
    (folder / _TRACK).write_bytes(bundled.read_bytes())


async def _download(key: str, store: ObjectStore, folder: Path) -> None:
    info = await store.head(key)
    if info is None:
        raise _reject("music-gone", "The uploaded track is no longer stored", "upload it again with POST /v1/assets")
    if info.size > MAX_TRACK_BYTES:
        raise _reject(
            "music-unusable",
            f"The uploaded track has {info.size / 2**20:.1f} MB; the limit is {MAX_TRACK_BYTES // 2**20} MB",
            "upload a shorter one, or one of a lower bit rate",
        )
    await store.get_file(key, folder / _TRACK)


async def _decode(folder: Path) -> float:
    """Decodes the track; returns the loudest three seconds in LUFS. Raises Permanent if it is not music."""
    command = build_music_command(track=_TRACK, max_seconds=MAX_TRACK_SECONDS, loudness=_LOUDNESS, out=_DECODED)
    with contextlib.suppress(ProcessFailed):  # what could be decoded of a damaged file may well be enough
        await run_ffmpeg(command, folder=folder, timeout=DECODE_TIMEOUT_SECONDS)
    return await asyncio.to_thread(_read_loudest, folder)


def _read_loudest(folder: Path) -> float:
    decoded, report = folder / _DECODED, folder / _LOUDNESS
    seconds = decoded.stat().st_size / (4 * AUDIO_RATE) if decoded.exists() else 0.0
    if not seconds:
        raise _reject(
            "music-unusable",
            "The uploaded track cannot be decoded as sound",
            "save it as MP3, WAV, FLAC, Ogg Vorbis, Opus or M4A, check that it plays, and upload it again",
        )
    if seconds < MIN_TRACK_SECONDS:
        raise _reject(
            "music-unusable",
            f"The track lasts {seconds:.1f} s; at least {MIN_TRACK_SECONDS:.0f} s are needed for looping",
            "upload a longer one",
        )
    return parse_loudness(report.read_text()).max_short_term if report.exists() else -math.inf


def _reject(code: str, fault: str, remedy: str) -> Permanent:
    return Permanent(
        Problem(
            code=code,
            title="The background music cannot be used",
            detail=f"options.music: {fault}.",
            remedy=f"For options.music, {remedy}, or leave it out; then request the video again: "
            "its cached scenes are reused.",
            errors=(FieldError(pointer="/options/music", detail=f"{fault[:1].lower()}{fault[1:]}; {remedy}"),),
        )
    )
