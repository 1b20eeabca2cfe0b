"""Recording that work failed, or waits: the event that tells the user, and the dead letter that tells the operator."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lectern.contracts import events as e
from lectern.contracts.problems import Problem
from lectern.contracts.state import VideoState
from lectern.contracts.usage import Usage
from lectern.worker.connections import Connections
from lectern.worker.dead_letters import DeadLetter
from lectern.worker.delivery import Delivery, Message
from lectern.worker.stage import Stage

_TELL_PATIENCE = 5.0  # seconds: that work waits is worth less than the slot


async def fail(
    connections: Connections,
    stage: Stage,
    event: e.AnyEvent,
    attempt: int,
    problem: Problem,
    spent: tuple[Usage, ...] = (),
    *,
    state: VideoState,
    began: datetime | None = None,
) -> None:
    """Records that a scene, or the video, cannot be made in this revision. `state` is what the work went by."""
    scene = event.scene if isinstance(event, e.SceneEvent) else None
    located = msgspec.structs.replace(problem, stage=problem.stage or stage.name, scene=scene, attempt=attempt)
    common = {**_common(event), "revision": find_revision(stage, event, state), "spent": spent}
    common |= {"began": began, "attempt": attempt}
    if scene is not None and stage.fails == "scene":
        version = e.version_of(event) + isinstance(event, e.SceneRefused)  # which asks for the next
        failed = e.SceneFailed(scene=scene, stage=stage.name, version=version, problem=located, **common)
        await connections.event_log.publish(failed)
    else:
        await connections.event_log.record_outcome(e.VideoFailed(problem=located, **common))


async def tell_delay(
    connections: Connections, stage: Stage, delivery: Delivery, problem: Problem, since: datetime
) -> None:
    """Records what a stage waits for, unless the log says so already. `since` is the start of this wait."""
    event = delivery.event
    scene = event.scene if isinstance(event, e.SceneEvent) and stage.fails == "scene" else None
    revision = find_revision(stage, event, delivery.log.state)
    known = _known_delay(delivery.log.state, scene)
    if known and (known.stage, known.problem.code, known.revision) == (stage.name, problem.code, revision):
        return
    if known and known.stage == stage.name and known.revision == revision:
        since = e.now()  # it waited for something else until now
    located = msgspec.structs.replace(problem, stage=stage.name, scene=scene)
    told = {**_common(event), "revision": revision, "stage": stage.name, "problem": located, "since": since}
    delayed = e.VideoDelayed(**told) if scene is None else e.SceneDelayed(scene=scene, **told)
    await connections.event_log.publish(delayed, patience=_TELL_PATIENCE)


async def bury(connections: Connections, message: Message, problem: Problem, stage: str, reason: str) -> None:
    """Keeps a message as a dead letter and has it delivered never again."""
    letter = DeadLetter(
        stage=stage,
        consumer=message.metadata.consumer,
        subject=message.subject,
        sequence=message.metadata.sequence.stream,
        data=message.data,
        problem=problem,
        reason=reason,
    )
    await connections.dead_letters.store(letter)
    connections.metrics.dead.inc(stage, reason)
    await message.term()


def find_revision(stage: Stage, event: e.AnyEvent, state: VideoState) -> int:
    """The revision that a stage's work on an event is about.

    A scene that was rendered in an earlier revision may be the one that completes the current one.
    """
    if stage.fails == "video" and isinstance(event, e.SceneEvent):
        return max(event.revision, state.revision())
    return event.revision


def describe_crashes(stage: str, starts: int) -> Problem:
    """The problem of work whose worker died each time."""
    return Problem(
        code="worker-died",
        title="The worker crashed each time",
        detail=f"The {stage} began this {starts} times and never finished: it crashed or ran out of memory.",
        remedy="Give the worker more memory or choose a lower quality, then retry the video.",
        stage=stage,
        retryable=True,
    )


def _known_delay(state: VideoState, scene: int | None) -> e.Delay | None:
    return state.delayed if scene is None else state.scene(scene).delay()


def _common(event: e.AnyEvent) -> dict[str, Any]:
    return {
        "video_id": event.video_id,
        "owner": event.owner,
        "lane": event.lane,
        "revision": event.revision,
        "cause": e.message_id(event),
    }
