"""A video's log as it was read: its events in stream order, what they fold into, and where it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from lectern.contracts.events import AnyEvent, VideoDeleted
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
