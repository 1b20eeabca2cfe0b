"""A video that clients follow: its state so far, their mailboxes, and what a new client starts with."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.state import VideoState, apply
from lectern.gateway.frame_cache import FrameCache
from lectern.gateway.mailbox import Mailbox
from lectern.gateway.stream_frames import StreamFrame


class StreamStart(msgspec.Struct, frozen=True):
    """What a stream begins with. `last` is the sequence it reaches; `ended`: nothing comes after it."""

    frames: tuple[bytes, ...]
    last: int
    ended: bool = False


class WatchedVideo:
    """A video that clients watch: its state so far and their mailboxes."""

    def __init__(self, frames: FrameCache) -> None:
        self.mailboxes: set[Mailbox] = set()
        self._frames = frames
        self._first: e.AnyEvent | None = None
        self._state = VideoState()
        self._last = 0
        self._early: list[tuple[int, e.AnyEvent]] = []

    @property
    def is_loaded(self) -> bool:
        """True once its log was read."""
        return self._first is not None

    @property
    def is_open(self) -> bool:
        """True for a loaded video that has not ended."""
        return self._first is not None and self._state.outcome() is None

    @property
    def state(self) -> VideoState:
        """The state as of the newest frame."""
        return self._state

    @property
    def owner(self) -> str:
        """Whose video it is."""
        return self._first.owner if self._first else ""

    def load(self, log: VideoLog) -> None:
        """Start from a log that was read after the first client joined; later ones may be ahead of the live events."""
        if not log:
            return
        if self._first is not None:
            self._add_all(log)
            return
        self._first = log[0].event
        self._state = log.state
        self._last = log.last
        early, self._early = self._early, []
        self._add_all(early)

    def add(self, seq: int, event: e.AnyEvent) -> None:
        """Fold one live event and offer it to every mailbox; hold it until the log is loaded."""
        if self._first is None:
            self._early.append((seq, event))
            return
        if seq <= self._last:
            return
        previous, self._last = self._last, seq
        self._state = apply(self._state, event)
        if self.mailboxes:
            self.offer(self._frames.make_event_frame(previous, seq, event, self._state, self._first))

    def offer(self, frame: StreamFrame) -> None:
        """Offer a frame to every mailbox."""
        for mailbox in self.mailboxes:
            mailbox.offer(frame)

    def make_start(self, after: int | None) -> StreamStart | None:
        """What a client starts with, from memory; None when the log must be read."""
        if self._first is None or not self.is_open:
            return None
        if after is None:
            snapshot = self._frames.make_snapshot(self._last, self._state, self._first)
            return StreamStart((snapshot,), self._last)
        if after > self._last:
            return None
        frames = self._frames.find_since(self._first.video_id, after, self._last)
        return None if frames is None else StreamStart(frames, self._last)

    def _add_all(self, entries: Iterable[tuple[int, e.AnyEvent]]) -> None:
        for seq, event in entries:
            self.add(seq, event)


def read_start(log: VideoLog, after: int | None, frames: FrameCache) -> StreamStart:
    """What a client starts with, from a log: a snapshot, or with `after` the events since.

    A position that the log does not have yields a snapshot that says so.
    """
    first, last, ended = log[0].event, log.last, log.state.outcome() is not None
    if after is None:
        return StreamStart((frames.make_snapshot(last, log.state, first),), last, ended)
    if after > last:
        return StreamStart((frames.make_resync(last, log.state, first),), last, ended)
    return StreamStart(frames.make_since(log, after), last, ended)
