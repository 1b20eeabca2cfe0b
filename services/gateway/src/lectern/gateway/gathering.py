"""Puts the logs of videos together from all events in the order of the stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lectern.contracts.log import VideoLog
from lectern.worker import StoredMessage, decode_log

MOST_HELD = 64_000_000  # bytes of events of videos whose log is not complete: some four thousand videos


class Gathering:
    """Collects the events of the wanted videos, whose number is known, and gives a log away once it is complete.

    So it holds what was in flight at the same time, however long the log is. Past `most_held` bytes it gives up the
    video whose events it has held longest.
    """

    def __init__(self, wanted: Mapping[str, int], most_held: int = MOST_HELD) -> None:
        self._missing = dict(wanted)
        self._held: dict[str, list[tuple[int, bytes]]] = {}
        self._bytes = 0
        self._most = most_held

    def take(self, batch: list[StoredMessage]) -> Iterator[tuple[str, VideoLog]]:
        """Adds events; the logs that are complete with them, by the ids of their videos."""
        for sequence, video_id, data in batch:
            missing = self._missing.get(video_id, 0)
            if not missing:
                continue
            self._held.setdefault(video_id, []).append((sequence, data))
            self._bytes += len(data)
            self._missing[video_id] = missing - 1
            if missing == 1:
                yield video_id, decode_log(self._let_go(video_id))
            while self._bytes > self._most:
                self._let_go(next(iter(self._held)))

    def _let_go(self, video_id: str) -> list[tuple[int, bytes]]:
        del self._missing[video_id]
        events = self._held.pop(video_id)
        self._bytes -= sum(len(data) for _, data in events)
        return events
