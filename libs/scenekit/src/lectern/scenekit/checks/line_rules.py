"""The rule about lines, curves and arrowheads through letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from manim import ArrowTip, NumberPlane, VMobject

from .picture import Picture, Shape, TextPiece, do_meet, is_inside
from .rules import LINE_THROUGH_TEXT, Fault

FAINT_LINE = 0.25
"""Opacity below which a line is a backdrop, not a line."""
LETTER_MARGIN = 0.14
"""Share of a glyph's box, on each side, that a line may graze: round letters leave their corners empty."""
SEVERE_SHARE = 0.5
"""Share of the letters that are struck from which text counts as struck through."""
PLATE_OPACITY = 0.7
"""Opacity of a filled shape between a line and text from which it hides the line."""
HALO_WIDTH = 3.0
"""Width of a background stroke that sets text apart from lines."""
STRIKE_OFFSET, STRIKE_LENGTHS = 0.2, (0.6, 1.7)
"""A stroke centred on text (by shares of its size), and as long as it, crosses it out on purpose."""
STEPS = np.array([0.25, 0.5, 0.75, 1.0])
"""Places on a curve between which it is taken for straight."""


def check_lines(picture: Picture) -> Iterator[Fault]:
    """Find lines through letters, once for each text and thing."""
    lines = [each for each in picture.shapes if _is_line(each)]
    for piece in picture.pieces:
        if piece.opacity < FAINT_LINE or _has_halo(piece):
            continue
        hit: dict[int, tuple[Any, Any]] = {}
        for line in lines:
            if line.owner is piece.owner or not do_meet(line.box, piece.box) or _crosses_out(line, piece):
                continue
            if line.order > piece.order and line.fill >= PLATE_OPACITY and not isinstance(line.mobject, ArrowTip):
                continue  # the edge of something that covers the text, which is another rule's
            struck = find_struck(line.mobject, piece.glyphs)
            if struck.any() and not _is_hidden(line, piece, struck, picture):
                owner = line.owner if line.owner is not None else line.mobject
                before = hit.get(id(owner), (owner, np.zeros(len(struck), dtype=bool)))[1]
                hit[id(owner)] = (owner, before | struck)
        for owner, struck in hit.values():
            share = float(struck.mean())
            what = f"{picture.name_of(owner)} runs through {piece.name}"
            severe = share >= SEVERE_SHARE and len(struck) > 2
            yield Fault(rule=LINE_THROUGH_TEXT, what=what, name=f"{type(owner).__name__} {piece.name}", severe=severe)


def find_struck(line: VMobject, glyphs: Any) -> Any:
    """Return which glyphs (boxes (n, 4)) the line passes through."""
    margin = (glyphs[:, 2:] - glyphs[:, :2]) * LETTER_MARGIN
    low, high = glyphs[:, :2] + margin, glyphs[:, 2:] - margin
    begins, ends = _trace_segments(line)
    step = ends - begins
    flat = np.abs(step) < 1e-9
    safe = np.where(flat, 1.0, step)
    one = (low[:, None, :] - begins[None]) / safe[None]
    other = (high[:, None, :] - begins[None]) / safe[None]
    enter, leave = np.minimum(one, other), np.maximum(one, other)
    within = (begins[None] >= low[:, None, :]) & (begins[None] <= high[:, None, :])
    enter = np.where(flat[None], np.where(within, -np.inf, np.inf), enter)
    leave = np.where(flat[None], np.where(within, np.inf, -np.inf), leave)
    first, last = np.maximum(enter.max(axis=2), 0.0), np.minimum(leave.min(axis=2), 1.0)
    return (first <= last).any(axis=1)


def _trace_segments(line: VMobject) -> tuple[Any, Any]:
    curves = line.points[: len(line.points) // 4 * 4, :2].reshape(-1, 4, 2)
    t = STEPS[None, :, None]
    start, one, two, end = (curves[:, None, index] for index in range(4))
    points = start * (1 - t) ** 3 + 3 * one * t * (1 - t) ** 2 + 3 * two * t**2 * (1 - t) + end * t**3
    begins = np.concatenate([curves[:, None, 0], points[:, :-1]], axis=1)
    return begins.reshape(-1, 2), points.reshape(-1, 2)


def _is_line(shape: Shape) -> bool:
    if not isinstance(shape.mobject, VMobject) or len(shape.mobject.points) < 4:
        return False
    if isinstance(shape.owner, NumberPlane) or getattr(shape.mobject, "is_backdrop", False):
        return False  # a grid, or a map's land
    return shape.stroke >= FAINT_LINE or (isinstance(shape.mobject, ArrowTip) and shape.fill >= FAINT_LINE)


def _has_halo(piece: TextPiece) -> bool:
    parts = piece.mobject.family_members_with_points()
    return bool(parts) and parts[0].get_stroke_width(background=True) >= HALO_WIDTH


def _crosses_out(line: Shape, piece: TextPiece) -> bool:
    """Return whether the line crosses the text out: it is centred on it and about as long."""
    size = np.subtract(piece.box[2:], piece.box[:2])
    length = np.linalg.norm(np.subtract(line.box[2:], line.box[:2]))
    offset = np.abs(np.add(line.box[2:], line.box[:2]) - np.add(piece.box[2:], piece.box[:2])) / 2
    shortest, longest = STRIKE_LENGTHS
    near = bool((offset < STRIKE_OFFSET * np.maximum(size, 0.3)).all())
    return near and shortest * size.max() <= length <= longest * float(np.linalg.norm(size))


def _is_hidden(line: Shape, piece: TextPiece, struck: Any, picture: Picture) -> bool:
    """Return whether a plate lies between the line and the struck letters, or over both."""
    middles = (piece.glyphs[struck, :2] + piece.glyphs[struck, 2:]) / 2
    for plate in picture.shapes:
        if plate.order > line.order and plate.fill >= PLATE_OPACITY and do_meet(plate.box, piece.box):
            outline = plate.mobject.points[::4, :2]
            if plate.mobject is not line.mobject and all(is_inside(outline, tuple(middle)) for middle in middles):
                return True
    return False
