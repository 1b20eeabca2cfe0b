"""Metrics and the closing log line of one delivery."""

from __future__ import annotations

import time

from lectern.worker.connections import Connections
from lectern.worker.delivery import Delivery, DeliveryResult


class Measurement:
    """Measures one delivery; `result` is set before it ends."""

    def __init__(self, stage: str, connections: Connections, delivery: Delivery) -> None:
        self.result = DeliveryResult.FAILED
        self._stage = stage
        self._metrics = connections.metrics
        self._delivery = delivery
        self._started = time.monotonic()
        self._waited = 0.0

    def __enter__(self) -> Measurement:
        published = self._delivery.message.metadata.timestamp.timestamp()
        self._waited = max(0.0, time.time() - published)
        self._metrics.in_progress.inc(self._stage)
        return self

    def __exit__(self, *_: object) -> None:
        result, seconds = self.result, time.monotonic() - self._started
        self._metrics.in_progress.dec(self._stage)
        if self._delivery.tally.is_unbegun:  # it may have been fetched before, but nothing was begun
            self._metrics.queue_wait.observe(self._waited, self._stage, self._delivery.event.lane)
        else:
            self._metrics.redelivered.inc(self._stage)
        self._metrics.processed.inc(self._stage, result.value)
        self._metrics.duration.observe(seconds, self._stage, result.value)
        if result is DeliveryResult.SUCCESS:
            self._metrics.last_success.set(time.time(), self._stage)
        self._delivery.logger.info(
            "handled",
            action="handled",
            attempt=self._delivery.attempt,
            outcome=result.value,
            seconds=round(seconds, 3),
        )
