"""The shapes of a set formula made to match a label's: bars that scale with it, and letters of a label's weight."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import VMobject

EM = 1 / 96
"""Units of the frame for each em of a formula whose font size is 1, as manim sets Typst's SVG."""
BAR = 0.04
"""Thickness in em of fraction bars, root bars and overlines: the default rule of TeX's fonts (Knuth, 1986, app. G)."""
WEIGHT = 0.008
"""Em by which an outline is moved outwards, so that stems are as thick as those of a Label."""


def thicken(formula: Any, font_size: float) -> None:
    """Draw the formula's bars as filled shapes, and make its letters as heavy as a label's."""
    em = font_size * EM
    for shape in formula.family_members_with_points():
        if len(shape.points) == 4 and shape.get_stroke_width() > 0:
            _fill_bar(shape, (BAR + 2 * WEIGHT) * em)
        else:
            shape.points = embolden(shape, WEIGHT * em)


def _fill_bar(shape: VMobject, thickness: float) -> None:
    start, end = shape.points[0], shape.points[-1]
    along = end - start
    length = float(np.linalg.norm(along))
    if length < 1e-9:
        return
    across = np.array([-along[1], along[0], 0.0]) / length * thickness / 2
    corners = [start + across, end + across, end - across, start - across]
    color = shape.get_stroke_color()
    shape.set_points_as_corners([*corners, corners[0]])
    shape.set_stroke(width=0).set_fill(color, opacity=1)


def embolden(shape: VMobject, strength: float) -> Any:
    """Return the points of a filled outline with each one moved outwards by `strength`, along the bisector there.

    As font rasterizers make fonts bolder: sharp corners move by at most twice as much.
    """
    paths = [np.array(path) for path in shape.get_subpaths()]
    if not paths:
        return shape.points
    turn = np.sign(sum(_measure_signed_area(path[::4]) for path in paths)) or 1.0
    return np.concatenate([_move_outwards(path, turn * strength) for path in paths])


def _move_outwards(path: Any, strength: float) -> Any:
    ring = path.reshape(-1, 4, 3)[:, :3].reshape(-1, 3)  # each piece ends where the next begins
    step = np.roll(ring, -1, axis=0) - ring
    length = np.linalg.norm(step, axis=1)
    if not (length > 1e-9).any():
        return path
    leaving = _take_next(step, length)
    arriving = np.roll(_take_previous(step, length), 1, axis=0)
    normals = np.stack([leaving[:, 1] + arriving[:, 1], -leaving[:, 0] - arriving[:, 0]], axis=1)
    size = np.linalg.norm(normals, axis=1, keepdims=True)
    half_cosine = np.maximum(size / 2, 0.5)
    moved = ring.copy()
    moved[:, :2] += np.where(size > 1e-6, normals / np.maximum(size, 1e-6) / half_cosine, 0.0) * strength
    points = np.empty_like(path).reshape(-1, 4, 3)
    points[:, :3] = moved.reshape(-1, 3, 3)
    points[:, 3] = np.roll(points[:, 0], -1, axis=0)
    return points.reshape(-1, 3)


def _take_next(step: Any, length: Any) -> Any:
    """Return each point's direction to the next point that is not the same."""
    return _take_previous(step[::-1], length[::-1])[::-1]


def _take_previous(step: Any, length: Any) -> Any:
    """Return unit steps, where a step of no length takes the direction of the one before it."""
    count = len(step)
    twice = np.where(np.tile(length > 1e-9, 2), np.arange(2 * count), -1)  # the ring goes on from its end
    index = np.maximum.accumulate(twice)[count:] % count
    return step[index] / length[index, None]


def _measure_signed_area(corners: Any) -> float:
    x, y = corners[:, 0], corners[:, 1]
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum())
