"""The renderer's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from lectern.worker import Settings


class RendererSettings(Settings):
    """How scenes are drawn. `slots` 0 takes one for each core this container may use."""

    sandbox: Literal["warm", "cold"] = Field("warm", description="warm: forked and locked in; cold: for debugging only")
    tex_cache: Path | None = Field(None, description="where typeset formulas are kept; with the work folder if unset")
    renders: bool = Field(True, description="false: answers preflights only, and leaves scenes to other renderers")
    wall_factor: float = Field(1.0, gt=0, description="multiplies the time a scene may take; for slow machines")
