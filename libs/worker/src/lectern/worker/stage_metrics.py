"""The metrics of every stage."""

from __future__ import annotations

from lectern.worker.labels import CACHE_LABEL, CACHE_RESULT_LABEL, CODE_LABEL, LANE_LABEL, STAGE_LABEL
from lectern.worker.meter import Meter, MetricLabel

UNEXPECTED = "unexpected"  # the code of an error that is no problem
_OUTCOME = MetricLabel("outcome", ("success", "stale", "retry", "waiting", "failed", "cancelled", "handed-back"))
_FAULT = MetricLabel("code", (*CODE_LABEL.values, UNEXPECTED), shown=CODE_LABEL.shown)


class StageMetrics:
    """What the loop counts. `cached` is for handlers: whether a result was in the store already."""

    def __init__(self, meter: Meter) -> None:
        self.processed = meter.counter(
            "lectern_stage_processed_total", "Deliveries handled, by how they ended", STAGE_LABEL, _OUTCOME
        )
        self.duration = meter.histogram(
            "lectern_stage_duration_seconds", "Time spent in the handler", STAGE_LABEL, _OUTCOME, traced=True
        )
        self.queue_wait = meter.histogram(
            "lectern_stage_queue_wait_seconds",
            "Time from an event's publication until work on it begins for the first time",
            STAGE_LABEL,
            LANE_LABEL,
            traced=True,
        )
        self.in_progress = meter.gauge(
            "lectern_stage_in_progress", "Jobs in progress, so slots that are busy", STAGE_LABEL
        )
        self.slots = meter.gauge("lectern_stage_slots", "Jobs that the process runs at once", STAGE_LABEL)
        self.redelivered = meter.counter(
            "lectern_stage_redeliveries_total", "Deliveries after one that failed, waited or never ended", STAGE_LABEL
        )
        self.retries = meter.counter(
            "lectern_stage_retries_total", "Attempts that failed and are made again", STAGE_LABEL, _FAULT
        )
        self.waits = meter.counter(
            "lectern_stage_waits_total",
            "Deliveries that wait for an outage to end, and use up no attempt",
            STAGE_LABEL,
            _FAULT,
        )
        self.failures = meter.counter("lectern_stage_failures_total", "Jobs that were given up", STAGE_LABEL, _FAULT)
        self.put_aside = meter.counter(
            "lectern_stage_put_aside_total", "Messages put aside until the turn of their owner", STAGE_LABEL
        )
        self.last_success = meter.gauge(
            "lectern_stage_last_success_timestamp_seconds",
            "When a job last succeeded, in seconds since 1970",
            STAGE_LABEL,
        )
        self.dead = meter.counter(
            "lectern_dead_letters_total", "Messages kept as dead letters, by why they are dead", STAGE_LABEL, _FAULT
        )
        self.cached = meter.counter(
            "lectern_cache_requests_total",
            "Looks for a result that may have been made before",
            CACHE_LABEL,
            CACHE_RESULT_LABEL,
        )
        self.cached.start_at_zero()

    def begin(self, stage: str, slots: int) -> None:
        """Shows a stage that begins to work, with what it has not counted yet."""
        self.slots.inc(stage, by=slots)
        for counter in (self.processed, self.redelivered, self.put_aside):
            counter.start_at_zero(stage)
        for faults in (self.failures, self.dead):
            faults.inc(stage, UNEXPECTED, by=0)
        self.in_progress.inc(stage, by=0)

    def end(self, stage: str, slots: int) -> None:
        """Takes a stage's slots back."""
        self.slots.dec(stage, by=slots)

    def count_look(self, cache: str, *, hit: bool) -> None:
        """Counts a look for a result that may have been made before."""
        self.cached.inc(cache, "hit" if hit else "miss")
