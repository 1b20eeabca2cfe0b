"""What the composer counts, beside what every stage does."""

from __future__ import annotations

import math
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

from lectern.contracts.events import Output

DRIFTS = (0.001, 0.005, 1 / 60, 1 / 30, 1 / 15, 0.1)  # seconds: a sample's rounding, then one frame at each rate

LOUDNESSES = (-30.0, -20.0, -16.0, -15.0, -14.5, -13.5, -13.0, -12.0)  # LUFS around the target of -14


class Measures:
    """Metrics on `registry`. Labels are kinds of output, of which there are eight."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Counter("lectern_composed_seconds", "Length of finished videos", registry=registry)
        self._bytes = Counter("lectern_output_bytes", "Bytes of finished files", ("kind",), registry=registry)
        self._drift = Histogram(
            "lectern_av_drift_seconds",
            "Difference in length between sound and picture of a finished video",
            buckets=DRIFTS,
            registry=registry,
        )
        self._loudness = Histogram(
            "lectern_loudness_lufs",
            "Integrated loudness of a finished video's sound, where it has any",
            buckets=LOUDNESSES,
            registry=registry,
        )

    def composed(self, seconds: float, drift: float, loudness: float, outputs: Iterable[Output]) -> None:
        """Counts a finished video. `loudness` in LUFS, -inf for silence."""
        self._seconds.inc(seconds)
        self._drift.observe(drift)
        if math.isfinite(loudness):
            self._loudness.observe(loudness)
        for output in outputs:
            self._bytes.labels(output.kind).inc(output.bytes)
