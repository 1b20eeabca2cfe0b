"""Rendering and preflight in the real sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from unit.renderer.scenes import BROKEN, OPTIONS, SQUARE, build_deps, store_scene

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.requests import CheckScene
from lectern.renderer.handlers import STAGE
from lectern.renderer.pool import ColdPool
from lectern.renderer.preflight import check_scene
from lectern.worker import Connections
from lectern.worker.testing import deliver, memory_connections

pytestmark = pytest.mark.slow

OVERRUN = SQUARE.replace("Create(square))", "Create(square), run_time=30)")


@pytest.fixture
async def pool(tmp_path: Path) -> AsyncIterator[ColdPool]:
    pool = ColdPool(root=tmp_path / "pool", slots=1)
    await pool.start()
    yield pool
    await pool.close()


@pytest.fixture
def connections() -> Connections:
    return memory_connections()


async def test_a_scene_is_rendered_once_and_then_found_by_its_key(connections: Connections, pool: ColdPool) -> None:
    event, deps = await store_scene(connections.store), build_deps(pool)
    (first,) = (await deliver(STAGE, event, connections, deps)).events
    assert isinstance(first, e.SceneRendered)
    assert (first.footage.frames, first.footage.fps, first.footage.cached) == (18, 15, False)
    assert first.degraded is None
    info = await connections.store.head(first.footage.key)
    assert info is not None
    assert info.media_type == "video/mp4"
    again = msgspec.structs.replace(event, video_id=new_id())
    (second,) = (await deliver(STAGE, again, connections, deps)).events
    assert isinstance(second, e.SceneRendered)
    assert second.footage.cached
    assert second.footage.key == first.footage.key


async def test_broken_code_is_replaced_by_its_fallback_and_the_scene_says_why(
    connections: Connections, pool: ColdPool
) -> None:
    event = await store_scene(connections.store, BROKEN, fallback=SQUARE)
    (answer,) = (await deliver(STAGE, event, connections, build_deps(pool))).events
    assert isinstance(answer, e.SceneRendered)
    assert answer.code.key == event.code.fallback_key
    assert answer.degraded is not None
    assert answer.degraded.code == "scene-error"
    assert "name 'Sqare' is not defined" in answer.degraded.detail
    assert "in line 4: square = Sqare()" in answer.degraded.detail


async def test_a_scene_whose_fallback_fails_too_fails_for_good(connections: Connections, pool: ColdPool) -> None:
    event = await store_scene(connections.store, BROKEN, fallback=BROKEN + "\n")
    (answer,) = (await deliver(STAGE, event, connections, build_deps(pool))).events
    assert isinstance(answer, e.SceneFailed)
    assert "Sqare" in answer.problem.detail


@pytest.mark.parametrize(
    ("code", "error", "beats"), [(BROKEN, ("NameError", 4), []), (OVERRUN, None, [1])], ids=["exception", "finding"]
)
async def test_preflight_names_the_authors_line_or_beat_counted_from_1(
    connections: Connections, pool: ColdPool, code: str, error: tuple[str, int] | None, beats: list[int]
) -> None:
    event = await store_scene(connections.store, code)
    request = CheckScene(code_key=event.code.key, narration_key=event.narration.key, options=OPTIONS)
    verdict = await check_scene(request, pool, connections.store)
    assert verdict.ok == (error is None)
    assert (verdict.error and (verdict.error.type, verdict.error.line)) == error
    assert [finding.beat for finding in verdict.errors()] == beats
