"""The JSON of older clients, with their own field names."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from lectern.contracts.options import DOCUMENT_LIMIT
from lectern.gateway.schemas.texts import TOPIC_PATTERN

MAX_SAFE_NUMBER = 2**53 - 1  # beyond it JSON's readers disagree on which number it is (RFC 8259, section 6)


class OlderError(BaseModel):
    """Why nothing was begun."""

    success: bool = False
    error: str


class Submission(BaseModel):
    """A video was requested under the client's own id."""

    success: bool = True
    message: str
    userId: int | float | str
    videoId: str


class SubmissionStatus(BaseModel):
    """How far a video is, flat."""

    message: str
    isprocessing: bool
    isdone: bool
    iserror: bool
    video_uri: str | None = None
    progress: int = 0
    stage: str | None = None
    currentScene: int = 0
    totalScenes: int = 0
    videoId: str | None = None


class FinishedVideo(BaseModel):
    """A video that was waited for; `status_url` shows one that takes longer."""

    success: bool
    video_url: str | None
    video_id: str | None
    scenes_count: int
    message: str
    status_url: str | None = None


class NumberedScene(BaseModel):
    """One scene of a script."""

    scene_number: int
    visuals: str = Field(description="what is shown")
    narration: str = Field(description="what is said")


class SceneList(BaseModel):
    """A script."""

    scenes: list[NumberedScene]
    video_id: str
    message: str = ""
    status_url: str | None = None


class OlderHealth(BaseModel):
    """Whether videos can be made."""

    status: str = Field(description="healthy, or unhealthy")
    checks: dict[str, str]


def describe_body(name: str, *, with_id: bool = False) -> dict[str, Any]:
    """OpenAPI's description of a body with one text, and for some clients an id."""
    text = {"type": "string", "minLength": 1, "maxLength": DOCUMENT_LIMIT, "pattern": TOPIC_PATTERN}
    properties: dict[str, Any] = {name: {**text, "description": "what to explain"}}
    if with_id:
        numbers = {"type": "number", "minimum": -MAX_SAFE_NUMBER, "maximum": MAX_SAFE_NUMBER}
        texts = {"type": "string", "pattern": "^[!-~]{1,64}$"}
        properties["id"] = {"anyOf": [numbers, texts], "description": "the client's own id, such as a time in ms"}
    schema = {"type": "object", "properties": properties, "required": sorted(properties)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
