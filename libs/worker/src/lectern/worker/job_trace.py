"""One delivery in its video's trace, and in every log line that is written meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from structlog.contextvars import bound_contextvars

from lectern.contracts import events as e
from lectern.tracing import SpanKind, continue_trace, note_failure, record_past, record_span
from lectern.worker.delivery import Delivery, DeliveryResult


@contextmanager
def trace_job(stage: str, delivery: Delivery) -> Iterator[Callable[[DeliveryResult], None]]:
    """Records a delivery as a span that continues the trace of its message; yields what notes the result.

    A second span shows how long the message waited: since it was published, or since an earlier delivery gave it back.
    Log lines name the stage, the video and the scene.
    """
    event = delivery.event
    scene = event.scene if isinstance(event, e.SceneEvent) else None
    named = {"scene": scene} if scene is not None else {}
    parent = continue_trace(delivery.message.headers)
    try:
        with (
            bound_contextvars(stage=stage, video=event.video_id, **named),
            record_span(
                f"{stage} {e.name_type(event)}",
                kind=SpanKind.CONSUMER,
                parent=parent,
                stage=stage,
                video=event.video_id,
                scene=scene,
                revision=event.revision,
                delivery=delivery.number,
                lane=event.lane,
            ) as span,
        ):

            def note(result: DeliveryResult) -> None:
                span.set_attribute("lectern.attempt", delivery.attempt)
                span.set_attribute("lectern.outcome", result.value)
                if delivery.delay is not None:
                    span.set_attribute("lectern.again_after_seconds", round(delivery.delay, 1))
                if delivery.failure:
                    note_failure(span, delivery.failure)

            yield note
    finally:
        since = delivery.tally.left_at or delivery.message.metadata.timestamp
        record_past(f"wait for {stage}", since, delivery.began, parent, stage=stage, video=event.video_id, scene=scene)
