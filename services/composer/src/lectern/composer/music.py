"""Background music: a bundled or an uploaded track, brought to length, and kept well below the voice."""

from __future__ import annotations

import asyncio
import contextlib
import re
from importlib.resources import as_file, files
from pathlib import Path

from lectern.composer.bed import lay
from lectern.composer.graph import track_args
from lectern.composer.materials import Materials
from lectern.contracts.options import BUNDLED, MUSIC
from lectern.contracts.problems import FieldError, Problem
from lectern.contracts.quality import AUDIO_RATE
from lectern.media.ffmpeg import run_ffmpeg
from lectern.media.process import ProcessFailed
from lectern.worker import ObjectStore, Permanent

LARGEST = 20 * 1024 * 1024  # bytes of an uploaded track, as the gateway takes it
LONGEST = 600.0  # seconds of a track that are used; then it starts over
SHORTEST = 5.0  # seconds: shorter ones are a noise when they are looped, and too short to measure
PATIENCE = 60.0  # seconds to decode a track in; ten minutes of music take about three

_TRACK, _DECODED, _LOUDNESS, _BED = "music.track", "music.decoded.pcm", "music.loudness", "music.pcm"


async def music_for(key: str, store: ObjectStore, materials: Materials) -> str | None:
    """The music beneath a video, as a file in the materials' folder that `sound_args` takes; None for no music.

    `key` is `VideoOptions.music_key`. Raises Permanent for a track that is gone or cannot be used.
    """
    if not key:
        return None
    folder, timeline = materials.folder, materials.timeline
    await (_unpack(key, folder) if key.startswith(BUNDLED) else _download(key, store, folder))
    loudest = await _decode(folder, hostile=not key.startswith(BUNDLED))
    spoken = [
        (word.start + span.start / timeline.fps, word.end + span.start / timeline.fps)
        for span, narration in zip(timeline.spans, materials.narrations, strict=True)
        for word in narration.words
    ]
    samples = timeline.samples(timeline.frames)
    await asyncio.to_thread(lay, folder / _DECODED, folder / _BED, samples=samples, spoken=spoken, loudest=loudest)
    return _BED


async def _unpack(key: str, folder: Path) -> None:
    name = key.removeprefix(BUNDLED)
    if name not in MUSIC:
        raise _refused("music-unknown", f"There is no bundled track {name[:40]!r}", f"use {' or '.join(MUSIC)}")

    def copy() -> None:
        with as_file(files("lectern.composer") / "music" / f"{name}.opus") as bundled:
            (folder / _TRACK).write_bytes(bundled.read_bytes())

    await asyncio.to_thread(copy)


async def _download(key: str, store: ObjectStore, folder: Path) -> None:
    info = await store.head(key)
    if info is None:
        raise _refused("music-gone", "The uploaded track is no longer stored", "upload it again with POST /v1/assets")
    if info.size > LARGEST:
        raise _refused(
            "music-unusable",
            f"The uploaded track has {info.size / 2**20:.0f} MB; {LARGEST // 2**20} MB are used at most",
            "upload a shorter one, or one of a lower bit rate",
        )
    await store.get_file(key, folder / _TRACK)


async def _decode(folder: Path, *, hostile: bool) -> float:
    """Decodes the track; returns the loudest three seconds in LUFS. Raises Permanent when it is not music."""
    args = track_args(track=_TRACK, hostile=hostile, longest=LONGEST, loudness=_LOUDNESS, out=_DECODED)
    with contextlib.suppress(ProcessFailed):  # what could be decoded of a damaged file may well be enough
        await run_ffmpeg(args, timeout=PATIENCE, cwd=folder)
    return await asyncio.to_thread(_heard, folder)


def _heard(folder: Path) -> float:
    decoded, said = folder / _DECODED, folder / _LOUDNESS
    seconds = decoded.stat().st_size / (4 * AUDIO_RATE) if decoded.exists() else 0.0
    if not seconds:
        raise _refused(
            "music-unusable",
            "The uploaded track cannot be decoded as sound",
            "save it as MP3, WAV, FLAC, Ogg Vorbis, Opus or M4A, check that it plays, and upload it again",
        )
    if seconds < SHORTEST:
        raise _refused(
            "music-unusable",
            f"The track lasts {seconds:.1f} s; {SHORTEST:.0f} s are the least that can be looped",
            "upload a longer one",
        )
    found = re.findall(r"r128\.S=(-?[\d.]+)", said.read_text()) if said.exists() else []
    return max(map(float, found), default=-70.0)


def _refused(code: str, what: str, remedy: str) -> Permanent:
    return Permanent(
        Problem(
            code=code,
            title="The background music cannot be used",
            detail=f"options.music: {what}.",
            remedy=f"For options.music, {remedy}, or leave it out; then ask for the video again: "
            "its scenes are found made.",
            errors=(FieldError(pointer="/options/music", detail=f"{what[:1].lower()}{what[1:]}; {remedy}"),),
        )
    )
