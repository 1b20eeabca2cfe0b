"""Videos: creating, showing, renaming and cancelling them."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Header, Query, Response

from lectern.contracts.state import VideoState
from lectern.gateway import examples, handlers
from lectern.gateway.admission import check_assets, check_logo, check_music, check_voice
from lectern.gateway.deps import Deps
from lectern.gateway.enqueue import enqueue_video
from lectern.gateway.erasing import delete_video
from lectern.gateway.idempotency import IdempotencyKey
from lectern.gateway.json_body import JsonRoute
from lectern.gateway.openapi import describe_json, describe_problems, describe_settled
from lectern.gateway.responses import make_video_response
from lectern.gateway.schemas import CancelRequest, Video, VideoPatch, VideoRequest
from lectern.gateway.video_log import append_event, read_video, record_cancellation
from lectern.gateway.waiting import MAX_WAIT, PreferredWait, is_settled, wait_as_preferred, wait_until

router = APIRouter(tags=["videos"], route_class=JsonRoute)


@router.post(
    "/v1/videos",
    status_code=202,
    response_model=Video,
    summary="Create a video",
    responses={
        **describe_json(202, Video, "The video is queued", examples.VIDEO),
        **describe_settled(examples.VIDEO),
        **describe_problems(400, 409, 413, 415, 422, 503),
    },
)
async def create_video(
    deps: Deps,
    body: Annotated[VideoRequest, Body(openapi_examples=examples.VIDEO_REQUESTS)],
    wait: PreferredWait,
    idempotency_key: IdempotencyKey = "",
) -> Response:
    """Accepts a topic or a document. The video is made in the background: follow `urls.events` or poll `urls.self`."""
    await check_assets(deps, body.document)
    await check_voice(deps, body.options.voice)
    await check_music(deps, body.options.music)
    await check_logo(deps, body.options.brand)
    make_event = partial(handlers.create, body)
    operation = "POST /v1/videos"
    accepted = await enqueue_video(deps, body, make_event, operation=operation, idempotency_key=idempotency_key)
    return await wait_as_preferred(deps, accepted, wait)


@router.get(
    "/v1/videos/{video_id}",
    response_model=Video,
    summary="Show a video",
    responses={
        **describe_json(200, Video, "The video as of now", examples.VIDEO),
        304: {"description": "The video is unchanged"},
        **describe_problems(404, 422, 503),
    },
)
async def show_video(
    deps: Deps,
    video_id: str,
    if_none_match: Annotated[str, Header()] = "",
    wait: Annotated[
        int,
        Query(
            ge=0,
            le=MAX_WAIT,
            description="seconds to wait until it ends, or differs from If-None-Match",
        ),
    ] = 0,
) -> Response:
    """Read from the log itself, so that it includes your own writes."""

    def differs(state: VideoState, last: int) -> bool:
        return if_none_match != f'"{last}"' if if_none_match else is_settled(state)

    if wait:
        log = await wait_until(deps, video_id, differs, wait)
    else:
        log = await read_video(deps, video_id, at_least=deps.hub.newest(video_id))
    if if_none_match == f'"{log.last}"':
        return Response(status_code=304, headers={"ETag": if_none_match, "Cache-Control": "private, no-cache"})
    return make_video_response(log, prospect=deps.outlook.look(log.state, video_id, log.owner))


@router.patch(
    "/v1/videos/{video_id}",
    response_model=Video,
    summary="Change a video's title and metadata",
    responses={
        **describe_json(200, Video, "The video as it is now called", examples.VIDEO),
        **describe_problems(400, 404, 409, 410, 413, 415, 422, 503),
    },
)
async def patch_video(deps: Deps, video_id: str, body: VideoPatch) -> Response:
    """A JSON merge patch: what is absent stays, null removes. Nothing is made again."""
    log, _ = await append_event(deps, video_id, partial(handlers.describe, patch=body))
    return make_video_response(log)


@router.delete(
    "/v1/videos/{video_id}",
    status_code=204,
    response_class=Response,
    summary="Delete a video",
    responses={204: {"description": "It is gone for good, now or before"}, **describe_problems(404, 409, 503)},
)
async def remove_video(deps: Deps, video_id: str) -> Response:
    """Stops what is being made, and erases its files, script and history. Asked again, it answers the same."""
    await delete_video(deps, video_id)
    return Response(status_code=204)


@router.post(
    "/v1/videos/{video_id}/cancel",
    status_code=202,
    response_model=Video,
    summary="Cancel a video",
    responses={
        **describe_json(
            202, Video, "Cancelled; work on it stops within a second", {**examples.VIDEO, "status": "cancelled"}
        ),
        **describe_json(200, Video, "It was cancelled before", {**examples.VIDEO, "status": "cancelled"}),
        **describe_problems(400, 404, 409, 413, 415, 422, 503),
    },
)
async def cancel_video(deps: Deps, video_id: str, body: CancelRequest | None = None) -> Response:
    """Ends the video exactly once; one that has completed or failed stays so. Whatever was made is kept."""
    handler = partial(handlers.cancel, reason=body.reason if body else "")
    log, event = await record_cancellation(deps, video_id, handler)
    return make_video_response(log, 202 if event else 200)
