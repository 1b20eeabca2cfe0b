"""A scene's code with all that it is given: the cast, and what the scenes before it have handed on.

Those are run again without drawing, each at natural speed, so that every scene can be rendered by itself.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from manim import Scene

from .carrying import Handover, Luggage
from .director import Measuring
from .patching import use_config
from .renderer import DirectedRenderer, MeasuringRenderer, use_renderer
from .scene import Narrated
from .source import describe_error, find_scene_class, load_cast, load_source
from .timing import build_timetable

SOURCE, CAST, BEFORE = "scene.py", "cast.py", "before"


@dataclass(frozen=True, kw_only=True)
class LoadedScene:
    """A scene's class, what it is handed, and the seed of its random numbers. It can be constructed once."""

    chosen: type[Scene]
    handover: Handover
    seed: int

    def construct(self, renderer: Callable[..., DirectedRenderer]) -> Scene:
        """Run the scene to its end with what `renderer` makes, and let leave what it does not carry."""
        with use_config({"seed": self.seed}), use_renderer(renderer):
            scene = self.chosen()
        assert isinstance(scene.renderer, DirectedRenderer)
        scene.renderer.luggage = Luggage(self.handover)
        scene.render()
        scene.renderer.clear_screen(scene)
        return scene


def load_scene(folder: Path, *, scene_class: str | None = None, seed: int | None = None, fps: int) -> LoadedScene:
    """Run the scenes in `before/`, oldest first, and load `scene.py`. Raises whatever that or the cast raises."""
    handover = Handover()
    for path in sorted((folder / BEFORE).glob("*.py"), key=lambda path: int(path.stem)):
        handover = _replay(folder, path, handover, fps)
    return _load(folder, folder / SOURCE, SOURCE, handover, scene_class=scene_class, seed=seed)


def choose_seed(source: str) -> int:
    """Return the seed of a scene's random numbers: its code decides it, so that a scene always looks the same."""
    return zlib.crc32(source.encode("utf-8", "surrogatepass"))


def _load(
    folder: Path, path: Path, name: str, handover: Handover, *, scene_class: str | None = None, seed: int | None = None
) -> LoadedScene:
    """Load a scene with a cast of its own, so that it looks the same whichever scenes have been run before it."""
    if seed is None:
        seed = choose_seed(path.read_text(encoding="utf-8"))
    random.seed(seed)
    np.random.seed(seed)
    cast = load_cast(folder / CAST, name=CAST) if (folder / CAST).exists() else {}
    chosen = find_scene_class(load_source(path, name=name, given=cast), scene_class)
    return LoadedScene(chosen=chosen, handover=replace(handover, makers=_list_makers(cast)), seed=seed)


def _replay(folder: Path, path: Path, handover: Handover, fps: int) -> Handover:
    """Run an earlier scene for what it hands on. One that fails hands on nothing, and the reason."""
    name = f"{BEFORE}/{path.name}"
    measuring = Measuring(build_timetable(fps=fps, seconds=1.0, beats=[]), words=[], texts=[], source=name)
    try:
        loaded = _load(folder, path, name, handover)
        if not issubclass(loaded.chosen, Narrated):
            return Handover(failure="the scene before carries nothing")
        scene = loaded.construct(partial(MeasuringRenderer, measuring, None))
        assert isinstance(scene.renderer, DirectedRenderer)
        return scene.renderer.luggage.pack(scene)
    except (Exception, SystemExit) as error:
        told = describe_error(error, name, CAST)
        place = f" in line {told['line']} of {'the cast' if told['place'] else 'its code'}" if told["line"] else ""
        return Handover(failure=f"the scene before fails{place} ({told['type']}: {told['message']})")


def _list_makers(cast: Mapping[str, Any]) -> dict[str, Callable[[], Any]]:
    return {
        name: value
        for name, value in cast.items()
        if callable(value) and not (isinstance(value, type) and issubclass(value, Scene))
    }
