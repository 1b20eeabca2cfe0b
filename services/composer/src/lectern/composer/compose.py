"""From fetched scenes to stored files: the video, its captions, chapters, transcript and thumbnail.

Files have the same names and bytes however often this runs, and no event names them before all are stored: work that
was cut off is simply done again.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from lectern.composer.captions import Placed, ass, chapters_vtt, cues, for_burning, guide, look, right_to_left, srt, vtt
from lectern.composer.fanin import Ready
from lectern.composer.join import Drawing, join
from lectern.composer.materials import Materials, at_most, fetch
from lectern.composer.music import music_for
from lectern.composer.sound import Loudness, mix
from lectern.composer.thumbnail import thumbnail
from lectern.composer.transcript import transcript
from lectern.contracts import keys
from lectern.contracts.events import Output
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import preset
from lectern.worker import Job, ObjectStore


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A finished file before it is stored."""

    kind: str
    name: str
    media_type: str
    content: str | Path


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """A finished video, stored. `drift` is in seconds, as `seconds` is; `loudness` that of the sound as encoded."""

    seconds: float
    frames: int
    drift: float
    loudness: Loudness
    outputs: tuple[Output, ...]


async def compose(ready: Ready, job: Job[Any], *, bitrate: str, transfers: int) -> Composed:
    """Makes and stores a video's files.

    Raises what fetching and joining raise: Missing, Permanent, Unsound, ProcessFailed.
    """
    steps = len(ready.scenes) + 4
    options = ready.options

    async def fetched(scenes: int) -> None:
        await job.progress(scenes, steps, "fetching scenes")

    async with job.scratch() as folder:
        materials = await fetch(ready, job.store, folder, transfers=transfers, on_scene=fetched)
        await job.progress(steps - 4, steps, "mixing the sound")
        music = await music_for(options.music_key, job.store, materials)
        sound = await mix(materials, music, bitrate=bitrate)
        await job.progress(steps - 3, steps, "joining")
        placed = await asyncio.to_thread(captions_of, materials, options)
        texts = texts_of(materials, options, placed)

        async def encoded(frames: int) -> None:
            await job.progress(steps - 3 + frames / materials.timeline.frames, steps, "drawing captions")

        # Captions are a track of the video or, burned in, part of its picture: never both, or they would double.
        if placed and options.burn_captions:
            frame = preset(options.quality, options.aspect)
            drawing = Drawing(ass=drawn(materials, options, placed, burned=True), preset=frame, on_frames=encoded)
            video = await join(materials, sound, None, drawing)
            if video.unknown:
                job.logger.warning(
                    "captions have letters that no font here has; install fonts-noto-core or fonts-noto-cjk",
                    action="letters-missing",
                    letters=video.unknown,
                )
        else:
            video = await join(
                materials, sound, next((str(t.content) for t in texts if t.kind == "captions_vtt"), None)
            )
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
            loudness=sound.loudness,
            outputs=tuple(outputs),
        )


def texts_of(materials: Materials, options: VideoOptions, placed: Placed) -> list[File]:
    """The files made of text. Captions are left out when there are none."""
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
    if not placed:
        return files
    rtl, karaoke = right_to_left(materials.script.language), options.captions == "karaoke"
    captions = [
        File(
            kind="captions_vtt",
            name="captions.vtt",
            media_type="text/vtt",
            content=vtt(placed, timeline, karaoke=karaoke, rtl=rtl),
        ),
        File(
            kind="captions_srt",
            name="captions.srt",
            media_type="application/x-subrip",
            content=srt(placed, timeline, rtl=rtl),
        ),
    ]
    if karaoke:
        content = drawn(materials, options, placed)
        captions.append(File(kind="captions_ass", name="captions.ass", media_type="text/x-ssa", content=content))
    return [*captions, *files]


def drawn(materials: Materials, options: VideoOptions, placed: Placed, *, burned: bool = False) -> str:
    """The captions as they are drawn into the picture, or, not `burned`, as players draw them over it."""
    language = materials.script.language
    frame = preset(options.quality, options.aspect)
    shown = look(options.aspect, options.theme, language, width=frame.width, height=frame.height)
    return ass(
        placed,
        materials.timeline,
        for_burning(shown) if burned else shown,
        karaoke=options.captions == "karaoke",
        rtl=right_to_left(language),
    )


def captions_of(materials: Materials, options: VideoOptions) -> Placed:
    """Each scene's place with its cues; nothing when captions are off or nothing is said."""
    if options.captions == "off":
        return []
    limits = guide(options.aspect, materials.script.language)
    timeline = materials.timeline
    placed = [
        (span, cues(narration.words, span.frames, timeline.fps, limits))
        for span, narration in zip(timeline.spans, materials.narrations, strict=True)
    ]
    return placed if any(scene_cues for _, scene_cues in placed) else []


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
