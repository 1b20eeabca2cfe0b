"""Responses that several routes give: a video, with the headers that go with it."""

from __future__ import annotations

from fastapi import Response
from pydantic import BaseModel

from lectern.contracts.log import VideoLog
from lectern.gateway import mapping
from lectern.gateway.outlook import Prospect
from lectern.gateway.schemas import Video

POLL_SECONDS = 2  # what Retry-After suggests to clients that poll; the event stream is faster


def make_video(log: VideoLog, prospect: Prospect | None = None) -> Video:
    """The Video object of a log."""
    return mapping.map_video(log.state, log[0].event, prospect)


def make_accepted_headers(video_id: str) -> dict[str, str]:
    """Headers of a 202: where to look, and when."""
    return {"Location": mapping.video_path(video_id), "Retry-After": str(POLL_SECONDS)}


def make_video_response(log: VideoLog, status: int = 200, prospect: Prospect | None = None) -> Response:
    """Respond with a video; its ETag is the log's last sequence, whatever the prospect."""
    headers = {"ETag": f'"{log.last}"', "Cache-Control": "private, no-cache"}
    if status == 202:
        headers |= make_accepted_headers(log.video_id)
    return make_json_response(make_video(log, prospect), status, headers)


def make_json_response(body: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Respond with one of the schemas that OpenAPI publishes for the route."""
    return Response(body.model_dump_json(), status, headers=headers, media_type="application/json")
