"""The dependencies of the renderer's handlers."""

from __future__ import annotations

from dataclasses import dataclass

from lectern.renderer.metrics import RendererMetrics
from lectern.renderer.pool import Pool


@dataclass(frozen=True, kw_only=True)
class RendererDeps:
    """A sandbox to run jobs in, and metrics."""

    pool: Pool
    metrics: RendererMetrics
