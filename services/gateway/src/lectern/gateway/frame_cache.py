"""Encoded frames that clients share: whoever connects, or comes back, gets bytes that were made for others."""

from __future__ import annotations

from typing import TypeVar

from cachetools import LRUCache

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.state import VideoState, apply
from lectern.gateway import stream_frames
from lectern.gateway.stream_frames import StreamFrame

K = TypeVar("K")
V = TypeVar("V")

MAX_BYTES = 32 * 1024 * 1024  # of all videos; a frame has 2 to 10 kB
_OVERHEAD = 400  # bytes that an entry takes beside the frame's own


class FrameCache:
    """The frames used last, up to a number of bytes. An event's frame knows the video's event before it."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._events: LRUCache[tuple[str, int], tuple[int, StreamFrame]]
        self._events = LRUCache(max_bytes // 2, getsizeof=lambda entry: len(entry[1].data) + _OVERHEAD)
        self._snapshots: LRUCache[str, tuple[int, bytes]]
        self._snapshots = LRUCache(max_bytes // 2, getsizeof=lambda entry: len(entry[1]) + _OVERHEAD)

    def make_event_frame(
        self, previous: int, seq: int, event: e.AnyEvent, state: VideoState, first: e.AnyEvent
    ) -> StreamFrame:
        """The frame of an event; `state` includes it, and `previous` is the sequence before it."""
        place = (event.video_id, seq)
        known = self._events.get(place)
        if known is not None:
            return known[1]
        frame = stream_frames.make_event_frame(seq, event, state, first)
        _keep(self._events, place, (previous, frame))
        return frame

    def make_snapshot(self, last: int, state: VideoState, first: e.AnyEvent) -> bytes:
        """The snapshot of a video as of `last`."""
        known = self._snapshots.get(first.video_id)
        if known is not None and known[0] == last:
            return known[1]
        data = stream_frames.make_snapshot_frame(last, state, first, resync=False).data
        _keep(self._snapshots, first.video_id, (last, data))
        return data

    def make_resync(self, last: int, state: VideoState, first: e.AnyEvent) -> bytes:
        """The snapshot for a client whose position the log does not have."""
        return stream_frames.make_snapshot_frame(last, state, first, resync=True).data

    def find_since(self, video_id: str, after: int, last: int) -> tuple[bytes, ...] | None:
        """A video's event frames after a sequence up to `last`; None when one is no longer here."""
        found: list[bytes] = []
        while last > after:
            entry = self._events.get((video_id, last))
            if entry is None:
                return None
            last, frame = entry
            found.append(frame.data)
        return tuple(reversed(found))

    def make_since(self, log: VideoLog, after: int) -> tuple[bytes, ...]:
        """The frames of a log's events after a sequence."""
        first, state, previous = log[0].event, VideoState(), 0
        frames: list[bytes] = []
        for seq, event in log:
            state = apply(state, event)
            if seq > after:
                frames.append(self.make_event_frame(previous, seq, event, state, first).data)
            previous = seq
        return tuple(frames)


def _keep(cache: LRUCache[K, V], place: K, value: V) -> None:
    """Keep a value, unless it is larger than the whole cache."""
    if cache.getsizeof(value) <= cache.maxsize:
        cache[place] = value
