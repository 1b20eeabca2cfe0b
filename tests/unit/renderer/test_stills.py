"""Stills of a scene at given moments: rendered in the real sandbox, extracted by the real ffmpeg."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from av import open as open_image
from unit.renderer.scenes import store_code, store_narration

from lectern.contracts.narration import BeatSpan, Narration
from lectern.contracts.options import VideoOptions
from lectern.contracts.requests import DrawStills
from lectern.renderer.pool import WarmPool
from lectern.renderer.stills import LONGEST_EDGE, draw_stills
from lectern.worker import ObjectStore
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
    reply = await draw_stills(await build_request(store), pool, store)
    assert reply.ok, reply
    (size, red), (_, blue) = [read_still(await store.get(key), tmp_path) for key in reply.keys]
    assert max(size) == LONGEST_EDGE, "small, whatever quality the video has"
    assert red[0] > 200 > 60 > red[2]
    assert blue[2] > 200 > 60 > blue[0]


async def test_stills_of_a_portrait_scene_are_portrait(pool: WarmPool, store: ObjectStore, tmp_path: Path) -> None:
    reply = await draw_stills(await build_request(store, aspect="9:16"), pool, store)
    (width, height), _ = read_still(await store.get(reply.keys[0]), tmp_path)
    assert height == LONGEST_EDGE > width


async def test_stored_stills_are_not_drawn_again(
    pool: WarmPool, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await build_request(store)
    first = await draw_stills(request, pool, store)
    monkeypatch.setattr(pool, "run", None)
    assert (await draw_stills(request, pool, store)).keys == first.keys


@pytest.mark.parametrize(
    "code",
    [
        "class Broken(NarratedScene):\n    def construct(self):\n        self.play(Nothing())\n",
        "import os; os._exit(0)",
    ],
)
async def test_a_scene_that_cannot_be_drawn_is_reported(pool: WarmPool, store: ObjectStore, code: str) -> None:
    reply = await draw_stills(await build_request(store, code), pool, store)
    assert not reply.ok
    assert reply.reason or reply.unavailable
