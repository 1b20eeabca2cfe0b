"""Rules about how things move: what the animations of a play do between their start and their end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from manim import Animation, AnimationGroup, GrowFromPoint, MoveAlongPath, ShowPartial, Transform, VMobject

from .rules import DOT_LAGS, PIECE_CHANGES_SIZE, Fault

RIGID_TOLERANCE = 0.02
"""Share of a shape's size by which its corners may be off and still count as the same shape, turned."""
LOST_SIZE = 0.85
"""Share of its area (of its length, for a line: its root) that a rigid piece must keep on its way."""
SMALLEST = 0.5
"""Units; nobody sees smaller pieces shrink."""
LONGEST_LAG = 0.15
"""Units by which a dot may be off the end of the curve it draws."""


def check_animations(animations: Iterable[Animation]) -> Iterator[Fault]:
    """Check the animations of one play, after they have begun."""
    flat = list(_flatten(animations))
    yield from _check_dots(flat)
    for each in flat:
        if isinstance(each, Transform) and not isinstance(each, GrowFromPoint) and not each.path_arc:
            yield from _check_transform(each)


def _flatten(animations: Iterable[Animation]) -> Iterator[Animation]:
    for each in animations:
        if isinstance(each, AnimationGroup):
            yield from _flatten(each.animations)
        else:
            yield each


def _check_dots(animations: list[Animation]) -> Iterator[Fault]:
    drawn = {
        id(part): each for each in animations if isinstance(each, ShowPartial) for part in each.mobject.get_family()
    }
    for each in animations:
        if isinstance(each, MoveAlongPath) and id(each.path) in drawn:
            path = drawn[id(each.path)].starting_mobject
            whole = next((part for part in path.get_family() if len(part.points)), None)
            if whole is not None and _measure_lag(whole) > LONGEST_LAG:
                dot, line = type(each.mobject).__name__, type(each.path).__name__
                what = f"{dot} lags behind the {line} that is drawn with it, as it follows the part drawn so far"
                yield Fault(rule=DOT_LAGS, what=what, name=f"{dot} {line}")


def _measure_lag(path: VMobject) -> float:
    """Return the distance between a half-drawn path's end and its middle, where a dot on it would be."""
    return float(np.linalg.norm(path.point_from_proportion(0.5) - path.point_from_proportion(0.25)))


def _check_transform(animation: Any) -> Iterator[Fault]:
    start, target = animation.starting_mobject, getattr(animation, "target_copy", None)
    if start is None or target is None:
        return
    for one, other in zip(start.get_family(), target.get_family(), strict=False):
        if not isinstance(one, VMobject) or not 4 <= len(one.points) <= 4 * 60 or len(one.points) != len(other.points):
            continue
        kept = measure_kept_size(one.points[:, :2], other.points[:, :2])
        if kept < LOST_SIZE:
            name = type(animation.mobject).__name__
            what = f"{name} should turn as a rigid piece, but shrinks to {kept:.0%} of its size on the way"
            yield Fault(rule=PIECE_CHANGES_SIZE, what=what, name=name)
            return


def measure_kept_size(one: Any, other: Any) -> float:
    """Return the share of its area that a shape keeps halfway if each point moves straight from `one` to `other`.

    Both are Bézier points (n, 2). 1 unless they are the same shape, moved and turned: only then the piece is rigid. An
    exact mirror image is 1 too: turning a card over looks just so. For a line the share is that of its squared length.
    """
    first, second = one - one.mean(axis=0), other - other.mean(axis=0)
    size = float(np.linalg.norm(first))
    if size < SMALLEST * np.sqrt(len(one)) / 2:
        return 1.0
    corners, targets = first[::4], second[::4]
    radii, target_radii = (np.sort(np.linalg.norm(each, axis=1)) for each in (first, second))
    area, target_area = _measure_area(corners), _measure_area(targets)
    alike = np.abs(radii - target_radii).max() < RIGID_TOLERANCE * radii.max()
    if (
        not alike
        or abs(area - target_area) > 2 * RIGID_TOLERANCE * max(area, target_area)
        or _is_mirrored(first, second)
    ):
        return 1.0
    halfway = (first + second) / 2
    if area > 0.01 * size**2 / len(one):
        return _measure_area(halfway[::4]) / area
    return float(np.linalg.norm(halfway) / size) ** 2


def _measure_area(corners: Any) -> float:
    x, y = corners[:, 0], corners[:, 1]
    return abs(float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum())) / 2


def _is_mirrored(first: Any, second: Any) -> bool:
    """Return whether one set of points is the mirror image of the other: the best reflection fits (Kabsch, 1976)."""
    along = float((first[:, 0] * second[:, 0] - first[:, 1] * second[:, 1]).sum())
    across = float((first[:, 0] * second[:, 1] + first[:, 1] * second[:, 0]).sum())
    angle = np.arctan2(across, along)
    mirror = np.array([[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]])
    rest = float(np.linalg.norm(first @ mirror - second))
    return rest < RIGID_TOLERANCE * float(np.linalg.norm(first))
