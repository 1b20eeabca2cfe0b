"""What a webhook says: little, so that it is always deliverable, and the receiver asks the API for the rest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lectern.contracts import events as e
from lectern.contracts.log import VideoLog
from lectern.contracts.problems import TYPE_PREFIX, Problem
from lectern.gateway import mapping
from lectern.gateway.schemas import WebhookEvent

MAX_BODY_BYTES = 20_000  # the specification's limit
TEST_EVENT = "webhook.test"


def name_event(event: e.AnyEvent) -> WebhookEvent | None:
    """The webhook event that an event of the log is, if it is one."""
    match event:
        case e.VideoScripted():
            return "video.awaiting_approval" if event.review else None
        case e.VideoCompleted():
            return "video.completed"
        case e.VideoFailed():
            return "video.failed"
        case e.VideoCancelled():
            return "video.cancelled"
        case e.SceneFailed():
            return "scene.failed"
    return None


def make_video_body(name: WebhookEvent, log: VideoLog, sequence: int) -> str:
    """The body about the event at `sequence`: the video is shown as it was then, whenever this is made."""
    until = VideoLog((entry.sequence, entry.event) for entry in log if entry.sequence <= sequence)
    event = until[-1].event
    summary = mapping.map_summary(until.state, until[0].event)
    problem = event.problem if isinstance(event, e.VideoFailed | e.SceneFailed) else None
    data = {
        "id": summary.id,
        "object": "video",
        "status": summary.status,
        "title": summary.title[:200],
        "revision": summary.revision,
        "scene": event.scene if isinstance(event, e.SceneEvent) else None,
        "urls": summary.urls.model_dump(),
        "error": _shorten(problem) if problem else None,
        "metadata": until.state.metadata(),
    }
    return make_body(name, event.at, data)


def make_body(name: str, at: datetime, data: dict[str, Any]) -> str:
    """A body: the event's type, its time, and what it is about."""
    return msgspec.json.encode({"type": name, "timestamp": at, "data": data}).decode()


def _shorten(problem: Problem) -> dict[str, Any]:
    """A problem without its list of fields, which could be longer than a body may be."""
    fields = ("code", "title", "detail", "remedy", "stage", "scene", "retryable")
    return {"type": TYPE_PREFIX + problem.code, **{name: getattr(problem, name) for name in fields}}
