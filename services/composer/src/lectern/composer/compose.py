"""From stored scenes to stored outputs: the video, its captions, chapters, transcript and thumbnail.

Outputs have the same names and bytes however often this runs, and no event names them before all are stored: work that
was cut off is simply repeated.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from lectern.composer.captions import SceneCues
from lectern.composer.composed_films import ComposedVideo
from lectern.composer.fan_in import ScenesReady
from lectern.composer.inputs import VideoInputs, fetch_inputs
from lectern.composer.join import BurnedCaptions, JoinedVideo, join_video
from lectern.composer.sound import VideoSound, mix_sound
from lectern.composer.sound_track import prepare_sound_track
from lectern.composer.text_outputs import FinishedFile, cut_captions, format_styled_captions, format_text_outputs
from lectern.composer.thumbnail import choose_thumbnail
from lectern.composer.transitions import CutPlan, draw_cuts, plan_cuts
from lectern.contracts import keys
from lectern.contracts.events import Output
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import preset
from lectern.worker import Job, ObjectStore, map_concurrently

STEPS_AFTER_FETCHING = 4  # sound, joining, thumbnail, storing


async def compose_video(ready: ScenesReady, job: Job[Any], *, audio_bitrate: str, transfers: int) -> ComposedVideo:
    """Makes and stores a video's outputs, `transfers` of them at once.

    Raises Missing and Permanent for inputs that cannot be used, BadVideo and ProcessFailed.
    """
    fetching = len(ready.scenes)
    steps = fetching + STEPS_AFTER_FETCHING
    options = ready.options

    async def report_fetched(scenes: int) -> None:
        await job.progress(scenes, steps, "fetching scenes")

    async def report_drawn(share: float) -> None:
        await job.progress(fetching + 1 + share, steps, "drawing captions")

    async with job.scratch() as folder:
        inputs = await fetch_inputs(ready, job.store, folder, transfers=transfers, on_scene=report_fetched)
        await job.progress(fetching, steps, "mixing the sound")
        beneath = await prepare_sound_track(options, job.store, inputs)
        sound = await mix_sound(inputs, beneath, bitrate=audio_bitrate)
        await job.progress(fetching + 1, steps, "joining")
        cuts = await _draw_cuts(ready, inputs, job)
        captions = await asyncio.to_thread(cut_captions, inputs, options)
        texts = format_text_outputs(inputs, options, captions, ready.notes)

        # Captions are a track of the video or, burned in, part of its picture: never both, or they would double.
        if captions and options.burn_captions:
            video = await _join_burned(inputs, options, sound, captions, report_drawn, cuts)
        else:
            track = next((str(file.content) for file in texts if file.kind == "captions_vtt"), None)
            video = await join_video(inputs, sound, track, cuts=cuts)
        if video.missing_letters:
            job.logger.warning(
                "no installed font has some letters of the captions; install fonts-noto-core or fonts-noto-cjk",
                action="letters-missing",
                letters=video.missing_letters,
            )
        await job.progress(fetching + 2, steps, "choosing a thumbnail")
        thumbnail = await choose_thumbnail(inputs, cards=options.cards)
        await job.progress(fetching + 3, steps, "storing")
        files = [
            FinishedFile(kind="video", name="video.mp4", media_type="video/mp4", content=video.path),
            *texts,
            FinishedFile(kind="thumbnail", name="thumbnail.jpg", media_type="image/jpeg", content=thumbnail),
        ]
        outputs = await map_concurrently(
            lambda file: _store_output(job.store, file, job.event.video_id, ready.revision), files, limit=transfers
        )
        await job.progress(steps, steps, "done")
        return ComposedVideo(
            seconds=inputs.timeline.seconds,
            frames=inputs.timeline.frames,
            drift=video.drift,
            loudness=sound.loudness.integrated if math.isfinite(sound.loudness.integrated) else None,
            outputs=tuple(outputs),
            missing_letters=video.missing_letters,
        )


async def _draw_cuts(ready: ScenesReady, inputs: VideoInputs, job: Job[Any]) -> list[CutPlan]:
    """Draws the transitions; one that cannot be joined is left out, which makes it a cut."""
    plans = plan_cuts(inputs.script, ready.scenes, inputs.timeline)
    frame = preset(ready.options.quality, ready.options.aspect)
    cuts, faults = await draw_cuts(plans, inputs.timeline, inputs.folder, frame)
    for fault in faults:
        job.logger.warning("a transition becomes a cut", action="transition-unfit", detail=fault)
    return cuts


async def _join_burned(
    inputs: VideoInputs,
    options: VideoOptions,
    sound: VideoSound,
    captions: SceneCues,
    report_drawn: Callable[[float], Awaitable[None]],
    cuts: Sequence[CutPlan],
) -> JoinedVideo:
    async def report_frames(frames: int) -> None:
        await report_drawn(frames / inputs.timeline.frames)

    burned = BurnedCaptions(
        ass=format_styled_captions(inputs, options, captions, burned=True),
        preset=preset(options.quality, options.aspect),
        on_frames=report_frames,
    )
    return await join_video(inputs, sound, None, burned, cuts)


async def _store_output(store: ObjectStore, file: FinishedFile, video_id: str, revision: int) -> Output:
    key = keys.output(video_id, revision, file.name)
    if isinstance(file.content, Path):
        size = file.content.stat().st_size
        await store.put_file(key, file.content, file.media_type)
    else:
        data = file.content.encode()
        size = len(data)
        await store.put(key, data, file.media_type)
    return Output(kind=file.kind, key=key, media_type=file.media_type, bytes=size)
