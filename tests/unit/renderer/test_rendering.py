"""Rendering a coded scene: footage by key, the template when the code fails, clear words for why."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jobs import job_for
from prometheus_client import CollectorRegistry, Counter

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.ids import new_id
from lectern.contracts.narration import BeatSpan, Narration
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import preset
from lectern.contracts.requests import CheckScene
from lectern.renderer.briefing import job_settings, render_limits
from lectern.renderer.handlers import RendererDeps, footage_key, render
from lectern.renderer.pool import ColdPool, RenderOutcome
from lectern.renderer.preflight import preflight
from lectern.worker import Connections, Permanent, Transient

GOOD = """
class Good(NarratedScene):
    def construct(self):
        square = Square()
        with self.beat():
            self.play(Create(square))
"""
BROKEN = GOOD.replace("Square()", "Sqare()")
NARRATION = Narration(
    seconds=1.2, samples=57_600, words=(), voice="en", engine="silent", timing="exact",
    beats=(BeatSpan(start=0, end=1.2, text="A square."),),
)  # fmt: skip
OPTIONS = VideoOptions(quality="draft")


@pytest.fixture
async def pool(tmp_path: Path) -> AsyncIterator[ColdPool]:
    pool = ColdPool(root=tmp_path / "pool", slots=1)
    await pool.start()
    yield pool
    await pool.close()


class FullDisk:
    """A pool whose disk is full."""

    async def run(self, job: object, on_progress: object = None) -> RenderOutcome:
        return RenderOutcome(ok=False, killed="disk", reason="No space left on device", retryable=True)


def adapters(pool: Any) -> RendererDeps:
    registry = CollectorRegistry()
    return RendererDeps(
        pool=pool,
        cpu_seconds=Counter("cpu", "x", ("quality",), registry=registry),
        video_seconds=Counter("video", "x", ("quality",), registry=registry),
        cached=Counter("cached", "x", registry=registry),
    )


async def coded(connections: Connections, code: str, fallback: str = "", salt: str = "") -> e.SceneCoded:
    """A coded scene whose objects are in the store."""

    async def stored(text: str) -> str:
        key = keys.cache("code", keys.digest(text, new_id()), "py")
        await connections.store.put(key, text.encode(), "text/x-python")
        return key

    narration = keys.cache("narration", keys.digest(new_id()), "json")
    await connections.store.put_json(narration, NARRATION)
    return e.SceneCoded(
        video_id=new_id(), scene=3, script_key="s", options=OPTIONS, salt=salt,
        narration=e.NarrationRef(key=narration, audio_key="a", seconds=1.2, beats=1),
        code=e.CodeRef(key=await stored(code), origin="author", fallback_key=await stored(fallback) if fallback else ""),
    )  # fmt: skip


@pytest.mark.slow
async def test_a_scene_is_rendered_once_and_then_found_by_its_key(connections: Connections, pool: ColdPool) -> None:
    event, parts = await coded(connections, GOOD), adapters(pool)
    first = await render(event, job_for(event, connections, parts, "renderer"))
    assert (first.footage.frames, first.footage.fps, first.footage.cached) == (18, 15, False)
    assert first.degraded is None
    info = await connections.store.head(first.footage.key)
    assert info is not None
    assert info.media_type == "video/mp4"
    again = await render(event, job_for(event, connections, parts, "renderer"))
    assert again.footage.cached
    assert again.footage.key == first.footage.key


@pytest.mark.slow
async def test_broken_code_becomes_its_template_and_the_scene_says_why(
    connections: Connections, pool: ColdPool
) -> None:
    event = await coded(connections, BROKEN, fallback=GOOD)
    answer = await render(event, job_for(event, connections, adapters(pool), "renderer"))
    assert answer.code.key == event.code.fallback_key
    assert answer.degraded is not None
    assert answer.degraded.code == "scene-error"
    assert "name 'Sqare' is not defined" in answer.degraded.detail
    assert "in line 4: square = Sqare()" in answer.degraded.detail


@pytest.mark.slow
async def test_a_scene_whose_template_fails_too_fails_for_good(connections: Connections, pool: ColdPool) -> None:
    event = await coded(connections, BROKEN, fallback=BROKEN + "\n")
    with pytest.raises(Permanent, match="Sqare"):
        await render(event, job_for(event, connections, adapters(pool), "renderer"))


@pytest.mark.slow
async def test_preflight_names_the_authors_line_without_drawing(connections: Connections, pool: ColdPool) -> None:
    event = await coded(connections, BROKEN)
    request = CheckScene(code_key=event.code.key, narration_key=event.narration.key, options=OPTIONS)
    reply = await preflight(request, pool, connections.store)
    assert not reply.ok
    assert reply.error is not None
    assert (reply.error.type, reply.error.line) == ("NameError", 4)


async def test_a_full_disk_is_tried_again_and_not_blamed_on_the_scene(connections: Connections) -> None:
    event = await coded(connections, GOOD, fallback=GOOD)
    with pytest.raises(Transient, match="No space left"):
        await render(event, job_for(event, connections, adapters(FullDisk()), "renderer"))


async def test_the_key_changes_with_whatever_changes_the_picture(connections: Connections) -> None:
    event = await coded(connections, GOOD)
    replace = msgspec.structs.replace
    variants = [
        event,
        replace(event, options=replace(OPTIONS, quality="high")),
        replace(event, options=replace(OPTIONS, aspect="9:16")),
        replace(event, options=replace(OPTIONS, theme="light")),
        replace(event, salt="again"),
        replace(event, assets={"a.png": "assets/1"}),
        replace(event, narration=replace(event.narration, key="other")),
    ]
    keys_ = {footage_key(variant, variant.code.key) for variant in variants}
    assert len(keys_) == len(variants)
    unheard = replace(event, options=replace(OPTIONS, captions="off", voice="de"))
    assert footage_key(unheard, event.code.key) == footage_key(event, event.code.key)


def test_the_same_words_give_the_same_seed() -> None:
    assert job_settings(NARRATION, OPTIONS, "render") == job_settings(NARRATION, OPTIONS, "render")


@pytest.mark.parametrize("quality", ["draft", "standard", "high", "ultra"])
def test_limits_grow_with_the_picture(quality: Any) -> None:
    small = render_limits(20, preset("draft", "16:9"))
    limits = render_limits(20, preset(quality, "16:9"))
    assert small.wall_seconds <= limits.wall_seconds <= 1800
    assert limits.memory_bytes >= small.memory_bytes
