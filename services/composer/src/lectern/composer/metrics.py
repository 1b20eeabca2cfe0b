"""The composer's metrics, in addition to those of every stage."""

from __future__ import annotations

import math
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

from lectern.contracts.events import Output

DRIFT_BUCKETS = (0.001, 0.005, 1 / 60, 1 / 30, 1 / 15, 0.1)  # seconds: rounding of a sample, then a frame at each rate
LOUDNESS_BUCKETS = (-30.0, -20.0, -16.0, -15.0, -14.5, -13.5, -13.0, -12.0)  # LUFS around the target of -14


class ComposerMetrics:
    """Metrics on `registry`. The label `kind` has as many values as there are kinds of output: nine."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Counter("lectern_composed_seconds", "Length of finished videos", registry=registry)
        self._bytes = Counter("lectern_output_bytes", "Bytes of finished files", ("kind",), registry=registry)
        self._drift = Histogram(
            "lectern_av_drift_seconds",
            "Difference in length between the audio and video tracks of a finished video",
            buckets=DRIFT_BUCKETS,
            registry=registry,
        )
        self._loudness = Histogram(
            "lectern_loudness_lufs",
            "Integrated loudness of a finished video, unless it is silent",
            buckets=LOUDNESS_BUCKETS,
            registry=registry,
        )

    def count_video(self, *, seconds: float, drift: float, loudness: float, outputs: Iterable[Output]) -> None:
        """Counts a finished video. `drift` in seconds; `loudness` in LUFS, -inf for silence."""
        self._seconds.inc(seconds)
        self._drift.observe(drift)
        if math.isfinite(loudness):
            self._loudness.observe(loudness)
        for output in outputs:
            self._bytes.labels(output.kind).inc(output.bytes)
