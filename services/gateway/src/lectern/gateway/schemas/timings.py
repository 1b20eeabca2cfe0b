"""How long each stage took, as responses show it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field


class StageTiming(BaseModel):
    """One stage's work on a scene, or on the video. What has not happened yet is null."""

    queued_at: datetime = Field(description="when the work was there to be done")
    began_at: datetime | None = Field(None, description="when the attempt that ended it began; null while it goes on")
    ended_at: datetime | None = None
    waited_seconds: float | None = Field(None, description="from queued_at to began_at, earlier attempts included")
    worked_seconds: float | None = Field(None, description="from began_at to ended_at")
    attempts: int = Field(1, description="attempts of the stage; versions of a scene's code are in `attempts`")
    cached: bool | None = Field(None, description="true if an earlier result was reused; null where it is not known")
    cpu_seconds: float | None = Field(None, description="what rendering computed")


class SceneTimings(BaseModel):
    """The stages of a scene; null for those it has not reached."""

    voicing: StageTiming | None = None
    coding: StageTiming | None = None
    rendering: StageTiming | None = None


class VideoTimings(BaseModel):
    """The stages of the whole video, and how long its user has waited, in this revision."""

    requested_at: datetime = Field(description="when this revision was asked for")
    scripting: StageTiming | None = None
    composing: StageTiming | None = None
    first_scene_seconds: float | None = Field(None, description="until the first scene could be watched")
    completed_seconds: float | None = Field(None, description="until the video was finished")
