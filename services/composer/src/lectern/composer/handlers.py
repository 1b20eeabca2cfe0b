"""The composer's stage: every settled scene may be the last one, and the last one makes the video."""

from __future__ import annotations

import msgspec

from lectern.composer.compose import compose
from lectern.composer.fanin import Broken, Ready, decide
from lectern.composer.measures import Measures
from lectern.contracts import events as e
from lectern.worker import Job, Stage


class Composer(msgspec.Struct, frozen=True, kw_only=True):
    """What the handlers need. `transfers` objects move to or from the store at once."""

    measures: Measures
    audio_bitrate: str = "192k"
    transfers: int = 8


STAGE = Stage("composer", fails="video")


@STAGE.on(e.SceneFailed, slots=2)
@STAGE.on(e.SceneRendered, slots=2)
async def gather(event: e.SceneRendered | e.SceneFailed, job: Job[Composer]) -> None:
    """Ends the video's revision when `event` is the last of its scenes to settle; else does nothing."""
    outcome: e.VideoCompleted | e.VideoFailed
    match decide(job.log, event):
        case None:
            return
        case Broken(revision=revision, problem=problem):
            outcome = job.answer(e.VideoFailed, revision=revision, problem=problem)
        case Ready() as ready:
            made = await compose(ready, job, bitrate=job.deps.audio_bitrate, transfers=job.deps.transfers)
            job.deps.measures.composed(made.seconds, made.drift, made.loudness.integrated, made.outputs)
            outcome = job.answer(
                e.VideoCompleted,
                revision=ready.revision,
                seconds=made.seconds,
                frames=made.frames,
                outputs=made.outputs,
            )
    stands = await job.record_outcome(outcome)
    job.logger.info(
        "video ended" if stands else "another outcome was first",
        action="outcome",
        outcome=type(outcome).__name__,
        revision=outcome.revision,
    )
