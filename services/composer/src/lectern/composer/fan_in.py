"""Fan-in: exactly one event completes a video's set of scenes, the last one to settle in stream order."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.notes import Note
from lectern.contracts.options import VideoOptions
from lectern.contracts.problems import Problem


class ScenesReady(msgspec.Struct, frozen=True, kw_only=True):
    """Every scene has its footage: `scenes` in order, each from the revision that rendered it last.

    `notes` are what the video's user should know of it.
    """

    revision: int
    script_key: str
    options: VideoOptions
    scenes: tuple[e.SceneRendered, ...]
    notes: tuple[Note, ...] = ()


class ScenesBroken(msgspec.Struct, frozen=True, kw_only=True):
    """Every scene has settled, and at least one has failed for good."""

    revision: int
    problem: Problem


FanIn: TypeAlias = ScenesReady | ScenesBroken | None


def decide(log: VideoLog, event: e.SceneRendered | e.SceneFailed) -> FanIn:
    """Decides what `event` calls for, given its video's log; None if another event completes the set.

    An event that was stored twice counts where it was stored last. So of all deliveries exactly one acts, and acts
    again if it is redelivered after a crash.
    """
    state = log.state
    settled = state.final_events()
    script = state.script()
    if state.outcome() is not None or settled is None or script is None:
        return None
    newest = {e.message_id(stored): sequence for sequence, stored in log}
    last = max(settled, key=lambda scene: newest[e.message_id(scene)])
    if e.message_id(last) != e.message_id(event):
        return None
    failed = [scene for scene in settled if isinstance(scene, e.SceneFailed)]
    if failed:
        return ScenesBroken(revision=state.revision(), problem=_combine_problems(failed, len(settled)))
    return ScenesReady(
        revision=state.revision(),
        script_key=script.script_key,
        options=script.options,
        scenes=tuple(scene for scene in settled if isinstance(scene, e.SceneRendered)),
        notes=state.notes(),
    )


def _combine_problems(failed: list[e.SceneFailed], scenes: int) -> Problem:
    """Makes the first failed scene's problem that of the video, and says which scenes are kept."""
    first, kept = failed[0], scenes - len(failed)
    others = ", ".join(str(scene.scene) for scene in failed[1:])
    return Problem(
        code=first.problem.code,
        title=first.problem.title,
        detail=(
            f"Scene {first.scene} could not be made: {first.problem.detail.strip()}"
            f"{f' Other failed scenes: {others}.' if others else ''} "
            f"{f'{kept} of {scenes} scenes succeeded and are kept' if kept else f'All {scenes} scenes failed'}."
        ),
        remedy=f"{first.problem.remedy.strip()} A retry makes only the failed scenes again.".strip(),
        stage=first.problem.stage or first.stage,
        scene=first.scene,
        attempt=first.problem.attempt,
        retryable=True,
        errors=first.problem.errors,
    )
