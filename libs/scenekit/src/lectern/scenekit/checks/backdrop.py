"""The colours that text really stands on: a small picture is painted wherever anything lies behind or over text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import config
from manim.camera.camera import Camera

from lectern.scenekit.contrast import contrast_ratios, to_rgb

from .picture import Picture, Shape, TextPiece, do_meet

PIXELS_PER_UNIT = 24
"""Enough to tell what is behind a letter of the smallest size."""
MARGIN = 0.1
"""Units around text that are painted with it."""
WIDE_STROKE = 12.0
"""Stroke width from which a line is a surface that text stands on. Thinner ones are the line rule's."""
HIDDEN_SHARE = 0.15
"""Share of the light of a letter that still gets through what lies over it when it counts as hidden."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Legibility:
    """How text stands out: the contrast ratio at each glyph, and which glyphs something opaque hides."""

    ratios: Any
    hidden: Any


def measure_legibility(picture: Picture, piece: TextPiece) -> Legibility:
    """Measure how a piece of text stands out from what is behind it and what lies over it."""
    surfaces = [each for each in picture.shapes if do_meet(each.box, piece.box) and _is_surface(each)]
    below = [each for each in surfaces if each.order < piece.order]
    above = [each for each in surfaces if each.order > piece.order]
    ink, opacity = _find_ink(piece)
    behind = _sample(_paint(None, below, piece), piece) if below else to_rgb(config.background_color)[None]
    drawn = ink * opacity[:, None] + behind * (1 - opacity[:, None])
    ratios = contrast_ratios(drawn, behind)
    hidden = np.zeros(len(ratios), dtype=bool)
    if above:
        # painted over black and over white: the difference that is left is what gets through
        dark, light = (_sample(_paint(color, above, piece), piece) for color in ("#000000", "#FFFFFF"))
        through = np.clip(light - dark, 0, 1)
        hidden = through.max(axis=1) < HIDDEN_SHARE
        ratios = contrast_ratios(drawn * through + dark, behind * through + dark)
    return Legibility(ratios=ratios, hidden=hidden)


def describe_surroundings(picture: Picture, piece: TextPiece) -> tuple[Any, ...]:
    """Return a key that is equal as long as the piece and the surfaces behind and over it stay the same."""
    surfaces = (each for each in picture.shapes if do_meet(each.box, piece.box) and _is_surface(each))
    around = tuple((id(each.mobject), each.box, each.fill, each.order < piece.order) for each in surfaces)
    first = piece.parts[0]
    return id(piece.mobject), piece.box, piece.opacity, first.fill_rgbas[0].tobytes(), around


def _is_surface(shape: Shape) -> bool:
    if shape.fill > 0.02 or not hasattr(shape.mobject, "get_stroke_width"):
        return True
    return bool(shape.mobject.get_stroke_width() >= WIDE_STROKE)


def _paint(background: str | None, shapes: Sequence[Shape], piece: TextPiece) -> Camera:
    left, bottom, right, top = piece.box
    width, height = right - left + 2 * MARGIN, top - bottom + 2 * MARGIN
    camera = Camera(
        pixel_width=max(2, round(width * PIXELS_PER_UNIT)),
        pixel_height=max(2, round(height * PIXELS_PER_UNIT)),
        frame_width=width,
        frame_height=height,
        frame_center=np.array([(left + right) / 2, (bottom + top) / 2, 0.0]),
        background_color=background or config.background_color,
    )
    camera.capture_mobjects([each.mobject for each in shapes], include_submobjects=False)
    return camera


def _sample(camera: Camera, piece: TextPiece) -> Any:
    """Return the colour (n, 3) at the middle of each glyph."""
    pixels = camera.pixel_array
    height, width = pixels.shape[:2]
    middles = (piece.glyphs[:, :2] + piece.glyphs[:, 2:]) / 2 - camera.frame_center[:2]
    columns = (middles[:, 0] / camera.frame_width + 0.5) * width
    rows = (0.5 - middles[:, 1] / camera.frame_height) * height
    at = np.clip(rows.astype(int), 0, height - 1), np.clip(columns.astype(int), 0, width - 1)
    return pixels[at][:, :3] / 255.0


def _find_ink(piece: TextPiece) -> tuple[Any, Any]:
    """Return the colour (n, 3) and opacity (n,) of each glyph."""
    rgbas = np.array(
        [(part.fill_rgbas if part.fill_rgbas[0, 3] > 0.1 else part.stroke_rgbas)[0] for part in piece.parts]
    )
    return rgbas[:, :3], rgbas[:, 3]
