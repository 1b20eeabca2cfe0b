"""What users may expect, as responses show it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class QueuePlace(BaseModel):
    """Where a video waits."""

    stage: str = Field(description="the stage that its next scene waits in, or is worked on")
    ahead: int = Field(description="videos that came there before it; 0 while it is worked on")
    as_of: datetime


class Eta(BaseModel):
    """When a video will be finished, in seconds from `as_of`."""

    seconds: float
    low: float
    high: float = Field(description="four of five videos are finished between low and high")
    confidence: Literal["low", "medium", "high"] = Field(
        description="low before there is a script, or until each stage was measured five times"
    )
    as_of: datetime


class StageQueueEntry(BaseModel):
    """A stage and who works there, for all owners together."""

    model_config = ConfigDict(from_attributes=True)

    stage: str
    depth: int = Field(description="scenes (videos, when scripting and composing) that wait")
    in_flight: int = Field(description="jobs that run now")
    oldest_age_seconds: float = Field(description="how long the oldest of both has been in the stage; 0 without any")
    workers: int = Field(description="processes that have shown themselves within ten seconds")
    slots: int = Field(description="jobs that they can run at once")


class QueueReport(BaseModel):
    """Every stage, in the order in which a video passes them."""

    object: Literal["list"] = "list"
    data: list[StageQueueEntry]
    has_more: Literal[False] = False
    next_cursor: None = None
