"""The voice service's own metrics, in addition to those of every stage."""

from __future__ import annotations

from typing import get_args

from lectern.voice.provider_errors import FailureKind
from lectern.voice.speech import Passage
from lectern.worker import ENGINE_LABEL, Meter, MetricLabel

_OUTCOME = MetricLabel("outcome", ("ok", *get_args(FailureKind)))


class VoiceMetrics:
    """What engines were asked and what they spoke."""

    def __init__(self, meter: Meter) -> None:
        self._requests = meter.counter(
            "lectern_voice_requests_total", "Requests to speech services, by how they ended", ENGINE_LABEL, _OUTCOME
        )
        self._seconds = meter.histogram(
            "lectern_voice_request_seconds", "Time until a speech service answered or failed", ENGINE_LABEL, traced=True
        )
        self._audio_seconds = meter.counter(
            "lectern_voice_audio_seconds_total", "Length of the sound that engines returned", ENGINE_LABEL
        )

    def count_request(self, engine: str, outcome: str, seconds: float) -> None:
        """Counts a request to a speech service: `ok`, or the kind of its failure."""
        self._requests.inc(engine, outcome)
        self._seconds.observe(seconds, engine)

    def count_speech(self, engine: str, passages: tuple[Passage, ...]) -> None:
        """Counts what an engine has spoken."""
        self._audio_seconds.inc(engine, by=sum(passage.seconds for passage in passages))
