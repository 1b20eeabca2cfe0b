"""The seam between the renderer and its sandbox: give a pool a job, get an outcome back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lectern.renderer.sandbox.cold import ColdPool
from lectern.renderer.sandbox.job import (
    PREFLIGHT,
    BeatMeasure,
    Footage,
    Killed,
    Limits,
    OnProgress,
    RenderJob,
    RenderOutcome,
    Result,
)
from lectern.renderer.sandbox.warm import WarmPool

__all__ = [
    "PREFLIGHT",
    "BeatMeasure",
    "ColdPool",
    "Footage",
    "Killed",
    "Limits",
    "OnProgress",
    "Pool",
    "RenderJob",
    "RenderOutcome",
    "Result",
    "WarmPool",
]


class Pool(Protocol):
    """Runs jobs in slots, at most `slots` at once; further calls wait their turn.

    Cancelling `run` kills the job's whole process tree and wipes its folder before the cancellation propagates.
    """

    @property
    def slots(self) -> int:
        """How many jobs run at once."""

    async def start(self) -> None:
        """Gets ready to run jobs. Raises ProblemError when the sandbox cannot be set up."""

    async def run(self, job: RenderJob, on_progress: OnProgress | None = None) -> RenderOutcome:
        """Runs one job to its end. Raises ProblemError only when the pool itself is broken."""

    async def close(self) -> None:
        """Kills what still runs and removes every trace. Safe to call twice."""

    def layers(self) -> Mapping[str, str]:
        """Which protections are active, by name: "active" or "off: why"."""
