"""What an event stream sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from lectern.gateway.schemas.outlook import Eta, QueuePlace
from lectern.gateway.schemas.scripts import REF_TEMPLATE
from lectern.gateway.schemas.videos import SceneState, Video, VideoSummary


class StreamedEvent(BaseModel):
    """An event of a video with the state that follows from it; `video.snapshot` begins a stream."""

    type: str
    seq: int = Field(description="its place in the log, and the block's `id`")
    time: datetime
    revision: int
    resync: bool = Field(False, description="of a snapshot: discard what you know of the video")
    video: Video | VideoSummary = Field(description="whole, or with a scene's event the summary")
    scene: SceneState | None = None


class StreamedDeletion(BaseModel):
    """The video was deleted; the stream closes, and nothing is left to resume."""

    type: Literal["video.deleted"]
    seq: int
    time: datetime
    revision: int
    video_id: str


class StreamedProgress(BaseModel):
    """How far a stage is; live only, without an id."""

    type: Literal["progress"]
    time: datetime
    video_id: str
    scene: int | None = Field(description="null: the whole video")
    revision: int
    stage: str
    doing: str
    done: float
    of: float
    attempt: int
    facts: dict[str, Any]


class StreamedOutlook(BaseModel):
    """What a video may expect, every few seconds while it is made; live only, without an id."""

    type: Literal["outlook"]
    time: datetime
    video_id: str
    queue: QueuePlace | None
    eta: Eta | None


_STREAMED: tuple[type[BaseModel], ...] = (StreamedEvent, StreamedDeletion, StreamedProgress, StreamedOutlook)
STREAM_SCHEMAS: dict[str, Any] = models_json_schema(
    [(streamed, "serialization") for streamed in _STREAMED],
    ref_template=REF_TEMPLATE.replace("{name}", "{model}"),
)[1]["$defs"]
STREAM_SCHEMAS["StreamedEvent"]["required"] = ["type", "seq", "time", "revision", "video"]
STREAM_DATA_SCHEMA: dict[str, Any] = {
    "anyOf": [{"$ref": REF_TEMPLATE.format(name=streamed.__name__)} for streamed in _STREAMED]
}
STREAM_BLOCK_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "one block of server-sent events; `data` is JSON",
    "properties": {
        "event": {"type": "string"},
        "id": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": STREAM_DATA_SCHEMA},
        "retry": {"type": "integer"},
    },
    "example": {"event": "scene.rendered", "id": "42", "data": '{"type":"scene.rendered","seq":42}'},
}
