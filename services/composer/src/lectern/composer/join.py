"""Joining a video's parts into one MP4."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import msgspec

from lectern.composer.chapters import format_ffmetadata
from lectern.composer.commands import BurnIn, FootageList, build_join_command
from lectern.composer.inputs import VideoInputs, footage_name
from lectern.composer.sound import VideoSound
from lectern.composer.timeline import VideoTimeline
from lectern.composer.transitions import CutPlan
from lectern.composer.verification import verify_video
from lectern.contracts.quality import Preset
from lectern.language.tags import alpha3
from lectern.media import FINISHED_VIDEO, bound_footage_bytes, probe_media, run_ffmpeg

TIMEOUT_MARGIN_SECONDS = 60.0  # on top of the video's own length; joining takes a few hundredths of that
MIN_PIXELS_PER_SECOND = 10_000_000  # that a machine must draw and encode; two cores manage about ten times as many
PROGRESS_INTERVAL_SECONDS = 0.5
MAX_TABLES_BYTES = 64 * 1024 * 1024  # of a video's tables, captions and chapters

_LIST, _METADATA, _CAPTIONS, _VIDEO = "footage.ffconcat", "chapters.ffmetadata", "captions.vtt", "video.mp4"
_BURNED_CAPTIONS, _PROGRESS = "captions.ass", "join.progress"


class JoinedVideo(msgspec.Struct, frozen=True, kw_only=True):
    """The finished video. `drift` is the difference in length of its audio and video tracks, in seconds.

    `missing_letters` are letters of burned-in captions that no font on this machine has.
    """

    path: Path
    drift: float
    missing_letters: str = ""


class BurnedCaptions(msgspec.Struct, frozen=True, kw_only=True):
    """Captions to burn in, as ASS. `on_frames` receives the number of frames encoded so far."""

    ass: str
    preset: Preset
    on_frames: Callable[[int], Awaitable[None]]


async def join_video(
    inputs: VideoInputs,
    sound: VideoSound,
    captions: str | None,
    burned: BurnedCaptions | None = None,
    cuts: Sequence[CutPlan] = (),
) -> JoinedVideo:
    """Joins and verifies a video. `captions` is WebVTT for a track that players show on request.

    `cuts` are transitions that are drawn already.

    The picture is copied, unless captions are `burned` into it; then it is decoded, drawn upon and encoded. Raises
    BadVideo or ProcessFailed.
    """
    folder, timeline = inputs.folder, inputs.timeline
    (folder / _LIST).write_text(format_concat_list(timeline, cuts))
    (folder / _METADATA).write_text(format_ffmetadata(inputs.script.title, timeline))
    if captions:
        (folder / _CAPTIONS).write_text(captions)
    if burned:
        (folder / _BURNED_CAPTIONS).write_text(burned.ass)
    names = (*(footage_name(span.number) for span in timeline.spans), *(cut.name for cut in cuts))
    command = build_join_command(
        footage=FootageList(name=_LIST, parts=names),
        sound=sound.name,
        metadata=_METADATA,
        captions=_CAPTIONS if captions else None,
        language=alpha3(inputs.script.language),
        burn_in=_burn_in(burned, timeline) if burned else None,
        out=_VIDEO,
        max_output_bytes=_bound_video(folder, (*names, sound.name), timeline, burned),
    )
    timeout = TIMEOUT_MARGIN_SECONDS + timeline.seconds
    if burned:
        timeout += timeline.frames * burned.preset.width * burned.preset.height / MIN_PIXELS_PER_SECOND
        async with _reporting_frames(folder / _PROGRESS, burned.on_frames):
            log = await run_ffmpeg(command, folder=folder, timeout=timeout)
    else:
        log = await run_ffmpeg(command, folder=folder, timeout=timeout)
    media = await probe_media(folder / _VIDEO, FINISHED_VIDEO)
    drift = verify_video(media, timeline, captions=bool(captions), chapters=len(timeline.spans))
    return JoinedVideo(path=folder / _VIDEO, drift=drift, missing_letters=find_missing_letters(log))


def _bound_video(folder: Path, parts: Sequence[str], timeline: VideoTimeline, burned: BurnedCaptions | None) -> int:
    """Returns the most bytes that the video can have: those of its parts, or of its pictures without compression."""
    copied = sum((folder / name).stat().st_size for name in parts)
    if not burned:
        return copied + MAX_TABLES_BYTES
    pixels = burned.preset.width * burned.preset.height
    return copied + MAX_TABLES_BYTES + bound_footage_bytes(timeline.frames, pixels)


def _burn_in(burned: BurnedCaptions, timeline: VideoTimeline) -> BurnIn:
    return BurnIn(
        captions=_BURNED_CAPTIONS,
        fps=timeline.fps,
        encoder_preset=burned.preset.encoder_preset,
        crf=burned.preset.crf,
        progress=_PROGRESS,
    )


def find_missing_letters(log: str) -> str:
    """Returns the letters that libass found no font for, once each, from ffmpeg's log."""
    codes = re.findall(r"failed to find any fallback with glyph 0x([0-9A-Fa-f]+)", log)
    return "".join(chr(int(code, 16)) for code in dict.fromkeys(codes))


@contextlib.asynccontextmanager
async def _reporting_frames(progress: Path, on_frames: Callable[[int], Awaitable[None]]) -> AsyncIterator[None]:
    """Reports how many frames ffmpeg has encoded: repeatedly while the context lasts, and once after success."""

    async def report() -> None:
        reported = 0
        while True:
            await asyncio.sleep(PROGRESS_INTERVAL_SECONDS)
            frames = await asyncio.to_thread(_read_frames, progress)
            if frames > reported:
                reported = frames
                await on_frames(frames)

    task = asyncio.create_task(report())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await on_frames(await asyncio.to_thread(_read_frames, progress))


def _read_frames(progress: Path) -> int:
    return parse_frames(progress.read_text()) if progress.exists() else 0


def parse_frames(progress: str) -> int:
    """Returns the frames encoded so far, from ffmpeg's `-progress` file: blocks of key=value, the newest one last."""
    counts = [line.partition("=")[2].strip() for line in progress.splitlines() if line.startswith("frame=")]
    return int(counts[-1]) if counts and counts[-1].isdigit() else 0


def format_concat_list(timeline: VideoTimeline, cuts: Sequence[CutPlan] = ()) -> str:
    """Lists the footage in order, with its lengths in microseconds. Transitions replace the ends of their scenes.

    Without them ffmpeg uses the container's, which are rounded up to milliseconds: pictures would come later with every
    scene. Lengths are differences of rounded starts rather than rounded lengths, so errors never add up.
    """
    lines = ["ffconcat version 1.0"]
    blended = {cut.scene: cut for cut in cuts}

    def add(name: str, start: int, end: int, outpoint: str = "") -> None:
        first, last = (round(frame * 1_000_000 / timeline.fps) for frame in (start, end))
        lines.extend([f"file {name}", *([outpoint] if outpoint else []), f"duration {(last - first) / 1_000_000:.6f}"])

    for span in timeline.spans:
        cut = blended.get(span.number)
        if cut is None:
            add(footage_name(span.number), span.start, span.end)
            continue
        copied = span.frames - cut.frames
        # half a frame early, or a rounded time would let one frame more through
        add(footage_name(span.number), span.start, span.start + copied, f"outpoint {(copied - 0.5) / timeline.fps:.6f}")
        add(cut.name, span.start + copied, span.end)
    return "\n".join(lines) + "\n"
