"""From fetched scenes to stored files: the video, its captions, chapters, transcript and thumbnail.

Files have the same names and bytes however often this runs, and no event names them before all are stored: work that
was cut off is simply done again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from lectern.composer.captions import Cue, chapters_vtt, cues, guide, right_to_left, srt, vtt
from lectern.composer.fanin import Ready
from lectern.composer.join import join
from lectern.composer.materials import Materials, at_most, fetch
from lectern.composer.thumbnail import thumbnail
from lectern.composer.timeline import Span
from lectern.composer.transcript import transcript
from lectern.contracts import keys
from lectern.contracts.events import Output
from lectern.contracts.options import VideoOptions
from lectern.worker import Job, ObjectStore


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A finished file before it is stored."""

    kind: str
    name: str
    media_type: str
    content: str | Path


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """A finished video, stored. `drift` is in seconds, as `seconds` is."""

    seconds: float
    frames: int
    drift: float
    outputs: tuple[Output, ...]


async def compose(ready: Ready, job: Job[Any], *, bitrate: str, transfers: int) -> Composed:
    """Makes and stores a video's files.

    Raises what fetching and joining raise: Missing, Permanent, Unsound, ProcessFailed.
    """
    steps = len(ready.scenes) + 3

    async def fetched(scenes: int) -> None:
        await job.progress(scenes, steps, "fetching scenes")

    async with job.scratch() as folder:
        materials = await fetch(ready, job.store, folder, transfers=transfers, on_scene=fetched)
        await job.progress(steps - 3, steps, "joining")
        texts = texts_of(materials, ready.options)
        spoken = next((str(text.content) for text in texts if text.kind == "captions_vtt"), None)
        video = await join(materials, spoken, bitrate=bitrate)
        await job.progress(steps - 2, steps, "choosing a thumbnail")
        files = [
            File(kind="video", name="video.mp4", media_type="video/mp4", content=video.path),
            *texts,
            File(kind="thumbnail", name="thumbnail.jpg", media_type="image/jpeg", content=await thumbnail(materials)),
        ]
        await job.progress(steps - 1, steps, "storing")
        outputs = await at_most(
            transfers, (_store(job.store, file, job.event.video_id, ready.revision) for file in files)
        )
        await job.progress(steps, steps, "done")
        return Composed(
            seconds=materials.timeline.seconds,
            frames=materials.timeline.frames,
            drift=video.drift,
            outputs=tuple(outputs),
        )


def texts_of(materials: Materials, options: VideoOptions) -> list[File]:
    """The files made of text. Captions are left out when nobody wants them."""
    timeline = materials.timeline
    files = [
        File(kind="chapters_vtt", name="chapters.vtt", media_type="text/vtt", content=chapters_vtt(timeline)),
        File(
            kind="transcript",
            name="transcript.txt",
            media_type="text/plain; charset=utf-8",
            content=transcript(materials.script, timeline),
        ),
    ]
    placed = captions_of(materials, options)
    if options.captions == "off" or not any(scene_cues for _, scene_cues in placed):
        return files
    rtl = right_to_left(materials.script.language)
    spoken = vtt(placed, timeline, karaoke=options.captions == "karaoke", rtl=rtl)
    return [
        File(kind="captions_vtt", name="captions.vtt", media_type="text/vtt", content=spoken),
        File(
            kind="captions_srt",
            name="captions.srt",
            media_type="application/x-subrip",
            content=srt(placed, timeline, rtl=rtl),
        ),
        *files,
    ]


def captions_of(materials: Materials, options: VideoOptions) -> list[tuple[Span, tuple[Cue, ...]]]:
    """Each scene's place with its cues."""
    limits = guide(options.aspect, materials.script.language)
    timeline = materials.timeline
    return [
        (span, cues(narration.words, span.frames, timeline.fps, limits))
        for span, narration in zip(timeline.spans, materials.narrations, strict=True)
    ]


async def _store(store: ObjectStore, file: File, video_id: str, revision: int) -> Output:
    key = keys.output(video_id, revision, file.name)
    if isinstance(file.content, Path):
        size = file.content.stat().st_size
        await store.put_file(key, file.content, file.media_type)
    else:
        data = file.content.encode()
        size = len(data)
        await store.put(key, data, file.media_type)
    return Output(kind=file.kind, key=key, media_type=file.media_type, bytes=size)
