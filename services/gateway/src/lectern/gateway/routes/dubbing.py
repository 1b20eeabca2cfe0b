"""Dubbing: a new video in another language."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Response

from lectern.gateway import examples, handlers
from lectern.gateway.admission import check_assets, check_voice
from lectern.gateway.deps import Deps
from lectern.gateway.enqueue import enqueue_video
from lectern.gateway.handlers.script_events import get_script_event
from lectern.gateway.idempotency import IdempotencyKey
from lectern.gateway.json_body import JsonRoute
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.schemas import DubRequest, Video
from lectern.gateway.video_log import read_video

router = APIRouter(tags=["videos"], route_class=JsonRoute)


@router.post(
    "/v1/videos/{video_id}/dub",
    status_code=202,
    response_model=Video,
    summary="Dub a video into another language",
    responses={
        **describe_json(202, Video, "The new video is queued", examples.VIDEO),
        **describe_problems(400, 404, 409, 413, 415, 422, 503),
    },
)
async def dub_video(
    deps: Deps,
    video_id: str,
    body: Annotated[DubRequest, Body(openapi_examples=examples.DUB_REQUESTS)],
    idempotency_key: IdempotencyKey = "",
) -> Response:
    """Makes a new video: the script translated (by a model, or by the `document` you send), its code reused."""
    log = await read_video(deps, video_id)
    get_script_event(log.state)
    await check_assets(deps, body.document)
    await check_voice(deps, body.voice, "/voice")
    operation = f"POST /v1/videos/{video_id}/dub"
    make_event = partial(handlers.dub, log, body)
    return await enqueue_video(deps, body, make_event, operation=operation, idempotency_key=idempotency_key)
