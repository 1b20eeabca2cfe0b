"""Which event of a video's log answers which: a tree for each act of a user."""

from __future__ import annotations

from collections.abc import Sequence

from lectern.contracts import events as e
from lectern.contracts.log import LogEntry, VideoLog

__all__ = [
    "NO_ANSWERS",
    "OUTCOMES",
    "AnswerTree",
]

NO_ANSWERS = (e.VideoDescribed, e.VideoDelayed, e.SceneDelayed, e.VideoCancelled, e.VideoDeleted)
OUTCOMES = (e.VideoCompleted, e.VideoFailed, e.VideoCancelled)
_ACTS = (e.VideoRequested, e.ScriptApproved)
# What an event answers, for those of a version that did not name it, or whose task the log does not hold any more.
_TASKS: dict[type[e.Event], tuple[type[e.Event], ...]] = {
    e.VideoScripted: (e.VideoRequested,),
    e.ScenePlanned: (e.ScriptApproved, e.VideoRequested),
    e.SceneNarrated: (e.ScenePlanned,),
    e.SceneCued: (e.SceneNarrated,),
    e.SceneCoded: (e.SceneRefused, e.SceneCued, e.SceneNarrated),
    e.SceneRefused: (e.SceneCoded,),
    e.SceneRendered: (e.SceneCoded, e.ScriptApproved),
    e.SceneFailed: (e.SceneCoded, e.SceneCued, e.SceneNarrated, e.ScenePlanned),
    e.VideoCompleted: (e.SceneRendered, e.SceneFailed),
    e.VideoFailed: (e.SceneRendered, e.SceneFailed, e.ScriptApproved, e.VideoRequested),
}


class AnswerTree:
    """A log's events by what they answer. `acts` are what users did that set off work, oldest first.

    Of an event that is stored twice the first counts.
    """

    def __init__(self, log: VideoLog) -> None:
        self.acts: list[e.AnyEvent] = []
        self._entries: list[LogEntry] = []
        self._events: dict[str, e.AnyEvent] = {}
        self._task: dict[str, e.AnyEvent] = {}
        self._answers: dict[str, list[e.AnyEvent]] = {}
        self._delays: dict[str, list[e.Delay]] = {}
        for entry in log:
            name = e.message_id(entry.event)
            if name not in self._events:
                self._add(entry.event, name)
                self._events[name] = entry.event
                self._entries.append(entry)

    def _add(self, event: e.AnyEvent, name: str) -> None:
        task = self._events.get(event.cause) or self._guess_task(event)
        if task is not None and isinstance(event, e.Delay):
            self._delays.setdefault(e.message_id(task), []).append(event)
        if isinstance(event, NO_ANSWERS):
            return
        if task is not None:
            self._task[name] = task
            self._answers.setdefault(e.message_id(task), []).append(event)
        elif isinstance(event, _ACTS):
            self.acts.append(event)

    def _guess_task(self, event: e.AnyEvent) -> e.AnyEvent | None:
        """The newest event of the same revision that this one may answer; an outcome answers also earlier ones."""
        kinds = _TASKS.get(type(event), ())
        for known in reversed(self._events.values()):
            same_scene = not (
                isinstance(known, e.SceneEvent) and isinstance(event, e.SceneEvent) and known.scene != event.scene
            )
            same_revision = known.revision == event.revision or isinstance(event, OUTCOMES)
            if isinstance(known, kinds) and same_scene and same_revision:
                return known
        return None

    def answers(self, task: e.AnyEvent) -> Sequence[e.AnyEvent]:
        """What a stage wrote in answer to an event, oldest first."""
        return self._answers.get(e.message_id(task), [])

    def delays(self, task: e.AnyEvent) -> Sequence[e.Delay]:
        """What the work on an event had to wait for."""
        return self._delays.get(e.message_id(task), [])

    def list_chain(self, event: e.AnyEvent) -> list[e.AnyEvent]:
        """The event and what it answers, back to a user's act; oldest first."""
        chain = [event]
        while (task := self._task.get(e.message_id(chain[-1]))) is not None:
            chain.append(task)
        return chain[::-1]

    def list_entries(self, place: int) -> list[LogEntry]:
        """What belongs to the act at a place: all that answers it, and what else was noted before the next act."""
        act = self.acts[place]
        begin = self._find_sequence(act)
        end = self._find_sequence(self.acts[place + 1]) if place + 1 < len(self.acts) else None
        return [
            entry
            for entry in self._entries
            if (
                self.list_chain(entry.event)[0] is act
                if e.message_id(entry.event) in self._task
                else begin <= entry.sequence and (end is None or entry.sequence < end)
            )
        ]

    def _find_sequence(self, event: e.AnyEvent) -> int:
        return next(entry.sequence for entry in self._entries if entry.event is event)
