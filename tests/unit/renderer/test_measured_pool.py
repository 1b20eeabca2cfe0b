"""Every run of scene code is counted, by what it was for and how it ended."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.utils import floatToGoString
from unit.renderer.scenes import OPTIONS, SQUARE, StubPool, store_code, store_narration

from lectern.contracts.requests import CHECK_SCENE, CheckScene
from lectern.renderer.measured_pool import MeasuredPool
from lectern.renderer.metrics import RendererMetrics
from lectern.renderer.pool import JobPurpose, RenderJob, RenderOutcome
from lectern.renderer.requests import build_responders
from lectern.worker import Meter
from lectern.worker.testing import memory_connections

MIB = 1024 * 1024


async def run(folder: Path, outcome: RenderOutcome, purpose: JobPurpose = "render") -> Meter:
    meter = Meter()
    pool = MeasuredPool(StubPool(folder, outcome), RendererMetrics(meter))
    await pool.run(RenderJob(code="", settings={}, purpose=purpose))
    return meter


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        (RenderOutcome(ok=True), "ok"),
        (RenderOutcome(ok=False, killed="memory"), "refused"),
        (RenderOutcome(ok=False, killed="starved", retryable=True), "unavailable"),
    ],
)
async def test_a_run_is_counted_by_whose_fault_it_was(tmp_path: Path, outcome: RenderOutcome, name: str) -> None:
    registry = (await run(tmp_path, outcome, "stills")).registry
    assert registry.get_sample_value("lectern_sandbox_jobs_total", {"work": "stills", "outcome": name}) == 1
    if outcome.killed:
        kills = registry.get_sample_value("lectern_sandbox_kills_total", {"work": "stills", "reason": outcome.killed})
        assert kills == 1


async def test_memory_and_time_of_a_run_are_measured(tmp_path: Path) -> None:
    outcome = RenderOutcome(ok=True, wall_seconds=2.0, peak_memory_bytes=300 * MIB)
    registry = (await run(tmp_path, outcome)).registry
    memory = "lectern_sandbox_job_peak_memory_bytes"
    assert registry.get_sample_value(f"{memory}_bucket", {"work": "render", "le": floatToGoString(256 * MIB)}) == 0
    assert registry.get_sample_value(f"{memory}_sum", {"work": "render"}) == 300 * MIB
    assert registry.get_sample_value("lectern_sandbox_job_seconds_sum", {"work": "render"}) == 2.0
    assert registry.get_sample_value("lectern_sandbox_slots") == 1
    assert registry.get_sample_value("lectern_sandbox_slots_busy") == 0


async def test_kills_are_shown_before_there_are_any(tmp_path: Path) -> None:
    registry = (await run(tmp_path, RenderOutcome(ok=True))).registry
    assert registry.get_sample_value("lectern_sandbox_kills_total", {"work": "render", "reason": "sandbox"}) == 0


async def test_a_preflight_counts_as_one(tmp_path: Path) -> None:
    connections, meter = memory_connections(), Meter()
    pool = MeasuredPool(StubPool(tmp_path, RenderOutcome(ok=True)), RendererMetrics(meter))
    checks, _ = build_responders(pool, connections.store, connections.metrics)
    request = CheckScene(
        code_key=await store_code(connections.store, SQUARE),
        narration_key=await store_narration(connections.store),
        options=OPTIONS,
    )
    async with connections.bus.answering(checks):
        await connections.bus.ask(CHECK_SCENE, request, timeout=60)
    assert meter.registry.get_sample_value("lectern_sandbox_jobs_total", {"work": "preflight", "outcome": "ok"}) == 1
