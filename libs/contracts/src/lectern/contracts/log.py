"""A video's log as it was read: its events in stream order, what they fold into, and where it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

import msgspec

from lectern.contracts.events import AnyEvent, ChosenTake, ScriptApproved, VideoDeleted, message_id, name_take
from lectern.contracts.options import Lane
from lectern.contracts.state import VideoState, fold

__all__ = [
    "LogEntry",
    "VideoLog",
]


class LogEntry(NamedTuple):
    """An event and its sequence on the stream."""

    sequence: int
    event: AnyEvent


class VideoLog:
    """One video's events, oldest first. Read once for each message and passed on; never changed.

    `state` is what the events fold into, `last` the newest sequence (0 for an empty log, which is falsy). A reader that
    left out events of a later version passes `last`, so that it still names the end of the log.
    """

    def __init__(self, entries: Iterable[tuple[int, AnyEvent]] = (), *, last: int = 0) -> None:
        self._entries = tuple(LogEntry(sequence, event) for sequence, event in entries)
        self._last = last

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[LogEntry]:
        return iter(self._entries)

    def __getitem__(self, index: int) -> LogEntry:
        return self._entries[index]

    @property
    def events(self) -> tuple[AnyEvent, ...]:
        """The events without their sequences."""
        return tuple(entry.event for entry in self._entries)

    @cached_property
    def state(self) -> VideoState:
        """The folded events."""
        return fold(self.events)

    def find_salt(self, scene: int) -> str:
        """What sets a scene's cache keys apart, also while the approval that plans it has not been answered."""
        approval = self._find_unanswered(scene)
        if approval is None:
            return self.state.scene(scene).salt()
        return message_id(approval) if approval.fresh else approval.salts.get(scene, "")

    def find_chosen_take(self, scene: int) -> ChosenTake | None:
        """The earlier take that a user put back in a scene's place, also while that approval has not been answered."""
        rendered = self.state.scene(scene).rendered
        if rendered is not None and rendered.take:
            return name_take(rendered)
        approval = self._find_unanswered(scene)
        return next((take for take in approval.chosen if take.scene == scene), None) if approval else None

    def _find_unanswered(self, scene: int) -> ScriptApproved | None:
        """The approval by which a scene was last planned, while nothing has come of it."""
        if any(fact is not None for fact in msgspec.structs.astuple(self.state.scene(scene))):
            return None
        revision = self.state.planned_in.get(scene)
        approvals = (event for event in self.events if isinstance(event, ScriptApproved))
        return next((each for each in approvals if each.revision == revision and scene in each.plan), None)

    @property
    def is_deleted(self) -> bool:
        """True for what is left of a deleted video."""
        return any(isinstance(entry.event, VideoDeleted) for entry in self._entries)

    @property
    def last(self) -> int:
        """The newest sequence; 0 when there is none."""
        return max(self._last, self._entries[-1].sequence if self._entries else 0)

    @property
    def video_id(self) -> str:
        """The video's id. Raises IndexError for an empty log."""
        return self._entries[0].event.video_id

    @property
    def owner(self) -> str:
        """The video's owner; "" where no keys are in use. A stage of an older version may have left it out."""
        return next((event.owner for _, event in self._entries if event.owner), "")

    @property
    def lane(self) -> Lane:
        """The lane the video travels in. Raises IndexError for an empty log."""
        return self._entries[0].event.lane
