"""Playing animations to their end without drawing them."""

from __future__ import annotations

from typing import Any

from manim import Scene


def play(scene: Scene, *animations: Any) -> None:
    """Play `animations` to their end, as a scene's `play` does."""
    scene.compile_animation_data(*animations)
    scene.begin_animations()
    for each in scene.animations or []:
        each.interpolate(1)
        each.finish()
        each.clean_up_from_scene(scene)
