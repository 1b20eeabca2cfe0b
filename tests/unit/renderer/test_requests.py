"""Answering preflights and stills over a bus, with a pool that renders nothing."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from unit.renderer.scenes import OPTIONS, SQUARE, StubPool, store_code, store_narration

from lectern.contracts.requests import CHECK_SCENE, DRAW_STILLS, CheckScene, DrawStills, Finding
from lectern.renderer.pool import PREFLIGHT_LIMITS, ProgressCallback, RenderJob, RenderOutcome, SceneResult
from lectern.renderer.requests import build_responders
from lectern.worker import Connections, Unavailable
from lectern.worker.testing import memory_connections


@pytest.fixture
def connections() -> Connections:
    return memory_connections()


async def test_a_preflight_runs_without_animations_and_returns_findings(
    connections: Connections, tmp_path: Path
) -> None:
    finding = Finding(rule="beat-overrun", level="error", message="beat 1 is too long", beat=1)
    pool = StubPool(tmp_path, RenderOutcome(ok=True, result=SceneResult(ok=True, findings=[finding])))
    checks, _ = build_responders(pool, connections.store, connections.metrics)
    request = CheckScene(
        code_key=await store_code(connections.store, SQUARE),
        narration_key=await store_narration(connections.store),
        options=OPTIONS,
    )
    async with connections.bus.answering(checks):
        verdict = await connections.bus.ask(CHECK_SCENE, request, timeout=60)
    assert verdict.ok
    assert verdict.findings == (finding,)
    assert pool.jobs[0].settings["mode"] == "measure"
    assert pool.jobs[0].limits == PREFLIGHT_LIMITS


async def test_a_failing_renderer_reports_itself_unavailable(connections: Connections, tmp_path: Path) -> None:
    checks, stills = build_responders(StubPool(tmp_path), connections.store, connections.metrics)
    check = CheckScene(code_key="missing", narration_key="missing", options=OPTIONS)
    draw = DrawStills(code_key="missing", narration_key="missing", options=OPTIONS, at=(0.5,))
    async with connections.bus.answering(checks), connections.bus.answering(stills):
        verdict = await connections.bus.ask(CHECK_SCENE, check, timeout=60)
        drawn = await connections.bus.ask(DRAW_STILLS, draw, timeout=60)
    assert not verdict.ok
    assert verdict.unavailable == "object missing is not in the store"
    assert not drawn.ok
    assert drawn.unavailable == verdict.unavailable


@pytest.mark.parametrize(
    ("error", "begun"),
    [
        (RuntimeError("the scene found a way to raise this"), True),
        (OSError(errno.ENOSPC, "No space left on device"), False),
        (Unavailable("the object store cannot be reached"), False),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_only_an_outage_that_the_scene_had_no_part_in_may_last_for_as_long_as_it_likes(
    connections: Connections, tmp_path: Path, error: Exception, begun: bool
) -> None:
    class BrokenPool(StubPool):
        async def run(self, job: RenderJob, on_progress: ProgressCallback | None = None) -> RenderOutcome:
            raise error

    checks, _ = build_responders(BrokenPool(tmp_path), connections.store, connections.metrics)
    code, narration = await store_code(connections.store, SQUARE), await store_narration(connections.store)
    async with connections.bus.answering(checks):
        request = CheckScene(code_key=code, narration_key=narration, options=OPTIONS)
        verdict = await connections.bus.ask(CHECK_SCENE, request, timeout=60)
    assert verdict.unavailable
    assert verdict.begun == begun


async def test_a_retryable_outcome_is_not_blamed_on_the_code(connections: Connections, tmp_path: Path) -> None:
    full = RenderOutcome(ok=False, killed="disk", reason="No space left on device", retryable=True)
    checks, stills = build_responders(StubPool(tmp_path, full, full), connections.store, connections.metrics)
    code, narration = await store_code(connections.store, SQUARE), await store_narration(connections.store)
    check = CheckScene(code_key=code, narration_key=narration, options=OPTIONS)
    draw = DrawStills(code_key=code, narration_key=narration, options=OPTIONS, at=(0.5,))
    async with connections.bus.answering(checks), connections.bus.answering(stills):
        verdict = await connections.bus.ask(CHECK_SCENE, check, timeout=60)
        drawn = await connections.bus.ask(DRAW_STILLS, draw, timeout=60)
    assert verdict.unavailable == drawn.unavailable == "No space left on device"
