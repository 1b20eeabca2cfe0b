"""GET …/events: a video's events, live."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from lectern.contracts.problems import FieldError
from lectern.gateway.deps import Deps, get_deps
from lectern.gateway.event_stream import EventStreamResponse, Pace
from lectern.gateway.openapi import describe_problems
from lectern.gateway.problems import answer_error
from lectern.gateway.refusals import refuse_fields
from lectern.gateway.schemas import STREAM_BLOCK_SCHEMA
from lectern.gateway.settings import GatewaySettings
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
    hub, metrics, pace = deps.hub, deps.metrics, _find_pace(deps.settings)
    mailbox = hub.join(check_video_id(video_id))
    try:
        start = hub.recall_start(video_id, deps.principal.owner, position)
        if start is None:
            log = await read_video(deps, video_id, at_least=hub.newest(video_id), shared=True)
            if log.state.outcome() is not None and position is not None and position >= log.last:
                hub.leave(video_id, mailbox)
                return Response(status_code=204)
            start = hub.read_start(log, position)
    except BaseException:
        hub.leave(video_id, mailbox)
        raise
    metrics.streams.inc()
    metrics.streams_opened.inc("snapshot" if position is None else "resumed")

    def on_end(reason: str) -> None:
        hub.leave(video_id, mailbox)
        metrics.streams.dec()
        metrics.streams_ended.inc(reason)

    def on_sent(at: float) -> None:
        metrics.stream_lag.observe(max(0.0, time.time() - at))

    return EventStreamResponse(start, mailbox, pace, on_end, on_sent)


def match_stream(scope: Scope) -> dict[str, str] | None:
    """The path's parameters if a request asks for an event stream, else None."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    found = _ROUTE.path_regex.fullmatch(scope["path"])
    return found.groupdict() if found else None


async def serve_stream(scope: Scope, receive: Receive, send: Send) -> None:
    """`follow_video` for a request that `match_stream` knows, without the framework around it."""
    scope["route"] = _ROUTE
    response = await _answer(Request(scope, receive))
    await response(scope, receive, send)


async def _answer(request: Request) -> Response:
    try:
        return await follow_video(
            await get_deps(request),
            request.path_params["video_id"],
            request.headers.get("last-event-id", ""),
            request.query_params.get("after", ""),
        )
    except Exception as error:
        return await answer_error(request, error)


_ROUTE = next(route for route in router.routes if isinstance(route, APIRoute))


def _find_pace(settings: GatewaySettings) -> Pace:
    return Pace(heartbeat=settings.stream_heartbeat, age=settings.stream_seconds, send=settings.stream_send_seconds)


def _parse_position(header: str, query: str) -> int | None:
    """The sequence to resume after. The header wins: a browser that reconnects sends it beside the old address."""
    for pointer, text in (("Last-Event-ID", header), ("?after", query)):
        if text and not (text.isascii() and text.isdecimal() and len(text) <= 18):
            raise refuse_fields(FieldError(pointer=pointer, detail="must be the `id` of an event you received"))
    text = header or query
    return int(text) if text else None
