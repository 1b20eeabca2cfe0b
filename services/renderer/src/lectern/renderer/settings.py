"""The renderer's settings."""

from __future__ import annotations

from pydantic import Field

from lectern.worker import Settings


class RendererSettings(Settings):
    """How scenes are drawn. `slots` 0 takes one for each core this container may use."""

    sandbox: str = Field("warm", pattern="^(warm|cold)$", description="warm: forked and locked in; cold: for debugging")
    wall_factor: float = Field(1.0, gt=0, description="multiplies the time a scene may take; for slow machines")
