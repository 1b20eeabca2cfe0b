"""GET …/events: a video's events, live."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from lectern.contracts.problems import FieldError
from lectern.gateway.deps import Deps
from lectern.gateway.event_stream import EventStreamResponse, follow
from lectern.gateway.openapi import describe_problems
from lectern.gateway.refusals import refuse_fields
from lectern.gateway.schemas import STREAM_BLOCK_SCHEMA
from lectern.gateway.video_log import check_video_id, read_video

router = APIRouter(tags=["events"])

_ID_PATTERN = "^[0-9]{0,18}$"  # an empty one is none


@router.get(
    "/v1/videos/{video_id}/events",
    summary="Follow a video (server-sent events)",
    response_class=Response,
    responses={
        200: {
            "description": "An event stream; see docs/api.md for its events",
            "content": {
                "text/event-stream": {
                    "schema": STREAM_BLOCK_SCHEMA,  # of each block, as the stream itself has no end to describe
                }
            },
        },
        204: {"description": "The video has ended and nothing is newer; do not reconnect"},
        **describe_problems(404, 422, 503),
    },
)
async def follow_video(
    deps: Deps,
    video_id: str,
    last_event_id: Annotated[
        str, Header(description="the last id received", json_schema_extra={"pattern": _ID_PATTERN})
    ] = "",
    after: Annotated[
        str,
        Query(
            description="the same, for clients that cannot send headers; 0 for all",
            json_schema_extra={"pattern": _ID_PATTERN},
        ),
    ] = "",
) -> Response:
    """Starts with a snapshot, or resumes after an id without gap or duplicate. Closes after the outcome."""
    position = _parse_position(last_event_id, after)
    mailbox = deps.hub.join(check_video_id(video_id))
    try:
        log = await read_video(deps, video_id, at_least=deps.hub.newest(video_id), shared=True)
    except BaseException:
        deps.hub.leave(video_id, mailbox)
        raise
    if log.state.outcome() is not None and position is not None and position >= log.last:
        deps.hub.leave(video_id, mailbox)
        return Response(status_code=204)
    deps.hub.load(video_id, log)
    settings = deps.settings
    source = follow(log, position, mailbox, heartbeat=settings.stream_heartbeat, seconds=settings.stream_seconds)
    deps.metrics.streams.inc()

    def on_end(reason: str) -> None:
        deps.hub.leave(video_id, mailbox)
        deps.metrics.streams.dec()
        deps.metrics.streams_ended.labels(reason).inc()

    return EventStreamResponse(source, send_seconds=settings.stream_send_seconds, on_end=on_end)


def _parse_position(header: str, query: str) -> int | None:
    """The sequence to resume after. The header wins: a browser that reconnects sends it beside the old address."""
    for pointer, text in (("Last-Event-ID", header), ("?after", query)):
        if text and not (text.isascii() and text.isdecimal() and len(text) <= 18):
            raise refuse_fields(FieldError(pointer=pointer, detail="must be the `id` of an event you received"))
    text = header or query
    return int(text) if text else None
