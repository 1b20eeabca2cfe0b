"""Joining a video's parts into one MP4."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from lectern.composer.chapters import ffmetadata
from lectern.composer.checks import check_video
from lectern.composer.graph import Burn, join_args
from lectern.composer.languages import three_letters
from lectern.composer.materials import Materials, footage_name
from lectern.composer.probe import probe
from lectern.composer.sound import Sound
from lectern.composer.timeline import Timeline
from lectern.contracts.quality import Preset
from lectern.media.ffmpeg import run_ffmpeg

PATIENCE = 60.0  # seconds on top of the video's own length; joining takes a few hundredths of that
SLOWEST = 10_000_000  # pixels a second that a machine must draw and encode; two cores do about ten times as many
LOOKS = 0.5  # seconds between looks at how far the encoder is

_LIST, _METADATA, _CAPTIONS, _VIDEO = "footage.ffconcat", "chapters.ffmetadata", "captions.vtt", "video.mp4"
_DRAWN, _PROGRESS = "captions.ass", "join.progress"


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """The finished video, and by how many seconds its sound and picture differ in length.

    `unknown` are letters of burned-in captions that no font on this machine has.
    """

    path: Path
    drift: float
    unknown: str = ""


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """Captions to burn in: ASS, the preset of the video, and whom to tell how many frames are done."""

    ass: str
    preset: Preset
    on_frames: Callable[[int], Awaitable[None]]


async def join(materials: Materials, sound: Sound, captions: str | None, drawing: Drawing | None = None) -> Joined:
    """The finished video, checked. `captions` is WebVTT for a track that players show on request.

    Raises Unsound or ProcessFailed. Joining copies the picture; with `drawing` it is decoded, drawn upon and encoded.
    """
    folder, timeline = materials.folder, materials.timeline
    (folder / _LIST).write_text(concat_list(timeline))
    (folder / _METADATA).write_text(ffmetadata(materials.script.title, timeline))
    if captions:
        (folder / _CAPTIONS).write_text(captions)
    burn, patience = None, PATIENCE + timeline.seconds
    if drawing:
        (folder / _DRAWN).write_text(drawing.ass)
        burn = Burn(
            captions=_DRAWN,
            fps=timeline.fps,
            encoder_preset=drawing.preset.encoder_preset,
            crf=drawing.preset.crf,
            progress=_PROGRESS,
        )
        patience += timeline.frames * drawing.preset.width * drawing.preset.height / SLOWEST
    args = join_args(
        footage=_LIST,
        sound=sound.name,
        metadata=_METADATA,
        captions=_CAPTIONS if captions else None,
        language=three_letters(materials.script.language),
        burn=burn,
        out=_VIDEO,
    )
    watching = asyncio.create_task(_watch(folder / _PROGRESS, drawing.on_frames)) if drawing else None
    try:
        said = await run_ffmpeg(args, timeout=patience, cwd=folder)
    finally:
        if watching:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
    if drawing:
        await drawing.on_frames(await asyncio.to_thread(_frames_in, folder / _PROGRESS))
    video = folder / _VIDEO
    drift = check_video(await probe(video), timeline, captions=bool(captions), chapters=len(timeline.spans))
    return Joined(path=video, drift=drift, unknown=letters_missed(said))


def letters_missed(said: str) -> str:
    """The letters libass found no font for, once each, from what ffmpeg logged."""
    codes = re.findall(r"failed to find any fallback with glyph 0x([0-9A-Fa-f]+)", said)
    return "".join(chr(int(code, 16)) for code in dict.fromkeys(codes))


async def _watch(progress: Path, on_frames: Callable[[int], Awaitable[None]]) -> None:
    """Tells how many frames ffmpeg says it has encoded, until cancelled."""
    told = 0
    while True:
        await asyncio.sleep(LOOKS)
        frames = await asyncio.to_thread(_frames_in, progress)
        if frames > told:
            told = frames
            await on_frames(frames)


def _frames_in(progress: Path) -> int:
    return frames_of(progress.read_text()) if progress.exists() else 0


def frames_of(progress: str) -> int:
    """The frames encoded so far, from what ffmpeg wrote with `-progress`: blocks of key=value, the last one newest."""
    counts = [line.partition("=")[2].strip() for line in progress.splitlines() if line.startswith("frame=")]
    return int(counts[-1]) if counts and counts[-1].isdigit() else 0


def concat_list(timeline: Timeline) -> str:
    """The footage in order, with its lengths in microseconds.

    Without them ffmpeg takes the container's, which are rounded up to milliseconds: pictures would come later with
    every scene. Differences of rounded starts, not rounded lengths: an error never adds up.
    """
    lines = ["ffconcat version 1.0"]
    for span in timeline.spans:
        start, end = (round(frame * 1_000_000 / timeline.fps) for frame in (span.start, span.end))
        lines += [f"file {footage_name(span.number)}", f"duration {(end - start) / 1_000_000:.6f}"]
    return "\n".join(lines) + "\n"
