"""GET …/events: what happens to a video, as it happens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from lectern.contracts.problems import FieldError
from lectern.gateway import documentation as docs
from lectern.gateway.context import TheGateway, checked_id
from lectern.gateway.refusals import invalid, no_video
from lectern.gateway.streaming import EventStream, follow

router = APIRouter(tags=["events"])


def _position(header: str | None, query: str | None) -> int | None:
    """The sequence to go on after. The header wins: a browser that reconnects sends it beside the old address."""
    for pointer, text in (("Last-Event-ID", header), ("?after", query)):
        if text:
            if not (text.isascii() and text.isdecimal() and len(text) <= 18):
                raise invalid(FieldError(pointer=pointer, detail="must be the `id` of an event you received"))
            return int(text)
    return None


@router.get(
    "/v1/videos/{video_id}/events",
    summary="Follow a video (server-sent events)",
    response_class=Response,
    responses={
        200: {
            "description": "An event stream; see docs/api.md for its events",
            "content": {
                "text/event-stream": {
                    "schema": {"type": "string"},
                    "example": 'event: scene.rendered\nid: 42\ndata: {"type":"scene.rendered","seq":42}\n\n',
                }
            },
        },
        204: {"description": "The video has ended and nothing is newer; do not connect again"},
        **docs.problems(404, 422, 503),
    },
)
async def events(
    gateway: TheGateway,
    video_id: str,
    last_event_id: Annotated[str | None, Header(description="the last id received")] = None,
    after: Annotated[str | None, Query(description="the same, for clients that cannot send headers; 0 for all")] = None,
) -> Response:
    """Starts with a snapshot, or resumes after an id without gap or duplicate. Closes after the outcome."""
    position = _position(last_event_id, after)
    mailbox = gateway.hub.join(checked_id(video_id))
    try:
        log = await gateway.log.read(video_id, at_least=gateway.hub.newest(video_id))
        if not log:
            raise no_video(video_id)
        gateway.hub.load(video_id, log)
    except BaseException:
        gateway.hub.leave(video_id, mailbox)
        raise
    ended = log.state.outcome() is not None
    if ended and position is not None and position >= log[-1][0]:
        gateway.hub.leave(video_id, mailbox)
        return Response(status_code=204)
    settings = gateway.settings
    source = follow(log, position, mailbox, heartbeat=settings.stream_heartbeat, seconds=settings.stream_seconds)
    gateway.metrics.streams.inc()

    def finished(reason: str) -> None:
        gateway.hub.leave(video_id, mailbox)
        gateway.metrics.streams.dec()
        gateway.metrics.streams_ended.labels(reason).inc()

    return EventStream(source, send_seconds=settings.stream_send_seconds, ended=finished)
