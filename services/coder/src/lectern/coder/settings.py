"""Settings of the coder."""

from __future__ import annotations

from pydantic import Field

from lectern.llm import ModelSettings


class CoderSettings(ModelSettings):
    """The shared settings, those of the model, and the time limits of requests to the renderer."""

    preflight_timeout: float = Field(
        900.0,
        gt=0,
        description="seconds a preflight may take, queueing included",
    )
    stills_timeout: float = Field(
        900.0, gt=0, description="seconds that drawing stills for a critique may take, queueing included"
    )
    preflight_patience: float = Field(60.0, ge=0, description="seconds to wait until a renderer is running")
