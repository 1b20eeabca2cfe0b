"""A pool whose runs are counted."""

from __future__ import annotations

from collections.abc import Mapping

from lectern.renderer.metrics import RendererMetrics
from lectern.renderer.pool import Pool, ProgressCallback, RenderJob, RenderOutcome


class MeasuredPool:
    """Another pool, with every run counted in the metrics. See `Pool`."""

    def __init__(self, pool: Pool, metrics: RendererMetrics) -> None:
        self._pool = pool
        self._metrics = metrics
        metrics.slots.set(pool.slots)
        metrics.slots_busy.follow(pool.count_busy)

    @property
    def slots(self) -> int:
        """The number of jobs that run at once."""
        return self._pool.slots

    def count_busy(self) -> int:
        """The number of jobs that run now."""
        return self._pool.count_busy()

    async def start(self) -> None:
        """Gets ready to run jobs."""
        await self._pool.start()

    async def warm_up(self) -> None:
        """Gets ready to run jobs at once."""
        await self._pool.warm_up()

    async def run(self, job: RenderJob, on_progress: ProgressCallback | None = None) -> RenderOutcome:
        """Runs one job to its end."""
        outcome = await self._pool.run(job, on_progress)
        self._metrics.count_run(job.purpose, outcome)
        return outcome

    async def close(self) -> None:
        """Kills what still runs and removes every trace."""
        await self._pool.close()

    def layers(self) -> Mapping[str, str]:
        """Returns the state of each protection by name."""
        return self._pool.layers()
