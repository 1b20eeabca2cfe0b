"""Telling an owner's webhooks that all videos of a batch have ended.

No event of the log says so: whoever sees a video of the batch end, or be deleted, looks whether it was the last. So
does whoever has requested the videos, since all of them may have ended before the batch was known to be whole.
"""

from __future__ import annotations

from collections import Counter

from lectern.contracts import events as e
from lectern.contracts.events import now
from lectern.contracts.log import VideoLog
from lectern.gateway.batches import BatchRecord
from lectern.gateway.deps import GatewayDeps
from lectern.gateway.views import DELETED
from lectern.gateway.webhooks import WebhookDelivery, WebhookEndpoint, make_body, make_delivery_id

EVENT = "batch.completed"
_ENDED = ("completed", "failed", "cancelled", DELETED)


async def tell_batch_end(deps: GatewayDeps, batch_id: str, owner: str) -> None:
    """Make the deliveries that say a batch has ended, if it has; the same ones however often it is looked at."""
    told = [each for each in deps.webhook_endpoints.of_owner(owner) if each.enabled and EVENT in each.events]
    record = await deps.batches.read(batch_id) if told else None
    if record is None or not record.created:
        return
    found = await _count_ended(deps, record)
    if found is not None:
        body = _describe(record, found)
        for endpoint in told:
            await deps.webhook_deliveries.create(_make_delivery(endpoint, record, body))


async def _count_ended(deps: GatewayDeps, record: BatchRecord) -> Counter[str] | None:
    """How many of the videos ended how; None while one has not. Views may lag, so who has not is asked the log."""
    found: Counter[str] = Counter()
    for video_id in record.video_ids().values():
        view = deps.views.get(video_id)
        status = view.status if view and view.status in _ENDED else _find_end(await deps.event_log.read(video_id))
        if not status:
            return None
        found[status] += 1
    return found


def _find_end(log: VideoLog) -> str:
    if log.is_deleted:
        return DELETED
    match log.state.outcome():
        case e.VideoCompleted():
            return "completed"
        case e.VideoFailed():
            return "failed"
        case e.VideoCancelled():
            return "cancelled"
    return ""


def _describe(record: BatchRecord, found: Counter[str]) -> str:
    path = f"/v1/batches/{record.id}"
    data = {
        "id": record.id,
        "object": "batch",
        "status": "cancelled" if record.cancelled else "ended",
        "counts": {"total": record.total, "refused": len(record.refused), **{each: found[each] for each in _ENDED}},
        "urls": {"self": path, "videos": f"/v1/videos?batch={record.id}"},
    }
    return make_body(EVENT, now(), data)


def _make_delivery(endpoint: WebhookEndpoint, record: BatchRecord, body: str) -> WebhookDelivery:
    at = now()
    return WebhookDelivery(
        id=make_delivery_id(endpoint.id, f"{record.id}.ended", record.at),  # the same for whoever finds the end
        endpoint=endpoint.id,
        event=EVENT,
        body=body,
        created_at=at,
        due=at,
    )
