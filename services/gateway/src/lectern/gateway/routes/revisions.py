"""Work on an existing video: approving its script, redoing a scene, retrying a failure."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Response

from lectern.gateway import examples, handlers, take_examples
from lectern.gateway.admission import check_voice
from lectern.gateway.clients import check_followed
from lectern.gateway.deps import Deps
from lectern.gateway.idempotency import IdempotencyKey
from lectern.gateway.json_body import JsonRoute
from lectern.gateway.openapi import describe_json, describe_problems, describe_settled
from lectern.gateway.responses import make_video_response
from lectern.gateway.schemas import ApproveRequest, RedoRequest, Video
from lectern.gateway.script_changes import change_script_once
from lectern.gateway.video_log import append_event, read_video
from lectern.gateway.waiting import PreferredWait, wait_as_preferred

router = APIRouter(tags=["scripts"], route_class=JsonRoute)


@router.post(
    "/v1/videos/{video_id}/approve",
    status_code=202,
    response_model=Video,
    summary="Approve the script",
    responses={
        **describe_json(202, Video, "The scenes are being made", examples.VIDEO),
        **describe_json(200, Video, "It was approved before, or with `Prefer: wait` it has ended", examples.VIDEO),
        **describe_problems(400, 404, 409, 413, 415, 422, 503),
    },
)
async def approve_script(
    deps: Deps, video_id: str, wait: PreferredWait, body: ApproveRequest | None = None
) -> Response:
    """Resumes a video that was requested with `review`."""
    handler = partial(handlers.approve, script_revision=body.script_revision if body else None)
    log, event = await append_event(deps, video_id, handler)
    return await wait_as_preferred(deps, make_video_response(log, 202 if event else 200), wait)


@router.post(
    "/v1/videos/{video_id}/scenes/{number}/redo",
    status_code=202,
    response_model=Video,
    summary="Redo one scene",
    responses={
        **describe_json(202, Video, "The scene is being made again", examples.VIDEO),
        **describe_settled(examples.VIDEO),
        **describe_problems(400, 404, 409, 413, 415, 422, 503),
    },
)
async def redo_scene(
    deps: Deps,
    video_id: str,
    number: int,
    wait: PreferredWait,
    body: Annotated[RedoRequest | None, Body(openapi_examples=take_examples.REDO_REQUESTS)] = None,
    idempotency_key: IdempotencyKey = "",
) -> Response:
    """With `direction`, `voice` or `narration` the scene is changed; without, it is made afresh. Others stay.

    What it was remains a take, which can be chosen again.
    """
    await read_video(deps, video_id)
    if body and body.voice:
        await check_voice(deps, body.voice, "/voice")
    if body and body.direction:
        await check_followed(deps)
    answer = await change_script_once(
        deps,
        video_id,
        partial(handlers.redo, number=number, request=body),
        operation=f"POST /v1/videos/{video_id}/scenes/{number}/redo",
        idempotency_key=idempotency_key,
        body=body,
    )
    return await wait_as_preferred(deps, answer, wait)


@router.post(
    "/v1/videos/{video_id}/retry",
    status_code=202,
    response_model=Video,
    summary="Retry what failed",
    responses={
        **describe_json(202, Video, "Work continues", examples.VIDEO),
        **describe_settled(examples.VIDEO),
        **describe_problems(404, 409, 503),
    },
)
async def retry_video(deps: Deps, video_id: str, wait: PreferredWait) -> Response:
    """For a video that failed or was cancelled: makes the missing scenes, or starts over if there is no script."""
    log, _ = await append_event(deps, video_id, handlers.retry)
    return await wait_as_preferred(deps, make_video_response(log, 202), wait)
