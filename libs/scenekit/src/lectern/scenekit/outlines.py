"""Outlines of many shapes at once: their paths and boxes, laid out together for shapes of as many points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .cairo_paths import (
    CLOSE,
    CURVE,
    MOVE,
    POINTS_PER_CURVE,
    RELATIVE_TOLERANCE,
    PathData,
    build_path,
)

Box = tuple[float, float, float, float]
"""Left, low, right, high."""
LEAST_TOGETHER = 3
"""Shapes that are worth being laid out together."""


class Outline(NamedTuple):
    """What cairo draws of a shape, and the smallest box around its points."""

    path: PathData | None
    box: Box


def build_outlines(points: Sequence[Any], tolerances: Sequence[float]) -> list[Outline]:
    """Build the outlines of shapes with these points (n, 3), as `build_path` and `find_box` do for each by itself."""
    alike: dict[int, list[int]] = {}
    for place, each in enumerate(points):
        alike.setdefault(len(each), []).append(place)
    found: dict[int, Outline] = {}
    for count, places in alike.items():
        if len(places) >= LEAST_TOGETHER and count and count % POINTS_PER_CURVE == 0:
            stacked = np.array([points[place] for place in places])[:, :, :2]
            found.update(_build_alike(places, stacked, np.array([tolerances[place] for place in places])))
    return [
        found[place] if place in found else Outline(build_path(each, tolerances[place]), find_box(each))
        for place, each in enumerate(points)
    ]


def find_box(points: Any) -> Box:
    """Find the smallest box around points: left, low, right, high."""
    left, low = points[:, :2].min(axis=0).tolist()
    right, high = points[:, :2].max(axis=0).tolist()
    return left, low, right, high


def _build_alike(places: Sequence[int], points: Any, tolerances: Any) -> dict[int, Outline]:
    """Build the outlines of shapes (shapes, n, 2) that are in one piece; others are left out."""
    curves = points.reshape(len(places), -1, POINTS_PER_CURVE, 2)
    whole = _are_same(curves[:, :-1, 3], curves[:, 1:, 0], tolerances[:, None, None]).all(axis=(1, 2))
    closed = _are_same(curves[:, 0, 0], curves[:, -1, 3], tolerances[:, None]).all(axis=1)
    lows, highs = points.min(axis=1).tolist(), points.max(axis=1).tolist()
    found = {}
    for is_closed in (True, False):
        chosen = np.flatnonzero(whole & (closed == is_closed)).tolist()
        for index, path in zip(chosen, _lay_out(curves[chosen], is_closed=is_closed), strict=True):
            found[places[index]] = Outline(path.copy(), (*lows[index], *highs[index]))  # a view would keep them all
    return found


def _lay_out(curves: Any, *, is_closed: bool) -> Any:
    count = POINTS_PER_CURVE * curves.shape[1]
    data = np.empty((len(curves), 2 + count + is_closed, 2))
    data[:, 0] = MOVE
    data[:, 1] = curves[:, 0, 0]
    blocks = data[:, 2 : 2 + count].reshape(curves.shape)
    blocks[:, :, 0] = CURVE
    blocks[:, :, 1:] = curves[:, :, 1:]
    if is_closed:
        data[:, -1] = CLOSE
    return data


def _are_same(ones: Any, others: Any, tolerances: Any) -> Any:
    with np.errstate(invalid="ignore"):
        apart = np.abs(ones - others)
        near = (apart <= tolerances + RELATIVE_TOLERANCE * np.abs(others)) & np.isfinite(apart)
    return near | (ones == others)
