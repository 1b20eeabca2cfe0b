"""What the composer counts, beside what every stage does."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

from lectern.contracts.events import Output

DRIFTS = (0.001, 0.005, 1 / 60, 1 / 30, 1 / 15, 0.1)  # seconds: a sample's rounding, then one frame at each rate


class Measures:
    """Metrics on `registry`. Labels are kinds of output, of which there are seven."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Counter("lectern_composed_seconds", "Length of finished videos", registry=registry)
        self._bytes = Counter("lectern_output_bytes", "Bytes of finished files", ("kind",), registry=registry)
        self._drift = Histogram(
            "lectern_av_drift_seconds",
            "Difference in length between sound and picture of a finished video",
            buckets=DRIFTS,
            registry=registry,
        )

    def composed(self, seconds: float, drift: float, outputs: Iterable[Output]) -> None:
        """Counts a finished video."""
        self._seconds.inc(seconds)
        self._drift.observe(drift)
        for output in outputs:
            self._bytes.labels(output.kind).inc(output.bytes)
