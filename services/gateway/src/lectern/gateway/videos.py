"""Videos: asking for one, looking at one, listing them, cancelling one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Body, Header, Query, Response

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.keys import digest
from lectern.contracts.log import VideoLog
from lectern.contracts.options import Brief, Lane, VideoOptions
from lectern.contracts.problems import FieldError
from lectern.contracts.state import Status
from lectern.gateway import documentation as docs
from lectern.gateway import mapping
from lectern.gateway import models as m
from lectern.gateway.assets import check_music
from lectern.gateway.context import VIDEO_ID, Gateway, TheGateway, read_video
from lectern.gateway.idempotency import Answer, once
from lectern.gateway.refusals import invalid, wrong_state
from lectern.gateway.validation import pointer
from lectern.gateway.voices import check_voice

router = APIRouter(tags=["videos"])

POLL_SECONDS = "2"  # what Retry-After advises to those who poll; the event stream tells sooner
_PATIENCE = 5.0  # seconds a request waits for an event log that is away


def video_json(known: VideoLog) -> str:
    """The Video object as JSON."""
    return mapping.video(known.state, known.video_id, known[0][1]).model_dump_json()


def video_response(known: VideoLog, status: int = 200) -> Response:
    """The Video object as a response; 202 says where to look and when."""
    headers = {"ETag": f'"{known.last}"', "Cache-Control": "no-cache"}
    if status == 202:
        headers |= {"Location": mapping.path(known.video_id), "Retry-After": POLL_SECONDS}
    return Response(video_json(known), status, headers=headers, media_type="application/json")


async def check_assets(gateway: Gateway, document: m.Document) -> None:
    """Refuses a document that names pictures nobody sent."""
    names = list(document.assets)
    found = await asyncio.gather(*(gateway.connections.store.head(keys.asset(document.assets[name])) for name in names))
    errors = [
        FieldError(
            pointer=pointer(("document", "assets", name)),
            detail=f"there is no picture {document.assets[name][:12]}…; upload it with POST /v1/assets first",
        )
        for name, info in zip(names, found, strict=True)
        if info is None or info.media_type.startswith("audio/")
    ]
    if errors:
        raise invalid(*errors)


@router.post(
    "/v1/videos",
    status_code=202,
    response_model=m.Video,
    summary="Ask for a video",
    responses={**docs.answers(202, "The video is queued", docs.VIDEO), **docs.problems(400, 409, 413, 415, 422, 503)},
)
async def create(
    gateway: TheGateway,
    body: Annotated[m.VideoRequest, Body(openapi_examples=docs.REQUESTS)],
    idempotency_key: Annotated[str | None, Header(description="makes it safe to send the request again")] = None,
) -> Response:
    """Takes a topic or a document. The video is made in the background: follow `urls.events` or poll `urls.self`."""
    if body.document:
        await check_assets(gateway, body.document)
    await check_voice(gateway, body.options.voice)
    await check_music(gateway, body.options.music)

    return await queued(
        gateway,
        lane=body.lane,
        brief=lambda video_id: mapping.brief_of(body, video_id),
        options=mapping.options_of(body.options),
        document=body.document,
        idempotency_key=idempotency_key,
        operation="POST /v1/videos",
        body=body,
    )


async def queued(
    gateway: Gateway,
    *,
    lane: Lane,
    brief: Callable[[str], Brief],
    options: VideoOptions,
    document: m.Document | None,
    idempotency_key: str | None,
    operation: str,
    body: m.Body,
) -> Response:
    """A new video, written to the log: once for each idempotency key."""

    async def work(video_id: str) -> Answer:
        known = await gateway.log.read(video_id) if idempotency_key else VideoLog()
        if not known:
            if document:
                markdown = document.markdown.encode()
                await gateway.connections.store.put(keys.document(video_id), markdown, "text/markdown; charset=utf-8")
            event = e.VideoRequested(video_id=video_id, lane=lane, brief=brief(video_id), options=options)
            known = VideoLog([(await gateway.log.publish(event, patience=_PATIENCE), event)])
        headers = {"Location": mapping.path(video_id), "Retry-After": POLL_SECONDS}
        return Answer(status=202, headers=headers, body=video_json(known), media_type="application/json")

    fingerprint = digest(body.model_dump(mode="json"))
    return await once(gateway.answers, idempotency_key, operation, fingerprint, work)


@router.get(
    "/v1/videos",
    response_model=m.VideoList,
    summary="List videos, newest first",
    responses={**docs.answers(200, "One page", docs.VIDEO_LIST), **docs.problems(422, 503)},
)
async def list_videos(
    gateway: TheGateway,
    limit: Annotated[int, Query(ge=1, le=100, description="videos on a page")] = 20,
    after: Annotated[str | None, Query(description="`next_cursor` of the page before")] = None,
    status: Annotated[Status | None, Query(description="only videos of this status")] = None,
) -> Response:
    """Lists follow the log within milliseconds; for a video just asked for, GET its own address."""
    if after is not None and not VIDEO_ID.fullmatch(after):
        raise invalid(FieldError(pointer="?after", detail="is no cursor; send `next_cursor` of the page before"))
    await gateway.views.current()
    views, cursor = gateway.views.page(limit=limit, after=after, status=status)
    items = b",".join(bytes(view.summary) for view in views)
    tail = f'],"has_more":{"true" if cursor else "false"},"next_cursor":' + (f'"{cursor}"' if cursor else "null") + "}"
    return Response(b'{"object":"list","data":[' + items + tail.encode(), media_type="application/json")


@router.get(
    "/v1/videos/{video_id}",
    response_model=m.Video,
    summary="Look at a video",
    responses={**docs.answers(200, "The video as of now", docs.VIDEO), **docs.problems(404, 503)},
)
async def show(gateway: TheGateway, video_id: str, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """Read from the log itself: what was just written is seen."""
    known = await read_video(gateway, video_id, at_least=gateway.hub.newest(video_id))
    if if_none_match == f'"{known.last}"':
        return Response(status_code=304, headers={"ETag": if_none_match})
    return video_response(known)


@router.post(
    "/v1/videos/{video_id}/cancel",
    status_code=202,
    response_model=m.Video,
    summary="Cancel a video",
    responses={
        **docs.answers(202, "Cancelled; work on it stops within a second", {**docs.VIDEO, "status": "cancelled"}),
        **docs.answers(200, "It was cancelled before", {**docs.VIDEO, "status": "cancelled"}),
        **docs.problems(404, 409, 422, 503),
    },
)
async def cancel(gateway: TheGateway, video_id: str, body: m.Cancel | None = None) -> Response:
    """Ends the video, exactly once: a video that completed or failed first stays so. What was made is kept."""
    while True:
        known = await read_video(gateway, video_id)
        match known.state.outcome():
            case e.VideoCancelled():
                return video_response(known)
            case e.VideoCompleted() | e.VideoFailed() as outcome:
                verb = "completed" if isinstance(outcome, e.VideoCompleted) else "failed"
                raise wrong_state(f"The video has {verb} and cannot be cancelled.", "There is nothing left to stop.")
        reason = body.reason if body else ""
        event = e.VideoCancelled(video_id=video_id, lane=known.lane, revision=known.state.revision(), reason=reason)
        if await gateway.log.record_outcome(event):
            return video_response(await read_video(gateway, video_id), 202)
