"""Where a video's time went, from its log alone: each stage's work on each scene, and the critical path.

Everything that a stage writes names the event that it answers, so what a user's act set off is a tree, and the critical
path is the chain of answers that led to its end. Along it each stretch is either waiting, until the attempt began that
brought the answer (earlier attempts included), or working. The stretches follow each other without a gap, so they add
up to the time that passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Literal, TypeAlias

import msgspec

from lectern.contracts import events as e
from lectern.contracts.answers import NO_ANSWERS, OUTCOMES, AnswerTree
from lectern.contracts.log import LogEntry, VideoLog
from lectern.contracts.problems import Problem
from lectern.contracts.state import VideoState, fold
from lectern.contracts.topology import STAGE_INPUTS

__all__ = [
    "PathPart",
    "StageShare",
    "Stretch",
    "Waterfall",
    "WorkStep",
    "WorkTimes",
    "add_up_stages",
    "build_waterfall",
    "measure_work",
]

Stretch: TypeAlias = Literal["waiting", "working"]
StepEnd: TypeAlias = Literal["done", "refused", "failed", "stopped", "open"]

_STAGES: dict[type[e.Event], str] = {kind: stage for stage, kinds in STAGE_INPUTS.items() for kind in kinds}


class WorkTimes(msgspec.Struct, frozen=True, kw_only=True):
    """When a stage's work was there to be done, when the attempt that ended it began, and when it ended.

    A worker's clock gives both ends of its work; only waiting compares two machines' clocks, and is never negative.
    """

    queued_at: datetime
    began_at: datetime | None = None
    ended_at: datetime | None = None
    attempt: int = 1

    @property
    def waited(self) -> float | None:
        """Seconds until the attempt that ended it began; None while that is not known."""
        return _seconds(self.queued_at, self.began_at)

    @property
    def worked(self) -> float | None:
        """Seconds of the attempt that ended it; None while that is not known."""
        return _seconds(self.began_at, self.ended_at)


class WorkStep(msgspec.Struct, frozen=True, kw_only=True):
    """One stage's work on a scene, or on the whole video. `delays` are what it had to wait for, with since when.

    `end` is open while nothing has answered, and stopped if the revision ended before.
    """

    stage: str
    scene: int | None
    revision: int
    times: WorkTimes
    end: StepEnd
    version: int = 1
    critical: bool = False
    delays: tuple[tuple[datetime, Problem], ...] = ()


class PathPart(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the critical path. `scene` is None where the stage works on the whole video."""

    stage: str
    scene: int | None
    kind: Stretch
    start: datetime
    end: datetime

    def seconds(self) -> float:
        """How long it took."""
        return (self.end - self.start).total_seconds()


