"""The renderer's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from lectern.worker import Settings


class RendererSettings(Settings):
    """Settings of the renderer. `slots` 0 uses one for each core this container may use."""

    sandbox: Literal["warm", "cold"] = Field(
        "warm", description="warm: forks of a prepared process; cold: a new process for each job, for debugging only"
    )
    warm_up: Literal["at-start", "with-work"] = Field(
        "at-start",
        description="when the warm sandbox starts: at-start, or with-work, once a scene is in the making that needs "
        "it; `lectern up` and `lectern make` use with-work",
    )
    tex_cache: Path | None = Field(None, description="folder for typeset formulas; below the work folder if unset")
    renders: bool = Field(True, description="false: answer preflights and stills only; other renderers render scenes")
