"""Reads progress from a job's output pipe; hostile code may write anything there, at any speed."""

from __future__ import annotations

import json
import time

from lectern.renderer.sandbox.job import ProgressCallback

MAX_LINE_BYTES = 200  # an honest line has under 40
REPORT_INTERVAL = 0.05  # seconds


class ProgressLines:
    """Splits a job's output into lines and reports the valid ones, at most one per `REPORT_INTERVAL`."""

    def __init__(self, on_progress: ProgressCallback | None) -> None:
        self._on_progress = on_progress
        self._rest = b""
        self._reported_at = 0.0
        self._completed = -1

    def __call__(self, data: bytes) -> None:
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[:MAX_LINE_BYTES]
        now = time.monotonic()
        if not lines or self._on_progress is None:
            return
        progress = _parse_line(lines[-1])
        if progress is None:
            return
        frames, of = progress
        if now - self._reported_at >= REPORT_INTERVAL or frames == of != self._completed:
            self._reported_at = now
            self._completed = frames if frames == of else -1
            self._on_progress(frames, of)


def _parse_line(line: bytes) -> tuple[int, int] | None:
    if len(line) > MAX_LINE_BYTES:
        return None
    try:
        progress = json.loads(line)
        frames, of = progress["frames"], progress["of"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if type(frames) is not int or type(of) is not int or not 0 <= frames <= of <= 10_000_000:
        return None
    return frames, of
