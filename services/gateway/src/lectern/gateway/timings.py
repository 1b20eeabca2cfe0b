"""How long each stage took, from the times of the log's own events.

A worker's clock gives both ends of its work; only waiting compares two machines' clocks, and is never shown negative.
"""

from __future__ import annotations

from datetime import datetime

from lectern.contracts import events as e
from lectern.contracts.state import SceneEvents, VideoState
from lectern.contracts.waterfall import measure_work
from lectern.gateway import schemas


def map_scene_timings(facts: SceneEvents) -> schemas.SceneTimings:
    """The timings of a scene in the revision it was last planned in."""
    planned, narrated, coded, rendered = facts.planned, facts.narrated, facts.coded, facts.rendered
    failure = facts.failure()

    def ending(event: e.SceneEvent | None, stage: str) -> e.SceneEvent | None:
        return event or (failure if failure and failure.stage == stage else None)

    return schemas.SceneTimings(
        voicing=_map_stage(planned, ending(narrated, "voice"), cached=narrated.cached if narrated else None),
        coding=_map_stage(_find_coding_task(facts), ending(_find_answer(facts), "coder"), cached=None),
        rendering=_map_stage(
            coded,
            ending(rendered or _find_refusal(facts), "renderer"),
            cached=rendered.footage.cached if rendered else None,
            cpu_seconds=rendered.footage.cpu_seconds if rendered else None,
        ),
    )


def map_video_timings(state: VideoState, first: e.AnyEvent) -> schemas.VideoTimings:
    """The timings of a video in its current revision. `first` is the oldest event of its log."""
    revision = state.revision()
    requested = _of_revision(state.approved, revision) or _of_revision(state.requested, revision) or first
    scripted = _of_revision(state.scripted, revision)
    completed = _of_revision(state.completed, revision)
    final = state.final_events()
    rendered = [facts.rendered.at for facts in state.scenes().values() if facts.rendered]
    made = [at for at in rendered if at >= requested.at]
    last = max(final, key=lambda event: event.at, default=None) if final else None
    return schemas.VideoTimings(
        requested_at=requested.at,
        scripting=_map_stage(_of_revision(state.requested, revision), scripted),
        composing=_map_stage(last if last and last.at >= requested.at else requested if final else None, completed),
        first_scene_seconds=_seconds(requested.at, min(made, default=None)),
        completed_seconds=_seconds(requested.at, completed.at if completed else None),
    )


def _find_coding_task(facts: SceneEvents) -> e.SceneEvent | None:
    """What the newest version of the code answers: the narration, or the refusal of the version before."""
    coded, refused = facts.coded, facts.refused
    if refused and (coded is None or coded.version <= refused.version or coded.cause == e.message_id(refused)):
        return refused
    return facts.narrated


def _find_answer(facts: SceneEvents) -> e.SceneCoded | None:
    """The newest version of the code, unless it was refused and is being written again."""
    return None if facts.refusal() else facts.coded


def _find_refusal(facts: SceneEvents) -> e.SceneRefused | None:
    """The refusal of the newest version of the code, which ended its rendering."""
    refused, coded = facts.refused, facts.coded
    return refused if refused and coded and refused.version >= coded.version else None


def _map_stage(
    task: e.Event | None, answer: e.Event | None, *, cached: bool | None = None, cpu_seconds: float | None = None
) -> schemas.StageTiming | None:
    if task is None:
        return None
    times = measure_work(task, answer)
    return schemas.StageTiming(
        queued_at=times.queued_at,
        began_at=times.began_at,
        ended_at=times.ended_at,
        waited_seconds=_round(times.waited),
        worked_seconds=_round(times.worked),
        attempts=times.attempt,
        cached=cached,
        cpu_seconds=cpu_seconds,
    )


def _round(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _of_revision(event: e.AnyEvent | None, revision: int) -> e.AnyEvent | None:
    return event if event is not None and event.revision >= revision else None


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    if start is None or end is None:
        return None
    return round(max(0.0, (end - start).total_seconds()), 3)
