"""Is everyone in? Exactly one message of a video answers yes: the last scene to settle, in stream order."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.options import VideoOptions
from lectern.contracts.problems import Problem


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Every scene has its footage: `scenes` in order, from whichever revision each was last made in."""

    revision: int
    script_key: str
    options: VideoOptions
    scenes: tuple[e.SceneRendered, ...]


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """Every scene has settled, and at least one has failed for good."""

    revision: int
    problem: Problem


Decision: TypeAlias = Ready | Broken | None


def decide(log: VideoLog, event: e.SceneRendered | e.SceneFailed) -> Decision:
    """What `event` calls for, given its video's log; None when it is not for this event to act.

    A fact stored twice counts where it was stored last. So of all deliveries one acts, and acts again if it is
    delivered again after a crash.
    """
    state = log.state
    settled = state.settled()
    script = state.script()
    if state.outcome() is not None or settled is None or script is None:
        return None
    newest = {e.message_id(fact): sequence for sequence, fact in log}
    last = max(settled, key=lambda fact: newest[e.message_id(fact)])
    if e.message_id(last) != e.message_id(event):
        return None
    failed = [fact for fact in settled if isinstance(fact, e.SceneFailed)]
    if failed:
        return Broken(revision=state.revision(), problem=_problem(failed, len(settled)))
    return Ready(
        revision=state.revision(),
        script_key=script.script_key,
        options=script.options,
        scenes=tuple(fact for fact in settled if isinstance(fact, e.SceneRendered)),
    )


def _problem(failed: list[e.SceneFailed], scenes: int) -> Problem:
    """The first failed scene's problem, as the video's, with what is not lost."""
    first, fine = failed[0], scenes - len(failed)
    others = ", ".join(str(fact.scene) for fact in failed[1:])
    kept = f"{fine} of {scenes} scenes are fine and kept" if fine else f"None of the {scenes} scenes could be made"
    return Problem(
        code=first.problem.code,
        title=first.problem.title,
        detail=(
            f"Scene {first.scene} could not be made: {first.problem.detail.strip()}"
            f"{f' Scenes that failed as well: {others}.' if others else ''} {kept}."
        ),
        remedy=f"{first.problem.remedy.strip()} A retry makes only the failed scenes anew.".strip(),
        stage=first.problem.stage or first.stage,
        scene=first.scene,
        attempt=first.problem.attempt,
        retryable=True,
        errors=first.problem.errors,
    )
