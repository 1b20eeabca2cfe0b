"""Rendering a coded scene with a pool that renders nothing: what is cached, retried, degraded and failed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from unit.renderer.scenes import BROKEN, NARRATION, OPTIONS, SQUARE, StubPool, build_deps, store_scene

from lectern.contracts import events as e
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brand
from lectern.contracts.quality import preset
from lectern.contracts.requests import Progress, SceneException
from lectern.renderer.handlers import STAGE, build_footage_key
from lectern.renderer.job_settings import build_job_settings, build_render_limits
from lectern.renderer.pool import DecodedFootage, RenderOutcome, SceneResult
from lectern.worker import Connections
from lectern.worker.failures import MOST_RUNS_CUT_SHORT
from lectern.worker.testing import deliver, memory_connections


@pytest.fixture
def connections() -> Connections:
    return memory_connections()


def rendered(folder: Path, frames: int = 18) -> RenderOutcome:
    decoded = DecodedFootage(codec="h264", width=854, height=480, fps=15, frames=frames, pixel_format="yuv420p")
    return RenderOutcome(ok=True, footage=folder / "footage.mp4", decoded=decoded, cpu_seconds=0.5)


def failed() -> RenderOutcome:
    error = SceneException(type="NameError", message="name 'Sqare' is not defined", line=4, code="square = Sqare()")
    return RenderOutcome(ok=False, result=SceneResult(ok=False, error=error))


AROUND = {"ground": "glow"}


async def test_rendered_footage_is_stored_and_its_file_removed(connections: Connections, tmp_path: Path) -> None:
    event = await store_scene(connections.store)
    (answer,) = (await deliver(STAGE, event, connections, build_deps(StubPool(tmp_path, rendered(tmp_path))))).events
    assert isinstance(answer, e.SceneRendered)
    assert (answer.footage.frames, answer.footage.fps, answer.footage.cached) == (18, 15, False)
    [used] = answer.spent
    assert (used.kind, used.requests, used.cpu_seconds) == ("render", 1, answer.footage.cpu_seconds)
    assert answer.footage.cpu_seconds == 0.5
    info = await connections.store.head(answer.footage.key)
    assert info is not None
    assert info.media_type == "video/mp4"
    assert not (tmp_path / "footage.mp4").exists()


async def test_footage_with_letters_missing_says_so_and_is_drawn_again_where_a_font_may_have_them(
    connections: Connections, tmp_path: Path
) -> None:
    event = await store_scene(connections.store)
    whole = rendered(tmp_path)
    boxes = msgspec.structs.replace(whole, result=SceneResult(ok=True, missing_letters="光"))
    answers = []
    for outcome in (boxes, whole, whole):
        again = msgspec.structs.replace(event, video_id=new_id())
        (answer,) = (await deliver(STAGE, again, connections, build_deps(StubPool(tmp_path, outcome)))).events
        assert isinstance(answer, e.SceneRendered)
        answers.append((answer.footage.missing_letters, answer.footage.cached))
    assert answers == [("光", False), ("", False), ("", True)]


async def test_cached_footage_is_not_rendered_again(connections: Connections, tmp_path: Path) -> None:
    event = await store_scene(connections.store)
    pool = StubPool(tmp_path, rendered(tmp_path))
    await deliver(STAGE, event, connections, build_deps(pool))
    again = msgspec.structs.replace(event, video_id=new_id())
    (answer,) = (await deliver(STAGE, again, connections, build_deps(pool))).events
    assert isinstance(answer, e.SceneRendered)
    assert answer.footage.cached
    assert answer.spent == ()
    assert answer.footage.key == build_footage_key(event, event.code.key, AROUND)
    assert len(pool.jobs) == 1


async def test_progress_is_reported_before_the_job_ends(connections: Connections, tmp_path: Path) -> None:
    event = await store_scene(connections.store)
    reports: list[Progress] = []

    async def keep(subject: str, data: bytes) -> None:
        reports.append(msgspec.json.decode(data, type=Progress))

    async with connections.bus.listening("progress.>", keep):
        await deliver(STAGE, event, connections, build_deps(StubPool(tmp_path, rendered(tmp_path))))
    assert [(report.stage, report.scene, report.doing, report.done) for report in reports] == [
        ("renderer", 3, "rendering", 1)
    ]


async def test_failed_code_is_replaced_by_its_fallback_and_the_scene_is_degraded(
    connections: Connections, tmp_path: Path
) -> None:
    event = await store_scene(connections.store, BROKEN, fallback=SQUARE)
    pool = StubPool(tmp_path, failed(), rendered(tmp_path))
    (answer,) = (await deliver(STAGE, event, connections, build_deps(pool))).events
    assert isinstance(answer, e.SceneRendered)
    assert [job.code for job in pool.jobs] == [BROKEN, SQUARE]
    assert answer.code.key == event.code.fallback_key
    assert answer.code.origin == "template"
    assert answer.degraded is not None
    assert answer.degraded.code == "scene-error"
    assert "name 'Sqare' is not defined in line 4: square = Sqare()" in answer.degraded.detail


async def refused_code(connections: Connections, version: int) -> e.SceneCoded:
    """A model's code that fails when it is rendered, as its version so and so."""
    event = await store_scene(connections.store, BROKEN, fallback=SQUARE)
    code = msgspec.structs.replace(event.code, origin="model", history=(e.CodeAttempt(number=1, strategy="draft"),))
    return msgspec.structs.replace(event, code=code, version=version)


