"""How a scene looks at given seconds: drawn in the real sandbox, taken out by real ffmpeg, kept in a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from av import open as open_picture
from unit.coder.tasks import narrate

from lectern.contracts.ids import new_id
from lectern.contracts.options import VideoOptions
from lectern.contracts.requests import DrawStills
from lectern.renderer.pool import WarmPool
from lectern.renderer.stills import LONGEST_EDGE, stills
from lectern.worker import ObjectStore

pytestmark = pytest.mark.slow

CODE = """
class Two(NarratedScene):
    def construct(self):
        with self.beat():
            self.play(FadeIn(Square(side_length=5, color="#ff0000", fill_opacity=1)), run_time=0.3)
        with self.beat():
            self.play(FadeIn(Square(side_length=5.2, color="#0000ff", fill_opacity=1)), run_time=0.3)
"""


@pytest.fixture
async def pool(tmp_path: Path) -> AsyncIterator[WarmPool]:
    pool = WarmPool(root=tmp_path / "pool", slots=1)
    await pool.start()
    yield pool
    await pool.close()


async def asked(store: ObjectStore, code: str = CODE, aspect: str = "16:9") -> DrawStills:
    name = new_id()
    narration = narrate("Here it is red.", "And now it is blue.")
    await store.put(f"cache/code/{name}.py", code.encode(), "text/x-python")
    await store.put_json(f"cache/narration/{name}.json", narration)
    return DrawStills(
        code_key=f"cache/code/{name}.py",
        narration_key=f"cache/narration/{name}.json",
        options=VideoOptions(quality="ultra", aspect=aspect),  # type: ignore[arg-type]
        at=tuple(span.end - 0.2 for span in narration.beats),
    )


def middle(jpeg: bytes, folder: Path) -> tuple[tuple[int, int], tuple[int, ...]]:
    """Size of a JPEG, and the colour in its middle."""
    file = folder / "still.jpg"
    file.write_bytes(jpeg)
    with open_picture(str(file)) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
    height, width, _ = frame.shape
    return (width, height), tuple(int(value) for value in frame[height // 2, width // 2])


async def test_each_moment_is_shown_as_it_looks_then(pool: WarmPool, store: ObjectStore, tmp_path: Path) -> None:
    reply = await stills(await asked(store), pool, store)
    assert reply.ok, reply
    (size, red), (_, blue) = [middle(await store.get(key), tmp_path) for key in reply.keys]
    assert max(size) == LONGEST_EDGE, "small, whatever quality the video has"
    assert red[0] > 200 > 60 > red[2]
    assert blue[2] > 200 > 60 > blue[0]


async def test_an_upright_scene_is_shown_upright(pool: WarmPool, store: ObjectStore, tmp_path: Path) -> None:
    reply = await stills(await asked(store, aspect="9:16"), pool, store)
    (width, height), _ = middle(await store.get(reply.keys[0]), tmp_path)
    assert height == LONGEST_EDGE > width


async def test_what_was_shown_before_is_not_drawn_again(
    pool: WarmPool, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await asked(store)
    first = await stills(request, pool, store)
    monkeypatch.setattr(pool, "run", None)
    assert (await stills(request, pool, store)).keys == first.keys


@pytest.mark.parametrize(
    "code",
    [
        "class Broken(NarratedScene):\n    def construct(self):\n        self.play(Nothing())\n",
        "import os; os._exit(0)",
    ],
)
async def test_a_scene_that_cannot_be_drawn_says_so(pool: WarmPool, store: ObjectStore, code: str) -> None:
    reply = await stills(await asked(store, code), pool, store)
    assert not reply.ok
    assert reply.reason or reply.unavailable