class StageShare(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of a stage: over all its steps, which overlap, and on the critical path, which do not."""

    stage: str
    steps: int
    waited: float
    worked: float
    path_waited: float
    path_worked: float


class Waterfall(msgspec.Struct, frozen=True, kw_only=True):
    """What one act of a user set off: a request, an approval, an edit, a redo or a retry.

    `ended_at` is the outcome's time, or now where work goes on. `acts` is how many acts the log holds, this one is
    number `act` of them, from 1. `ends_with` names the event that ended it; "" where none has.
    """

    video_id: str
    act: int
    acts: int
    revision: int
    traceparent: str
    began_at: datetime
    ended_at: datetime
    ends_with: str
    steps: tuple[WorkStep, ...]
    path: tuple[PathPart, ...]

    def seconds(self) -> float:
        """The time that passed."""
        return (self.ended_at - self.began_at).total_seconds()


def measure_work(task: e.Event, answer: e.Event | None) -> WorkTimes:
    """The times of a stage's work on `task`, which `answer` reports if it has ended."""
    if answer is None:
        return WorkTimes(queued_at=task.at)
    return WorkTimes(queued_at=task.at, began_at=answer.began, ended_at=answer.at, attempt=answer.attempt)


def build_waterfall(log: VideoLog, now: datetime, act: int | None = None) -> Waterfall | None:
    """The waterfall of a user's act, by default the newest that set off work; None for a log without any such act.

    Raises IndexError for an act that the log does not hold, counted from 1.
    """
    tree = AnswerTree(log)
    if not tree.acts:
        return None
    number = len(tree.acts) if act is None else act
    if not 1 <= number <= len(tree.acts):
        raise IndexError(f"the log holds {len(tree.acts)} acts, and no number {number}")
    root = tree.acts[number - 1]
    entries = tree.list_entries(number - 1)
    outcome = next((event for _, event in entries if isinstance(event, OUTCOMES)), None)
    state = fold(event for _, event in entries if not isinstance(event, OUTCOMES))
    steps = [
        step
        for entry in entries
        if type(entry.event) in _STAGES and (step := _make_step(entry.event, tree, entries, state, outcome))
    ]
    unanswered = [task for task, step in steps if step.end in ("open", "stopped")]
    final, end = _find_end(root, entries, outcome, unanswered, now)
    chain = tree.list_chain(final)
    if chain[0] is not root:  # the log does not hold all that lay between
        chain = [root, *chain]
    on_path = {e.message_id(event) for event in chain}
    open_task = final if final in unanswered else None
    return Waterfall(
        video_id=root.video_id,
        act=number,
        acts=len(tree.acts),
        revision=max(event.revision for _, event in entries),
        traceparent=root.traceparent,
        began_at=root.at,
        ended_at=end,
        ends_with=e.name_type(outcome) if outcome else "" if open_task else e.name_type(final),
        steps=tuple(
            msgspec.structs.replace(step, critical=task is open_task or _answers_on(tree.answers(task), on_path))
            for task, step in steps
        ),
        path=_measure_path(chain, open_task, end),
    )


def add_up_stages(waterfall: Waterfall) -> tuple[StageShare, ...]:
    """The stages' shares of the time, in the order of the pipeline. Work without an end counts as waiting."""
    shares = []
    for stage in STAGE_INPUTS:
        steps = [step for step in waterfall.steps if step.stage == stage]
        if not steps:
            continue
        on_path = {
            kind: sum(part.seconds() for part in waterfall.path if (part.stage, part.kind) == (stage, kind))
            for kind in ("waiting", "working")
        }
        spans = [_measure_step(step, waterfall.ended_at) for step in steps]
        shares.append(
            StageShare(
                stage=stage,
                steps=len(steps),
                waited=sum(waited for waited, _ in spans),
                worked=sum(worked for _, worked in spans),
                path_waited=on_path["waiting"],
                path_worked=on_path["working"],
            )
        )
    return tuple(shares)


def _make_step(
    task: e.AnyEvent,
    tree: AnswerTree,
    entries: Sequence[LogEntry],
    state: VideoState,
    outcome: e.Outcome | None,
) -> tuple[e.AnyEvent, WorkStep] | None:
    """The work on an event; None where nobody has to do any: it is stale, or not what completes the video."""
    stage = _STAGES[type(task)]
    answers = tree.answers(task)
    kept = [each for each in answers if not isinstance(each, e.SceneFailed)] or answers
    last = max(kept, key=lambda event: event.at, default=None)
    end: StepEnd
    if last is None:
        if not _is_wanted(task, stage, entries, state):
            return None
        end = "stopped" if outcome else "open"
        times = WorkTimes(queued_at=task.at, ended_at=outcome.at if outcome else None)
    else:
        failed = isinstance(last, e.SceneFailed | e.VideoFailed)
        end = "failed" if failed else "refused" if isinstance(last, e.SceneRefused) else "done"
        times = measure_work(task, last)
    return task, WorkStep(
        stage=stage,
        scene=task.scene if isinstance(task, e.SceneEvent) and stage != "composer" else None,
        revision=task.revision,
        times=times,
        end=end,
        version=e.version_of(last or task),
        delays=tuple((delay.since, delay.problem) for delay in tree.delays(task)),
    )


def _is_wanted(task: e.AnyEvent, stage: str, entries: Sequence[LogEntry], state: VideoState) -> bool:
    if stage != "composer":
        return not state.is_stale(task)
    settled = {e.message_id(event) for event in state.final_events() or ()}
    last = next((event for _, event in reversed(entries) if e.message_id(event) in settled), None)
    return last is task


def _find_end(
    root: e.AnyEvent,
    entries: Sequence[LogEntry],
    outcome: e.Outcome | None,
    unanswered: Sequence[e.AnyEvent],
    now: datetime,
) -> tuple[e.AnyEvent, datetime]:
    """The event that the critical path leads to, and the path's end.

    Where work was not finished that is the piece with most of the pipeline before it, and of those the oldest.
    """
    if outcome is not None and not isinstance(outcome, e.VideoCancelled):
        return outcome, max(outcome.at, root.at)
    end = max(outcome.at if outcome else now, root.at)
    if unanswered:
        order = list(STAGE_INPUTS)
        return min(unanswered, key=lambda task: (order.index(_STAGES[type(task)]), task.at)), end
    made = [event for _, event in entries if not isinstance(event, NO_ANSWERS)]
    last = max(made, key=lambda event: event.at, default=root)
    return last, end if outcome else max(last.at, root.at)


def _measure_path(chain: Sequence[e.AnyEvent], open_task: e.AnyEvent | None, end: datetime) -> tuple[PathPart, ...]:
    """The stretches of a chain of answers; clocks that differ never make one negative, or the sum another."""
    root, cursor = chain[0], chain[0].at
    parts: list[PathPart] = []

    def add(task: e.AnyEvent, kind: Stretch, until: datetime) -> None:
        nonlocal cursor
        until = min(until, end)
        if until > cursor:
            stage = _STAGES[type(task)]
            scene = task.scene if isinstance(task, e.SceneEvent) and stage != "composer" else None
            parts.append(PathPart(stage=stage, scene=scene, kind=kind, start=cursor, end=until))
            cursor = until

    for task, answer in pairwise(chain):
        step = task if type(task) in _STAGES else root
        add(step, "waiting", answer.began or task.at)  # an older version did not note when work began
        add(step, "working", answer.at)
    add(open_task or next(event for event in reversed(chain) if type(event) in _STAGES), "waiting", end)
    return tuple(parts)


def _measure_step(step: WorkStep, end: datetime) -> tuple[float, float]:
    """Seconds of waiting and of working."""
    times = step.times
    if step.end in ("open", "stopped") or times.ended_at is None:
        return max(0.0, ((times.ended_at or end) - times.queued_at).total_seconds()), 0.0
    return times.waited or 0.0, _seconds(times.began_at or times.queued_at, times.ended_at) or 0.0


def _answers_on(answers: Iterable[e.AnyEvent], on_path: set[str]) -> bool:
    return any(e.message_id(answer) in on_path for answer in answers)


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    if start is None or end is None:
        return None
    return max(0.0, (end - start).total_seconds())
