"""Metrics of requests to models."""

from __future__ import annotations

from lectern.llm.errors import (
    ContentRefused,
    EmptyCompletion,
    KeyRejected,
    ModelError,
    PromptNotAnswered,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
    RequestTimedOut,
    ServiceUnavailable,
    TruncatedCompletion,
)
from lectern.worker import MODEL_LABEL, TASK_LABEL, Meter, MetricLabel, StageMetrics

_OUTCOMES: dict[type[ModelError], str] = {
    RateLimited: "rate-limited",
    ServiceUnavailable: "unavailable",
    RequestTimedOut: "timed-out",
    EmptyCompletion: "empty",
    TruncatedCompletion: "cut-off",
    KeyRejected: "auth",
    QuotaExhausted: "quota-spent",
    ContentRefused: "content-refused",
    RequestRejected: "request-refused",
    PromptNotAnswered: "not-answered",
}
_OUTCOME = MetricLabel("outcome", ("ok", *_OUTCOMES.values()))


class ModelMetrics:
    """What models were asked. `stage` counts the looks for answers that were given before."""

    def __init__(self, meter: Meter, stage: StageMetrics | None = None) -> None:
        self._stage = stage
        self._requests = meter.counter(
            "lectern_model_requests_total", "Requests to models, by how they ended", MODEL_LABEL, TASK_LABEL, _OUTCOME
        )
        self._seconds = meter.histogram(
            "lectern_model_request_seconds",
            "Time until a model answered or failed",
            MODEL_LABEL,
            TASK_LABEL,
            traced=True,
        )

    def count_request(self, model: str, task: str, seconds: float, error: ModelError | None = None) -> None:
        """Counts a request, and the error that it ended with if it did."""
        self._requests.inc(model, task, "ok" if error is None else _OUTCOMES.get(type(error), ""))
        self._seconds.observe(seconds, model, task)

    def count_look(self, *, hit: bool) -> None:
        """Counts a look for an answer that was given before."""
        if self._stage:
            self._stage.count_look("answers", hit=hit)
