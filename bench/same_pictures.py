"""Whether the job draws hard scenes as manim does: each picture beside one that manim draws of the same things.

`python bench/same_pictures.py [--only NAME …] [--every FRAMES]` draws some frames of each scene twice in one process,
at 480p15, as the job does and from nothing by manim's own camera. Prints the greatest difference of a colour (of 255)
and the greatest share of a picture's numbers that differ by more than 8. No encoder takes part, unlike in
`bench/frames.py`, and frames are at the same moment. Exits with 1 when one differs by more than 20, or
more than 2 of 100,000 differ so much.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from frames import HARD_SCENES, read_scene
from manim import Mobject
from manim.camera.camera import BackgroundColoredVMobjectDisplayer, Camera

from lectern.scenekit import job, renderer
from lectern.scenekit.canvas import Canvas
from lectern.scenekit.patching import patch_attribute
from lectern.scenekit.regions import Region
from lectern.scenekit.space_camera import SpaceCamera

SECONDS = 9.0
"""As long as the longest of the scenes; what is left of it shows its last picture."""
SEEN = 8
"""A difference of a colour, of 255, that might be seen."""
GREATEST = 20
MOST_DIFFERING = 2e-5
"""Measured: 16, and 1.04e-5 in one scene; most scenes do not differ at all."""


PLAIN = (
    (Camera, "display_vectorized", Camera.display_vectorized),
    (Camera, "display_multiple_vectorized_mobjects", Camera.display_multiple_vectorized_mobjects),
    (BackgroundColoredVMobjectDisplayer, "display", BackgroundColoredVMobjectDisplayer.display),
)
"""What the job replaces of manim's drawing."""


class ComparedCanvas(Canvas):
    """Draws as the job does, and now and then compares that with a picture of manim's."""

    every = 7
    greatest = 0
    share = 0.0
    drawn = compared = 0

    def begin(self, static: Sequence[Mobject]) -> None:
        """Draw what stands still."""
        self.still = list(static)
        super().begin(static)

    def draw(self, moving: Iterable[Mobject]) -> list[Region]:
        """Draw what moves, and compare."""
        moving = list(moving)
        changed = super().draw(moving)
        kind = type(self)
        kind.drawn += 1
        if kind.drawn % kind.every == 0:
            apart = np.abs(self.camera.pixel_array.astype(int) - self._draw_plainly(moving))
            kind.compared += 1
            kind.greatest = max(kind.greatest, int(apart.max()))
            kind.share = max(kind.share, float((apart > SEEN).mean()))
        return changed

    def _draw_plainly(self, moving: list[Mobject]) -> Any:
        camera = self.camera
        kept = camera.pixel_array.copy()
        camera.reset()
        if isinstance(camera, SpaceCamera):
            camera._projected = {}
            for name in ("get_fill_rgbas", "get_stroke_rgbas"):
                setattr(camera, name, getattr(super(SpaceCamera, camera), name))
        with ExitStack() as stack:
            for owner, name, value in PLAIN:
                stack.enter_context(patch_attribute(owner, name, value))
            for things in (self.still, moving):  # manim sorts each by itself
                Camera.capture_mobjects(camera, things)
        if isinstance(camera, SpaceCamera):
            del camera.get_fill_rgbas, camera.get_stroke_rgbas
        plain = camera.pixel_array.astype(int)
        np.copyto(camera.pixel_array, kept)
        return plain


def main() -> int:
    """Compare the scenes and print a line for each."""
    names = [path.stem for path in HARD_SCENES]
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", choices=names, nargs="*", default=names)
    parser.add_argument("--every", type=int, default=7)
    options = parser.parse_args()
    renderer.Canvas = ComparedCanvas  # type: ignore[misc]
    ComparedCanvas.every = options.every
    alike = True
    print(f"{'scene':16} {'compared':>9} {'greatest':>9} {'share':>10}")
    for name in options.only:
        ComparedCanvas.greatest, ComparedCanvas.share, ComparedCanvas.drawn, ComparedCanvas.compared = 0, 0.0, 0, 0
        draw_scene(name)
        seen = ComparedCanvas
        print(f"{name:16} {seen.compared:9} {seen.greatest:9} {seen.share:10.7f}", flush=True)
        alike = alike and seen.greatest <= GREATEST and seen.share <= MOST_DIFFERING
    return 0 if alike else 1


def draw_scene(name: str) -> None:
    """Run the scene's job in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"mode": "render", "width": 854, "height": 480, "fps": 15, "seconds": SECONDS, "tex": "none"}
        (Path(folder) / "job.json").write_text(json.dumps(settings | {"seed": 0}))
        (Path(folder) / "scene.py").write_text(read_scene(name))
        result = job.run(Path(folder))
        if not result["ok"]:
            sys.exit(result["error"]["traceback"])


if __name__ == "__main__":
    sys.exit(main())
