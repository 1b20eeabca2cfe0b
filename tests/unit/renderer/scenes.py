"""Scenes for the renderer's tests: code and narration in a store, and a pool that renders nothing."""

from __future__ import annotations

from pathlib import Path

from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.ids import new_id
from lectern.contracts.narration import BeatSpan, Narration
from lectern.contracts.options import VideoOptions
from lectern.contracts.script import Beat, Scene, Script
from lectern.renderer.deps import RendererDeps
from lectern.renderer.metrics import RendererMetrics
from lectern.renderer.pool import Pool, ProgressCallback, RenderJob, RenderOutcome
from lectern.worker import Meter, ObjectStore

SQUARE = """
class Good(NarratedScene):
    def construct(self):
        square = Square()
        with self.beat():
            self.play(Create(square))
"""
BROKEN = SQUARE.replace("Square()", "Sqare()")
NARRATION = Narration(
    seconds=1.2, samples=57_600, words=(), voice="en", engine="silent", timing="exact",
    beats=(BeatSpan(start=0, end=1.2, text="A square."),),
)  # fmt: skip
OPTIONS = VideoOptions(quality="draft")
SCRIPT = Script(
    title="Squares",
    scenes=tuple(Scene(title=f"{number}", beats=(Beat(text="A square."),)) for number in range(1, 5)),
)


class StubPool(Pool):
    """Runs nothing: each job ends with the next of the given outcomes, whose footage it writes. Keeps the jobs."""

    def __init__(self, folder: Path, *outcomes: RenderOutcome) -> None:
        self.jobs: list[RenderJob] = []
        self._folder = folder
        self._outcomes = list(outcomes)

    @property
    def slots(self) -> int:
        return 1

    def count_busy(self) -> int:
        return 0

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    def layers(self) -> dict[str, str]:
        return {"landlock": "active"}

    async def run(self, job: RenderJob, on_progress: ProgressCallback | None = None) -> RenderOutcome:
        self.jobs.append(job)
        outcome = self._outcomes.pop(0)
        if outcome.footage is not None:
            (self._folder / outcome.footage).write_bytes(b"footage")
        if on_progress is not None:
            on_progress(1, 1)
        return outcome


def build_deps(pool: Pool) -> RendererDeps:
    """What the handlers work with, around a pool."""
    return RendererDeps(pool=pool, metrics=RendererMetrics(Meter()))


async def store_code(store: ObjectStore, code: str) -> str:
    """Stores a scene's code under a new key and returns the key."""
    key = keys.cache("code", keys.digest(code, new_id()), "py")
    await store.put(key, code.encode(), "text/x-python")
    return key


async def store_narration(store: ObjectStore, narration: Narration = NARRATION) -> str:
    """Stores a narration under a new key and returns the key."""
    key = keys.cache("narration", keys.digest(new_id()), "json")
    await store.put_json(key, narration)
    return key


async def store_scene(store: ObjectStore, code: str = SQUARE, fallback: str = "") -> e.SceneCoded:
    """Stores a coded scene's objects and returns its event."""
    await store.put_json("s", SCRIPT)
    return e.SceneCoded(
        video_id=new_id(), scene=3, script_key="s", options=OPTIONS,
        narration=e.NarrationRef(key=await store_narration(store), audio_key="a", seconds=1.2, beats=1),
        code=e.CodeRef(
            key=await store_code(store, code),
            origin="author",
            fallback_key=await store_code(store, fallback) if fallback else "",
        ),
    )  # fmt: skip
