"""Reads progress from a job's output pipe; hostile code may write anything there, at any speed."""

from __future__ import annotations

import json
import time

from lectern.renderer.sandbox.job import ProgressCallback

MAX_LINE_BYTES = 200  # an honest line has under 40
REPORT_INTERVAL = 0.05  # seconds


class ProgressLines:
    """Splits a job's output into lines and reports its progress: frames written, of those that were ordered.

    Whatever a job says, reports only rise, and come at most once per `REPORT_INTERVAL`, but for the last frame.
    """

    def __init__(self, ordered: int, on_progress: ProgressCallback) -> None:
        self._ordered = ordered
        self._on_progress = on_progress
        self._rest = b""
        self._reported_at = -REPORT_INTERVAL
        self._frames = -1

    def __call__(self, data: bytes) -> None:
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[:MAX_LINE_BYTES]
        frames = _parse_frames(lines[-1]) if lines else None
        if frames is None or not self._frames < frames <= self._ordered:
            return
        now = time.monotonic()
        if now - self._reported_at >= REPORT_INTERVAL or frames == self._ordered:
            self._reported_at = now
            self._frames = frames
            self._on_progress(frames, self._ordered)


def _parse_frames(line: bytes) -> int | None:
    if len(line) > MAX_LINE_BYTES:
        return None
    try:
        frames = json.loads(line)["frames"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return frames if type(frames) is int else None