@pytest.mark.parametrize("version", [1, 2])
async def test_a_models_code_that_cannot_be_rendered_goes_back_to_be_repaired(
    connections: Connections, tmp_path: Path, version: int
) -> None:
    event = await refused_code(connections, version)
    pool = StubPool(tmp_path, failed())
    (answer,) = (await deliver(STAGE, event, connections, build_deps(pool))).events
    assert isinstance(answer, e.SceneRefused)
    assert (answer.version, answer.code) == (version, event.code)
    assert (answer.problem.stage, answer.problem.scene, answer.problem.code) == ("renderer", 3, "scene-error")
    assert [(used.kind, used.requests) for used in answer.spent] == [("render", 1)]
    assert [job.code for job in pool.jobs] == [BROKEN]


async def test_after_three_versions_the_template_is_rendered_and_every_attempt_is_kept(
    connections: Connections, tmp_path: Path
) -> None:
    event = await refused_code(connections, 3)
    pool = StubPool(tmp_path, failed(), rendered(tmp_path))
    (answer,) = (await deliver(STAGE, event, connections, build_deps(pool))).events
    assert isinstance(answer, e.SceneRendered)
    assert answer.code.origin == "template"
    assert answer.degraded is not None
    assert [(used.kind, used.requests) for used in answer.spent] == [("render", 2)], "both were computed"
    assert [(attempt.number, attempt.strategy, attempt.rule) for attempt in answer.code.history] == [
        (1, "draft", ""),
        (2, "render", "scene-error"),
    ]


async def test_code_that_has_been_replaced_meanwhile_is_not_rendered(connections: Connections, tmp_path: Path) -> None:
    event = await refused_code(connections, 1)
    await connections.event_log.publish(event)
    await connections.event_log.publish(msgspec.structs.replace(event, version=2))
    pool = StubPool(tmp_path, rendered(tmp_path))
    delivered = await deliver(STAGE, event, connections, build_deps(pool))
    assert delivered.events == ()
    assert pool.jobs == []


async def test_a_scene_whose_fallback_fails_too_fails_for_good(connections: Connections, tmp_path: Path) -> None:
    event = await store_scene(connections.store, BROKEN, fallback=BROKEN + "\n")
    delivered = await deliver(STAGE, event, connections, build_deps(StubPool(tmp_path, failed(), failed())))
    (answer,) = delivered.events
    assert isinstance(answer, e.SceneFailed)
    assert "Sqare" in answer.problem.detail
    assert delivered.settled == "term"


async def test_footage_of_the_wrong_length_fails_the_scene(connections: Connections, tmp_path: Path) -> None:
    event = await store_scene(connections.store)
    pool = StubPool(tmp_path, rendered(tmp_path, frames=17))
    (answer,) = (await deliver(STAGE, event, connections, build_deps(pool))).events
    assert isinstance(answer, e.SceneFailed)
    assert answer.problem.code == "wrong-length"
    assert "17 frames where its narration needs 18" in answer.problem.detail
    assert not (tmp_path / "footage.mp4").exists()


