"""The ground that a film stands on: drawn once into the background of the picture, where it costs no frame anything."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import config
from manim.camera.camera import Camera

from .style import theme

GLOW, SHADE = 5.0, 7.0
"""Levels of 255 by which the middle is lighter, and the corners darker, than the theme's background."""
GRID_SHARE = 0.055
"""Share of the text's colour in the lines of a grid: they are felt, and never compete with an axis."""
BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16 - 0.47
"""Thresholds of an ordered dither: steps of one level dissolve, and each block of the encoder has the same noise."""
KINDS = ("glow", "grid", "plain")


def lay_ground(camera: Camera, kind: str) -> None:
    """Lay a "glow" (a vignette), a "grid" (the same with squares of one unit) or a "plain" ground behind everything.

    Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"ground {kind!r} does not exist; use one of {', '.join(KINDS)}")
    if kind != "plain":
        camera.background = paint_ground(camera.pixel_width, camera.pixel_height, grid=kind == "grid")
        camera.reset()


def paint_ground(width: int, height: int, *, grid: bool) -> Any:
    """Paint the ground, an array (height, width, RGBA) of bytes."""
    base = np.array(theme.background.to_int_rgb(), dtype=float)
    across = np.linspace(-1.0, 1.0, width)[None, :]
    down = np.linspace(-1.0, 1.0, height)[:, None]
    distance = np.clip((across**2 + down**2) / 2, 0.0, 1.0)
    levels = GLOW - (GLOW + SHADE) * distance
    picture = base[None, None, :] + levels[:, :, None]
    if grid:
        lines = _draw_lines(width, height)[:, :, None]
        picture += GRID_SHARE * lines * (np.array(theme.text.to_int_rgb(), dtype=float) - picture)
    noise = np.tile(BAYER, (height // 4 + 1, width // 4 + 1))[:height, :width]
    opaque = np.full((height, width, 1), 255, dtype=np.uint8)
    return np.concatenate([np.clip(np.round(picture + noise[:, :, None]), 0, 255).astype(np.uint8), opaque], axis=2)


def _draw_lines(width: int, height: int) -> Any:
    """Return how much of each pixel (0 to 1) the lines of a grid cover: one unit apart, through the middle."""
    thickness = max(1, round(height / config.frame_height / 60))
    covered = np.zeros((height, width), dtype=bool)
    for pixels, units, axis in ((width, config.frame_width, 1), (height, config.frame_height, 0)):
        middles = (np.arange(-int(units / 2), int(units / 2) + 1) + units / 2) * pixels / units
        for middle in middles:
            first = max(0, round(middle - thickness / 2))
            covered[(slice(None), slice(first, first + thickness)) if axis else slice(first, first + thickness)] = True
    return covered.astype(float)
