"""Settings of the coder."""

from __future__ import annotations

from pydantic import Field

from lectern.llm import ModelSettings


class CoderSettings(ModelSettings):
    """The shared settings, and how long to wait for preflight."""

    preflight_timeout: float = Field(90.0, gt=0, description="seconds a preflight may take, queueing included")
    stills_timeout: float = Field(120.0, gt=0, description="seconds drawing a scene for a critique may take")
    preflight_patience: float = Field(20.0, ge=0, description="seconds to wait for a renderer to be there at all")
