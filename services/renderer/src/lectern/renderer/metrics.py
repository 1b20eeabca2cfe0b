"""The renderer's own metrics, in addition to those of every stage."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

from lectern.contracts.quality import Quality


class RendererMetrics:
    """Counters on `registry`, by quality."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._cpu_seconds = Counter(
            "lectern_render_cpu_seconds", "CPU time used to render", ("quality",), registry=registry
        )
        self._video_seconds = Counter(
            "lectern_render_video_seconds", "Length of rendered footage", ("quality",), registry=registry
        )
        self._cached = Counter("lectern_render_cached", "Scenes whose footage was cached", registry=registry)

    def count_footage(self, quality: Quality, *, seconds: float, cpu_seconds: float) -> None:
        """Counts rendered footage of `seconds` and the CPU time it used."""
        self._cpu_seconds.labels(quality).inc(cpu_seconds)
        self._video_seconds.labels(quality).inc(seconds)

    def count_cached(self) -> None:
        """Counts a scene whose footage was already in the store."""
        self._cached.inc()
