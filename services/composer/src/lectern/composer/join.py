"""Joining a video's parts into one MP4."""

from __future__ import annotations

from pathlib import Path

import msgspec

from lectern.composer.chapters import ffmetadata
from lectern.composer.checks import check_video
from lectern.composer.graph import Voice, join_args
from lectern.composer.languages import three_letters
from lectern.composer.materials import Materials, audio_name, footage_name
from lectern.composer.probe import probe
from lectern.composer.timeline import Timeline
from lectern.worker.process import run_ffmpeg

PATIENCE = 60.0  # seconds on top of the video's own length; joining takes a few hundredths of that

_LIST, _METADATA, _CAPTIONS, _VIDEO = "footage.ffconcat", "chapters.ffmetadata", "captions.vtt", "video.mp4"


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """The finished video, and by how many seconds its sound and picture differ in length."""

    path: Path
    drift: float


async def join(materials: Materials, captions: str | None, *, bitrate: str) -> Joined:
    """The finished video, checked. `captions` is WebVTT. Raises Unsound or ProcessFailed."""
    folder, timeline = materials.folder, materials.timeline
    (folder / _LIST).write_text(concat_list(timeline))
    (folder / _METADATA).write_text(ffmetadata(materials.script.title, timeline))
    if captions:
        (folder / _CAPTIONS).write_text(captions)
    args = join_args(
        footage=_LIST,
        voices=[Voice(name=audio_name(s.number), samples=timeline.samples(s.frames)) for s in timeline.spans],
        metadata=_METADATA,
        captions=_CAPTIONS if captions else None,
        language=three_letters(materials.script.language),
        bitrate=bitrate,
        out=_VIDEO,
    )
    await run_ffmpeg(args, timeout=PATIENCE + timeline.seconds, cwd=folder)
    video = folder / _VIDEO
    drift = check_video(await probe(video), timeline, captions=bool(captions), chapters=len(timeline.spans))
    return Joined(path=video, drift=drift)


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
