"""A video's files, as responses show them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ArtifactEntry(BaseModel):
    """A file to download."""

    model_config = ConfigDict(from_attributes=True)

    kind: str = Field(description="as in `outputs`, or scene_video, scene_footage, scene_still, …; more may be added")
    scene: int | None = Field(description="the scene it belongs to; null for the whole video's")
    name: str = Field(description="its path in the archive")
    url: str
    media_type: str
    bytes: int | None = Field(description="null where it is made when it is first asked for")


class ArtifactList(BaseModel):
    """Every file of a video."""

    object: Literal["list"] = "list"
    data: list[ArtifactEntry]
    has_more: Literal[False] = False
    next_cursor: None = None
