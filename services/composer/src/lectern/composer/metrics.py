"""The composer's metrics, in addition to those of every stage."""

from __future__ import annotations

from collections.abc import Iterable

from lectern.contracts.events import Output
from lectern.worker import Meter, MetricLabel

DRIFT_BUCKETS = (0.001, 0.005, 1 / 60, 1 / 30, 1 / 15, 0.1)  # seconds: rounding of a sample, then a frame at each rate
LOUDNESS_BUCKETS = (-30.0, -20.0, -16.0, -15.0, -14.5, -13.5, -13.0, -12.0)  # LUFS around the target of -14

_KIND = MetricLabel(
    "kind",
    (
        "video",
        "thumbnail",
        "chapters_vtt",
        "transcript",
        "transcript_json",
        "captions_vtt",
        "captions_srt",
        "captions_ass",
        "script",
    ),
)


class ComposerMetrics:
    """What was finished."""

    def __init__(self, meter: Meter) -> None:
        self._seconds = meter.counter("lectern_composer_video_seconds_total", "Length of finished videos")
        self._bytes = meter.counter("lectern_output_bytes_total", "Bytes of finished files", _KIND)
        self._drift = meter.histogram(
            "lectern_av_drift_seconds",
            "Difference in length between the audio and video tracks of a finished video",
            buckets=DRIFT_BUCKETS,
        )
        self._loudness = meter.histogram(
            "lectern_loudness_lufs",
            "Integrated loudness of a finished video, unless it is silent",
            buckets=LOUDNESS_BUCKETS,
        )

    def count_video(self, *, seconds: float, drift: float, loudness: float | None, outputs: Iterable[Output]) -> None:
        """Counts a finished video. `drift` in seconds; `loudness` in LUFS, None for silence."""
        self._seconds.inc(by=seconds)
        self._drift.observe(drift)
        if loudness is not None:
            self._loudness.observe(loudness)
        for output in outputs:
            self._bytes.inc(output.kind, by=output.bytes)
