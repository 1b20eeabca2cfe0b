"""Rules about text by itself and among other text: its place, its size, its distance."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from manim import ImageMobject, NumberPlane

from lectern.scenekit.layout import frame

from .picture import Picture, TextPiece
from .rules import OUT_OF_FRAME, TEXT_CROWDED, TEXT_OVERLAP, TEXT_TOO_SMALL, Fault

SMALL_SIZE, TINY_SIZE = 17.5, 13.0
"""Font sizes: at 1280x720, capitals of 16 and of 12 pixels. Below the first, people squint at their phones."""
UPRIGHT_GROWTH = 1.2
"""The factor for both in an upright frame, where all type is larger: it is watched on a phone."""
EDGE_TOLERANCE = 0.04
"""Units that text may reach beyond the frame."""
TOUCHING_SHARE, COVERING_SHARE = 0.06, 0.18
"""Shares of the smaller text's glyph area that lie on glyphs of another text."""
SAME_PLACE = 0.05
"""Units by which a copy may be off its original, which it is about to leave."""
NEAR = 0.15
"""Units between texts on a line below which they read as one; a word space of a Label is 0.13 wide."""
SAME_LINE = 0.5
"""Share of the lower text's height by which two texts on a line overlap vertically."""
FAINT = 0.35
"""Text fainter than this is dimmed on purpose: its size and its neighbours are not judged."""


def check_frame(picture: Picture) -> Iterator[Fault]:
    """Find text and images beyond the frame, and text where captions are."""
    view = picture.view
    if view.zoomed:
        return
    captions = view.bottom + frame.caption_share * (view.top - view.bottom)
    for piece in picture.pieces:
        left, bottom, right, top = piece.box
        beyond = {
            "left": view.left - left,
            "bottom": view.bottom - bottom,
            "right": right - view.right,
            "top": top - view.top,
        }
        side, most = max(beyond.items(), key=lambda each: each[1])
        if piece.opacity < FAINT or isinstance(piece.owner, NumberPlane):
            continue  # the numbers of a plane go beyond the frame with it
        if most > EDGE_TOLERANCE:
            too_wide = right - left > view.right - view.left
            remedy = (
                "shrink it with fit(...) or wrap it with width=" if too_wide else f"move it {most + 0.4:.1f} inwards"
            )
            what = f"{piece.name} is {most:.1f} beyond the {side} edge"
            yield Fault(rule=OUT_OF_FRAME, what=what, name=piece.name, severe=True, remedy=remedy)
        elif len(piece.text) > 4 and (bottom + top) / 2 < captions - 0.12:
            what = f"{piece.name} is where the captions are (the lowest {frame.caption_share:.0%} of the frame)"
            yield Fault(rule=OUT_OF_FRAME, what=what, name=piece.name, remedy="move it up")
    for shape in picture.shapes:
        if isinstance(shape.mobject, ImageMobject):
            left, bottom, right, top = shape.box
            if left < view.left - 0.1 or right > view.right + 0.1 or bottom < view.bottom - 0.1 or top > view.top + 0.1:
                name = f"{type(shape.mobject).__name__}({right - left:.1f} x {top - bottom:.1f})"
                what = f"{name} is cut off by the frame"
                yield Fault(rule=OUT_OF_FRAME, what=what, name=name, remedy="use fit(image)")


def check_size(picture: Picture) -> Iterator[Fault]:
    """Find letters that are too small, as the camera shows them."""
    growth = UPRIGHT_GROWTH if frame.portrait else 1.0
    for piece in picture.pieces:
        size = piece.size * picture.view.magnification
        if size < SMALL_SIZE * growth and piece.opacity >= FAINT:
            what = f"the letters of {piece.name} are as small as in a Label of size {size:.0f}, unreadable on a phone"
            yield Fault(rule=TEXT_TOO_SMALL, what=what, name=piece.name, severe=size < TINY_SIZE * growth)


def check_overlaps(picture: Picture) -> Iterator[Fault]:
    """Find text over text, glyph by glyph."""
    for one, other in _neighbours(picture, 0.0):
        if _is_copy(one, other):
            continue  # it lies on its original, to which it was transformed or which it is about to leave
        share = _measure_shared_ink(one.glyphs, other.glyphs)
        if share > TOUCHING_SHARE:
            names = f"{one.name} and {other.name}"
            dimmed = " (one is dimmed, and both are hard to read)" if min(one.opacity, other.opacity) < FAINT else ""
            what = f"{names} overlap by {share:.0%}{dimmed}"
            yield Fault(rule=TEXT_OVERLAP, what=what, name=names, severe=share > COVERING_SHARE)


def check_distances(picture: Picture) -> Iterator[Fault]:
    """Find text that stands so close beside other text that both read as one."""
    for one, other in _neighbours(picture, NEAR):
        if one.parent is other.parent and one.parent is not None:
            continue  # parts of one row, set that way
        if one.owner is other.owner or min(one.opacity, other.opacity) < FAINT:
            continue
        left, right = sorted((one, other), key=lambda each: each.box[0])
        gap = right.box[0] - left.box[2]
        height = min(left.box[3], right.box[3]) - max(left.box[1], right.box[1])
        lower = min(left.box[3] - left.box[1], right.box[3] - right.box[1])
        if 0 <= gap < NEAR and height > SAME_LINE * lower:
            names = f"{left.name} and {right.name}"
            what = f"{names} are {gap:.2f} apart on one line and read as one"
            yield Fault(rule=TEXT_CROWDED, what=what, name=names)


def _neighbours(picture: Picture, within: float) -> Iterator[tuple[TextPiece, TextPiece]]:
    """Pairs of pieces whose boxes are nearer than `within` units."""
    if len(picture.pieces) < 2:
        return
    boxes = np.array([piece.box for piece in picture.pieces])
    for one, other in combinations(range(len(boxes)), 2):
        width = min(boxes[one, 2], boxes[other, 2]) - max(boxes[one, 0], boxes[other, 0])
        height = min(boxes[one, 3], boxes[other, 3]) - max(boxes[one, 1], boxes[other, 1])
        if width > -within and height > 0:
            yield picture.pieces[one], picture.pieces[other]


def _is_copy(one: TextPiece, other: TextPiece) -> bool:
    """Return whether two texts look the same in the same place, whatever they were made as."""
    if np.abs(np.subtract(one.box, other.box)).max() >= SAME_PLACE:
        return False
    alike = one.glyphs.shape == other.glyphs.shape and np.abs(one.glyphs - other.glyphs).max() < SAME_PLACE
    return one.text == other.text or bool(alike)


def _measure_shared_ink(one: Any, other: Any) -> float:
    """Return the share of the smaller text's glyph boxes (n, 4) that lies on those of the other."""
    width = np.minimum(one[:, None, 2], other[None, :, 2]) - np.maximum(one[:, None, 0], other[None, :, 0])
    height = np.minimum(one[:, None, 3], other[None, :, 3]) - np.maximum(one[:, None, 1], other[None, :, 1])
    shared = float((np.clip(width, 0, None) * np.clip(height, 0, None)).sum())
    return min(1.0, shared / max(1e-6, min(_area(one), _area(other))))


def _area(glyphs: Any) -> float:
    return float(((glyphs[:, 2] - glyphs[:, 0]) * (glyphs[:, 3] - glyphs[:, 1])).sum())
