"""Stills of a scene at given moments: rendered in the real sandbox, extracted by the real ffmpeg."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from av import open as open_image
from hypothesis import given
from hypothesis import strategies as st
from unit.renderer.scenes import store_code, store_narration

from lectern.contracts.narration import BeatSpan, Narration
from lectern.contracts.options import VideoOptions
from lectern.contracts.requests import DrawStills
from lectern.renderer.pool import WarmPool
from lectern.renderer.stills import FPS, LONGEST_EDGE, draw_stills, find_frame
from lectern.worker import ObjectStore
from lectern.worker.meter import Meter
from lectern.worker.stage_metrics import StageMetrics
from lectern.worker.testing import MemoryObjectStore

pytestmark = pytest.mark.slow

CODE = """
class Two(NarratedScene):
    def construct(self):
        with self.beat():
            self.play(FadeIn(Square(side_length=5, color="#ff0000", fill_opacity=1)), run_time=0.3)
        with self.beat():
            self.play(FadeIn(Square(side_length=5.2, color="#0000ff", fill_opacity=1)), run_time=0.3)
"""


NARRATION = Narration(
    seconds=4.4, samples=211_200, words=(), voice="en", engine="silent", timing="exact",
    beats=(BeatSpan(start=0, end=2, text="Here it is red."), BeatSpan(start=2, end=4.4, text="And now it is blue.")),
)  # fmt: skip


@pytest.fixture
def store() -> ObjectStore:
    return MemoryObjectStore()


@pytest.fixture
async def pool(tmp_path: Path) -> AsyncIterator[WarmPool]:
    pool = WarmPool(root=tmp_path / "pool", slots=1)
    await pool.start()
    yield pool
    await pool.close()


async def build_request(store: ObjectStore, code: str = CODE, aspect: str = "16:9") -> DrawStills:
    return DrawStills(
        code_key=await store_code(store, code),
        narration_key=await store_narration(store, NARRATION),
        options=VideoOptions(quality="ultra", aspect=aspect),  # type: ignore[arg-type]
        at=tuple(span.end - 0.2 for span in NARRATION.beats),
    )


def read_still(jpeg: bytes, folder: Path) -> tuple[tuple[int, int], tuple[int, ...]]:
    """Returns the width and height of a JPEG in pixels, and the colour at its centre."""
    file = folder / "still.jpg"
    file.write_bytes(jpeg)
    with open_image(str(file)) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
    height, width, _ = frame.shape
    return (width, height), tuple(int(value) for value in frame[height // 2, width // 2])


async def test_each_still_shows_its_moment(pool: WarmPool, store: ObjectStore, tmp_path: Path) -> None:
    reply = await draw_stills(await build_request(store), pool, store, StageMetrics(Meter()))
    assert reply.ok, reply
    (size, red), (_, blue) = [read_still(await store.get(key), tmp_path) for key in reply.keys]
    assert max(size) == LONGEST_EDGE, "small, whatever quality the video has"
    assert red[0] > 200 > 60 > red[2]
    assert blue[2] > 200 > 60 > blue[0]


@given(at=st.floats(-1, 90), fifteenths=st.integers(1, 900))
def test_a_still_is_taken_from_a_frame_that_exists_and_shows_its_moment(at: float, fifteenths: int) -> None:
    frames = max(1, round(fifteenths / 15 * FPS))
    frame = find_frame(at, frames)
    assert 0 <= frame < frames
    assert frame in (0, frames - 1) or frame / FPS <= at + 1e-6 < (frame + 1) / FPS + 1e-6


@pytest.mark.parametrize("fifteenths", [66, 67, 68])
async def test_the_last_moment_of_any_narration_has_a_still(
    pool: WarmPool, store: ObjectStore, tmp_path: Path, fifteenths: int
) -> None:
    length = (
        fifteenths / 15
    )  # a narration's length is a multiple of this, which is not whole frames of a still's footage
    beats = (NARRATION.beats[0], msgspec.structs.replace(NARRATION.beats[1], end=length))
    narration = msgspec.structs.replace(NARRATION, seconds=length, beats=beats)
    request = DrawStills(
        code_key=await store_code(store, CODE.replace("run_time=0.3", "run_time=3")),
        narration_key=await store_narration(store, narration),
        options=VideoOptions(quality="draft"),
        at=(length - 0.2, length),
    )
    reply = await draw_stills(request, pool, store, StageMetrics(Meter()))
    assert reply.ok, reply
    for key in reply.keys:
        _, colour = read_still(await store.get(key), tmp_path)
        assert colour[2] > 200 > 60 > colour[0]


async def test_a_scene_imports_the_kit_though_the_renderer_was_started_with_a_private_umask(
    store: ObjectStore, tmp_path: Path
) -> None:
    code = CODE.replace(
        "with self.beat():", 'Bullets("Its module is not imported before")\n        with self.beat():', 1
    )
    before = os.umask(0o077)
    pool = WarmPool(root=tmp_path / "pool", slots=1)
    try:
        await pool.start()
        reply = await draw_stills(await build_request(store, code), pool, store, StageMetrics(Meter()))
    finally:
        os.umask(before)
        await pool.close()
    assert reply.ok, reply


async def test_stills_of_a_portrait_scene_are_portrait(pool: WarmPool, store: ObjectStore, tmp_path: Path) -> None:
    reply = await draw_stills(await build_request(store, aspect="9:16"), pool, store, StageMetrics(Meter()))
    (width, height), _ = read_still(await store.get(reply.keys[0]), tmp_path)
    assert height == LONGEST_EDGE > width


async def test_stored_stills_are_not_drawn_again(
    pool: WarmPool, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await build_request(store)
    first = await draw_stills(request, pool, store, StageMetrics(Meter()))
    monkeypatch.setattr(pool, "run", None)
    assert (await draw_stills(request, pool, store, StageMetrics(Meter()))).keys == first.keys


@pytest.mark.parametrize(
    "code",
    [
        "class Broken(NarratedScene):\n    def construct(self):\n        self.play(Nothing())\n",
        "import os; os._exit(0)",
    ],
)
async def test_a_scene_that_cannot_be_drawn_is_reported(pool: WarmPool, store: ObjectStore, code: str) -> None:
    reply = await draw_stills(await build_request(store, code), pool, store, StageMetrics(Meter()))
    assert not reply.ok
    assert reply.reason or reply.unavailable
