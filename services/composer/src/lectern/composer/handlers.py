"""The composer's stage: any settled scene may be the last one, and the last one completes the video."""

from __future__ import annotations

from lectern.composer.composed_films import ComposedVideo, build_film_key, find_film, note_film
from lectern.composer.deps import ComposerDeps
from lectern.composer.fan_in import ScenesBroken, ScenesReady, decide
from lectern.contracts import events as e
from lectern.contracts.script import Script
from lectern.worker import Job, Stage, take_turns

STAGE = Stage("composer", fails="video", turns=take_turns)


@STAGE.on(e.SceneFailed, slots=2)
@STAGE.on(e.SceneRendered, slots=2)
async def handle_scene(event: e.SceneRendered | e.SceneFailed, job: Job[ComposerDeps]) -> None:
    """Ends the video's revision if `event` is the last of its scenes to settle; otherwise does nothing."""
    outcome: e.VideoCompleted | e.VideoFailed
    match decide(job.log, event):
        case None:
            return
        case ScenesBroken(revision=revision, problem=problem):
            outcome = job.answer(e.VideoFailed, revision=revision, problem=problem)
        case ScenesReady() as ready:
            outcome = await _compose(ready, job)
    recorded = await job.record_outcome(outcome)
    job.logger.info(
        "video ended" if recorded else "video had already ended",
        action="outcome",
        outcome=type(outcome).__name__,
        revision=outcome.revision,
    )


async def _compose(ready: ScenesReady, job: Job[ComposerDeps]) -> e.VideoCompleted:
    video = await _find_or_compose(ready, job)
    job.deps.metrics.count_video(
        seconds=video.seconds, drift=video.drift, loudness=video.loudness, outputs=video.outputs
    )
    return job.answer(
        e.VideoCompleted,
        revision=ready.revision,
        seconds=video.seconds,
        frames=video.frames,
        outputs=video.outputs,
        missing_letters=video.missing_letters,
    )


async def _find_or_compose(ready: ScenesReady, job: Job[ComposerDeps]) -> ComposedVideo:
    """The same film is composed once; whatever asks for it again gets a copy."""
    deps, video_id = job.deps, job.event.video_id
    script = await job.store.get_json(ready.script_key, Script)
    key = build_film_key(ready, script, audio_bitrate=deps.audio_bitrate)
    found = await find_film(job.store, key, video_id, ready.revision, transfers=deps.transfers)
    job.metrics.count_look("film", hit=found is not None)
    if found is not None:
        return found
    from lectern.composer.compose import compose_video  # what mixes and draws is loaded only for it

    video = await compose_video(ready, job, audio_bitrate=deps.audio_bitrate, transfers=deps.transfers)
    if not video.missing_letters:  # else it would stay as it is when a font was installed
        await note_film(job.store, key, video)
    return video
