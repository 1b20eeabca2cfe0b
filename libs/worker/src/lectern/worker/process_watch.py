"""Watches how late the event loop is, and whether what a service needs answers."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping

from lectern.worker.health import Check, run_check
from lectern.worker.process_metrics import ProcessMetrics

CHECK_SECONDS = 15.0  # between two looks at what a service needs
TICK_SECONDS = 2.0  # of the timer whose lateness is measured


@contextlib.asynccontextmanager
async def watching_process(metrics: ProcessMetrics, checks: Mapping[str, Check]) -> AsyncIterator[None]:
    """Watches while the context lasts."""
    watches = (asyncio.create_task(_watch_loop(metrics)), asyncio.create_task(_watch_needs(metrics, checks)))
    try:
        yield
    finally:
        for watch in watches:
            watch.cancel()
        await asyncio.gather(*watches, return_exceptions=True)


async def _watch_loop(metrics: ProcessMetrics) -> None:
    while True:
        started = time.monotonic()
        await asyncio.sleep(TICK_SECONDS)
        metrics.observe_lag(max(0.0, time.monotonic() - started - TICK_SECONDS))


async def _watch_needs(metrics: ProcessMetrics, checks: Mapping[str, Check]) -> None:
    while True:
        results = await asyncio.gather(*map(run_check, checks.values()))
        for name, result in zip(checks, results, strict=True):
            metrics.show_dependency(name, up=result == "ok")
        await asyncio.sleep(CHECK_SECONDS)
