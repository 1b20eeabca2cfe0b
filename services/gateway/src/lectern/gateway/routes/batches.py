"""Batches: requesting many videos at once, and looking after them together."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Response

from lectern.gateway import examples, handlers, mapping
from lectern.gateway.batch_requests import MAX_AT_ONCE, create_batch
from lectern.gateway.batches import BatchRecord
from lectern.gateway.deps import Deps, GatewayDeps
from lectern.gateway.idempotency import IdempotencyKey, StoredResponse, make_fingerprint, run_once
from lectern.gateway.json_body import JsonRoute
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.refusals import Refusal, refuse_cursor, refuse_unknown_batch
from lectern.gateway.responses import POLL_SECONDS, make_json_response
from lectern.gateway.schemas import Batch, BatchCounts, BatchItem, BatchList, BatchRequest, BatchSummary, BatchUrls
from lectern.gateway.video_log import VIDEO_ID, record_cancellation
from lectern.worker import map_concurrently


class BatchRoute(JsonRoute):
    """A body with a hundred requests in it."""

    max_values: ClassVar[int] = 20_000


router = APIRouter(tags=["batches"], route_class=BatchRoute)

_CURSOR_PATTERN = f"^({VIDEO_ID.pattern})?$"  # an empty one is none
_ACTIVE = ("missing", "queued", "in_progress", "awaiting_approval")


@router.post(
    "/v1/batches",
    status_code=202,
    response_model=Batch,
    summary="Request up to a hundred videos",
    responses={
        **describe_json(202, Batch, "Accepted; refused requests have a `problem`", examples.BATCH),
        **describe_problems(400, 409, 413, 415, 422, 503),
    },
)
async def request_batch(deps: Deps, body: BatchRequest, idempotency_key: IdempotencyKey = "") -> Response:
    """A request that is refused does not spoil the others. Sent again with its key, it goes on where it ended."""

    async def work(batch_id: str) -> StoredResponse:
        batch = map_batch(deps, await create_batch(deps, batch_id, body))
        headers = {"Location": batch.urls.self, "Retry-After": str(POLL_SECONDS)}
        return StoredResponse(status=202, headers=headers, body=batch.model_dump_json(), media_type="application/json")

    fingerprint = make_fingerprint(body)
    return await run_once(deps.stored_responses, idempotency_key, "POST /v1/batches", fingerprint, work)


@router.get(
    "/v1/batches",
    response_model=BatchList,
    summary="List batches, newest first",
    responses={**describe_json(200, BatchList, "One page", examples.BATCH_LIST), **describe_problems(422, 503)},
)
async def list_batches(
    deps: Deps,
    limit: Annotated[int, Query(ge=1, le=100, description="batches on a page")] = 20,
    after: Annotated[
        str, Query(description="`next_cursor` of the previous page", json_schema_extra={"pattern": _CURSOR_PATTERN})
    ] = "",
) -> Response:
    """Batches are kept as long as their videos' history: 30 days."""
    if after and not VIDEO_ID.fullmatch(after):
        raise refuse_cursor()
    records, cursor = await deps.batches.page(deps.principal.owner, limit=limit, after=after)
    await deps.views.wait_until_current()
    data = [BatchSummary(**dict(map_batch(deps, each))) for each in records]
    return make_json_response(BatchList(data=data, has_more=bool(cursor), next_cursor=cursor))


@router.get(
    "/v1/batches/{batch_id}",
    response_model=Batch,
    summary="Show a batch",
    responses={**describe_json(200, Batch, "The batch as of now", examples.BATCH), **describe_problems(404, 503)},
)
async def show_batch(deps: Deps, batch_id: str) -> Response:
    """How far each of its videos is. They can be listed with GET /v1/videos?batch=…, too."""
    record = await _read_batch(deps, batch_id)
    await deps.views.wait_until_current()
    return make_json_response(map_batch(deps, record))


@router.post(
    "/v1/batches/{batch_id}/cancel",
    status_code=202,
    response_model=Batch,
    summary="Cancel what is left of a batch",
    responses={**describe_json(202, Batch, "Cancelled", examples.BATCH), **describe_problems(404, 409, 503)},
)
async def cancel_batch(deps: Deps, batch_id: str) -> Response:
    """Videos that have ended stay as they are. Nothing more of the batch is requested."""
    record = await _read_batch(deps, batch_id)
    record = await deps.batches.mark(batch_id, cancelled=True) or record

    async def cancel(video_id: str) -> None:
        try:
            await record_cancellation(deps, video_id, partial(handlers.cancel, reason="The batch was cancelled."))
        except Refusal as refusal:
            if refusal.status not in (404, 409, 410):  # not requested yet, ended, deleted
                raise

    await map_concurrently(cancel, list(record.video_ids().values()), limit=MAX_AT_ONCE)
    return make_json_response(map_batch(deps, record), 202)


async def _read_batch(deps: GatewayDeps, batch_id: str) -> BatchRecord:
    record = await deps.batches.read(batch_id) if VIDEO_ID.fullmatch(batch_id) else None
    if record is None or record.owner != deps.principal.owner:
        raise refuse_unknown_batch(batch_id)
    return record


def map_batch(deps: GatewayDeps, record: BatchRecord) -> Batch:
    """A batch as of now, with the status of each video from its view."""
    items = []
    video_ids = record.video_ids()
    for place in range(record.total):
        video_id, problem = video_ids.get(place), record.refused.get(place)
        view = deps.views.get(video_id) if video_id else None
        status = view.status if view else "queued" if video_id and record.created else None
        items.append(
            BatchItem(
                index=place,
                custom_id=record.custom_ids.get(place, ""),
                video=video_id,
                status=status,
                url=mapping.video_path(video_id) if video_id else None,
                problem=mapping.map_problem(problem) if problem else None,
            )
        )
    found = Counter("refused" if item.problem else item.status or "missing" for item in items)
    active = any(found[status] for status in _ACTIVE)
    path = f"/v1/batches/{record.id}"
    return Batch(
        id=record.id,
        status="in_progress" if active else "cancelled" if record.cancelled else "ended",
        created_at=record.at,
        lane=record.lane,
        counts=BatchCounts(total=record.total, **found),
        urls=BatchUrls(self=path, cancel=f"{path}/cancel", videos=f"/v1/videos?batch={record.id}"),
        items=items,
    )
