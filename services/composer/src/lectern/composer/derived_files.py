"""Makes the files that are derived from a scene's footage and narration when somebody asks for them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import assert_never

from lectern.composer.contact_sheet import draw_contact_sheet
from lectern.composer.verification import check_footage_file
from lectern.contracts.derived_files import AnyDerivedFile, ContactSheet, NarrationCopy, SceneStill, SceneVideo
from lectern.contracts.quality import AUDIO_RATE
from lectern.language.tags import alpha3
from lectern.media import FLAC, FOOTAGE, FfmpegCommand, MediaInput, Shot, build_stills_command, input_args, run_ffmpeg
from lectern.worker import ObjectStore

STILL_EDGE = 640  # pixels on the longer edge: a card in a page, on a display of twice the density
SETTLED_SECONDS = 0.5  # before a scene's end, when its last animation is usually over
TIMEOUT_SECONDS = 120.0
MAX_TABLES_BYTES = 16 * 1024 * 1024
MAX_NARRATION_BYTES = 256 * 1024 * 1024

_FOOTAGE, _NARRATION = "footage.mp4", "narration.flac"


async def make_derived_file(file: AnyDerivedFile, store: ObjectStore, folder: Path, *, audio_bitrate: str) -> Path:
    """Makes a file in `folder`. Raises Missing, ProcessFailed, and Permanent for footage that is none."""
    match file:
        case SceneVideo():
            return await _join_scene(file, store, folder, audio_bitrate)
        case SceneStill():
            return await _take_still(file, store, folder)
        case NarrationCopy():
            return await _encode_narration(file, store, folder, audio_bitrate)
        case ContactSheet():
            return await draw_contact_sheet(file, store, folder)
    assert_never(file)


async def _join_scene(file: SceneVideo, store: ObjectStore, folder: Path, bitrate: str) -> Path:
    """Copies the picture and lays the voice under it, cut or extended to the sample."""
    await _fetch_footage(store, file.footage_key, folder)
    await store.get_file(file.audio_key, folder / _NARRATION)
    size = (folder / _FOOTAGE).stat().st_size + (folder / _NARRATION).stat().st_size
    command = build_scene_command(file, bitrate=bitrate, out="scene.mp4", max_output_bytes=size + MAX_TABLES_BYTES)
    await run_ffmpeg(command, folder=folder, timeout=TIMEOUT_SECONDS)
    return folder / "scene.mp4"


def build_scene_command(file: SceneVideo, *, bitrate: str, out: str, max_output_bytes: int) -> FfmpegCommand:
    """Builds the command that joins one scene's footage and narration, as `build_join_command` does for a video."""
    samples = file.frames * AUDIO_RATE // file.fps
    sound = (
        f"aformat=sample_rates={AUDIO_RATE}:channel_layouts=mono,"
        f"apad=whole_len={samples},atrim=end_sample={samples},pan=stereo|c0=c0|c1=c0"
    )
    language = alpha3(file.language)
    args = [
        *input_args(MediaInput(path=_FOOTAGE, kind=FOOTAGE)),
        *input_args(MediaInput(path=_NARRATION, kind=FLAC, options=(("threads", 1),))),
        *("-map", "0:v:0", "-c:v", "copy", "-map", "1:a:0", "-filter:a", sound),
        *("-c:a", "aac", "-profile:a", "aac_low", "-b:a", bitrate),
        *("-metadata:s:v:0", f"language={language}", "-metadata:s:a:0", f"language={language}"),
        *("-movflags", "+faststart+write_colr", "-fflags", "+bitexact", "-flags:a", "+bitexact"),
        *("-movie_timescale", str(AUDIO_RATE), "-f", "mp4", out),
    ]
    return FfmpegCommand(args=tuple(args), writes=(out,), max_output_bytes=max_output_bytes)


async def _take_still(file: SceneStill, store: ObjectStore, folder: Path) -> Path:
    await _fetch_footage(store, file.footage_key, folder)
    shot = Shot(name=_FOOTAGE, seconds=choose_second(file.frames, file.fps), still="still.jpg")
    command = build_stills_command([shot], longest_edge=STILL_EDGE)
    await run_ffmpeg(command, folder=folder, timeout=TIMEOUT_SECONDS)
    return folder / "still.jpg"


def choose_second(frames: int, fps: int) -> str:
    """Chooses a time near a scene's end: a whole second, where footage has a key frame and decoding starts at once.

    For a scene too short to have one after its start, the time of the frame in its middle.
    """
    second = int(frames / fps - SETTLED_SECONDS)
    if second >= 1:
        return str(second)
    return f"{max(0.0, (frames // 2 - 0.5) / fps):.6f}"


async def _encode_narration(file: NarrationCopy, store: ObjectStore, folder: Path, bitrate: str) -> Path:
    await store.get_file(file.audio_key, folder / _NARRATION)
    args = [
        *input_args(MediaInput(path=_NARRATION, kind=FLAC, options=(("threads", 1),))),
        *("-map", "0:a:0", "-c:a", "aac", "-profile:a", "aac_low", "-b:a", bitrate),
        *("-movflags", "+faststart", "-fflags", "+bitexact", "-flags:a", "+bitexact"),
        *("-movie_timescale", str(AUDIO_RATE), "-f", "mp4", "narration.m4a"),
    ]
    command = FfmpegCommand(args=tuple(args), writes=("narration.m4a",), max_output_bytes=MAX_NARRATION_BYTES)
    await run_ffmpeg(command, folder=folder, timeout=TIMEOUT_SECONDS)
    return folder / "narration.m4a"


async def _fetch_footage(store: ObjectStore, key: str, folder: Path) -> None:
    await store.get_file(key, folder / _FOOTAGE)
    await asyncio.to_thread(check_footage_file, folder / _FOOTAGE)