@pytest.mark.parametrize(
    ("killed", "reason", "code", "remedy"),
    [
        ("disk", "the renderer's disk is full", "disk-full", "Free space"),
        ("starved", "this machine is too busy", "machine-busy", "Nothing to do"),
        ("sandbox", "the sandbox's supervisor died", "renderer-unavailable", "Nothing to do"),
    ],
)
async def test_what_is_the_machines_fault_is_tried_again_with_its_reason_and_without_using_up_an_attempt(
    connections: Connections, tmp_path: Path, killed: Any, reason: str, code: str, remedy: str
) -> None:
    outage = RenderOutcome(ok=False, killed=killed, reason=reason, retryable=True)
    event = await store_scene(connections.store, SQUARE, fallback=SQUARE)
    pool = StubPool(tmp_path, *[outage] * 8, rendered(tmp_path))
    for _ in range(8):
        delivered = await deliver(STAGE, event, connections, build_deps(pool))
        assert delivered.settled == "nak"
    delayed = [each for each in (await connections.event_log.read(event.video_id)).events if each != event]
    assert [type(each) for each in delayed] == [e.SceneDelayed], "told once, not at each retry"
    problem = delayed[0].problem  # type: ignore[union-attr]
    assert (problem.code, problem.retryable) == (code, True)
    assert problem.detail.lower().startswith(reason)
    assert problem.remedy.startswith(remedy)
    (answer,) = (await deliver(STAGE, event, connections, build_deps(pool))).events
    assert isinstance(answer, e.SceneRendered)
    assert answer.degraded is None


async def test_an_outage_during_the_run_is_believed_a_few_times_since_the_scene_may_have_made_it(
    connections: Connections, tmp_path: Path
) -> None:
    outage = RenderOutcome(ok=False, killed="starved", reason="too busy", retryable=True, begun=True)
    event = await store_scene(connections.store, SQUARE, fallback=SQUARE)
    pool = StubPool(tmp_path, *[outage] * 8)
    while (delivered := await deliver(STAGE, event, connections, build_deps(pool), attempt=2)).settled == "nak":
        pass
    assert len(pool.jobs) == MOST_RUNS_CUT_SHORT
    assert isinstance(delivered.events[-1], e.SceneFailed)


async def test_the_footage_key_changes_with_whatever_changes_the_look(connections: Connections) -> None:
    event = await store_scene(connections.store)
    replace = msgspec.structs.replace
    variants = [
        event,
        replace(event, options=replace(OPTIONS, quality="high")),
        replace(event, options=replace(OPTIONS, aspect="9:16")),
        replace(event, options=replace(OPTIONS, theme="light")),
        replace(event, options=replace(OPTIONS, brand=Brand(colours={"primary": "#FFFFFF"}))),
        replace(event, options=replace(OPTIONS, brand=Brand(logo_key="assets/1"))),
        replace(event, salt="again"),
        replace(event, assets={"a.png": "assets/1"}),
        replace(event, narration=replace(event.narration, key="other")),
        replace(event, code=replace(event.code, context=e.CodeContext(cast_key="cache/code/1.py"))),
        replace(event, code=replace(event.code, context=e.CodeContext(before=("cache/code/1.py",)))),
    ]
    footage_keys = {build_footage_key(variant, variant.code.key, AROUND) for variant in variants}
    assert len(footage_keys) == len(variants)
    assert build_footage_key(event, event.code.key, {"opening": "Why?"}) not in footage_keys
    same_look = replace(event, options=replace(OPTIONS, captions="off", voice="de"))
    assert build_footage_key(same_look, event.code.key, AROUND) == build_footage_key(event, event.code.key, AROUND)


def test_the_same_words_give_the_same_seed() -> None:
    assert build_job_settings(NARRATION, OPTIONS, "render") == build_job_settings(NARRATION, OPTIONS, "render")


@pytest.mark.parametrize("quality", ["draft", "standard", "high", "ultra"])
def test_limits_grow_with_the_footage(quality: Any) -> None:
    small = build_render_limits(20, preset("draft", "16:9"))
    limits = build_render_limits(20, preset(quality, "16:9"))
    assert small.cpu_seconds <= limits.cpu_seconds <= 2700
    assert limits.wall_seconds > 5 * limits.cpu_seconds, "a backstop for a busy machine, not a limit of the scene"
    assert limits.wall_seconds <= 4 * 3600, "a slot that is held for longer serves nobody"
    assert limits.memory_bytes >= small.memory_bytes
