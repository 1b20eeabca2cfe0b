"""The interface between the renderer and its sandbox: a pool runs a job and returns its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lectern.renderer.sandbox.cold_pool import ColdPool
from lectern.renderer.sandbox.job import (
    PREFLIGHT_LIMITS,
    BeatTiming,
    CpuParts,
    DecodedFootage,
    JobLimits,
    JobPurpose,
    KillReason,
    ProgressCallback,
    RenderJob,
    RenderOutcome,
    SceneResult,
)
from lectern.renderer.sandbox.warm_pool import WarmPool

__all__ = [
    "PREFLIGHT_LIMITS",
    "BeatTiming",
    "ColdPool",
    "CpuParts",
    "DecodedFootage",
    "JobLimits",
    "JobPurpose",
    "KillReason",
    "Pool",
    "ProgressCallback",
    "RenderJob",
    "RenderOutcome",
    "SceneResult",
    "WarmPool",
]


class Pool(Protocol):
    """Runs jobs in slots, at most `slots` at once; further calls wait their turn.

    Cancelling `run` kills the job's whole process tree and wipes its folder before the cancellation propagates.
    """

    @property
    def slots(self) -> int:
        """The number of jobs that run at once."""

    def count_busy(self) -> int:
        """The number of jobs that run now."""

    async def start(self) -> None:
        """Gets ready to run jobs. Raises ProblemError when the sandbox cannot be set up."""

    async def warm_up(self) -> None:
        """Gets ready to run jobs at once, unless it is. Raises ProblemError when the sandbox cannot be set up."""

    async def run(self, job: RenderJob, on_progress: ProgressCallback | None = None) -> RenderOutcome:
        """Runs one job to its end. Raises ProblemError only when the pool itself is broken."""

    async def close(self) -> None:
        """Kills what still runs and removes every trace. Safe to call twice."""

    def layers(self) -> Mapping[str, str]:
        """Returns the state of each protection by name: "active", or "off: " and the reason."""
