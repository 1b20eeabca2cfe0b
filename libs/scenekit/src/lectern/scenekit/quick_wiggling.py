"""Manim's Wiggle, which measures all of a thing after each move of each part: here only what has moved is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from manim import Animation, Mobject, VMobject, Wiggle
from manim.utils.bezier import interpolate
from manim.utils.rate_functions import there_and_back, wiggle

from .patching import patch_attribute

MEASURED = ("get_center", "get_critical_point", "get_points_defining_boundary", "get_extremum_along_dim", "get_anchors")
"""What decides where the middle of a shape is: one that has its own is asked by manim's way."""


@contextmanager
def quicken_wiggling() -> Iterator[None]:
    """Let things wiggle in fewer steps inside the block."""
    with patch_attribute(Animation, "interpolate_mobject", _quicken_parts(Animation.interpolate_mobject)):
        yield


class _Middle:
    """The middle of a thing, known from the lowest and highest anchor of each of its parts."""

    def __init__(self, parts: list[Any]) -> None:
        self._rows = {id(part): row for row, part in enumerate(parts)}
        self._ends = np.array([_measure(part) for part in parts])

    def measure_anew(self, thing: Any) -> None:
        for part in thing.get_family():
            row = self._rows.get(id(part))
            if row is not None:
                self._ends[row] = _measure(part)

    def find(self) -> Any:
        return (self._ends[:, 0].min(axis=0) + self._ends[:, 1].max(axis=0)) / 2


def _measure(part: Any) -> tuple[Any, Any]:
    anchors = part.points.reshape(-1, 4, 3)[:, ::3].reshape(-1, 3)
    return anchors.min(axis=0), anchors.max(axis=0)


def _quicken_parts(plain: Callable[..., None]) -> Callable[..., None]:
    def interpolate_mobject(self: Any, alpha: float) -> None:
        parts = _list_measured(self.mobject) if type(self) is Wiggle else []
        if not parts:
            plain(self, alpha)
            return
        middle = _Middle(parts)
        families = list(self.get_all_families_zipped())
        for number, (part, start) in enumerate(families):
            share = self.get_sub_alpha(alpha, number, len(families))
            part.points[:, :] = start.points
            middle.measure_anew(part)
            spot = middle.find() if self.scale_about_point is None else self.scale_about_point
            part.scale(interpolate(1, self.scale_value, there_and_back(share)), about_point=spot)
            middle.measure_anew(part)
            spot = middle.find() if self.rotate_about_point is None else self.rotate_about_point
            part.rotate(wiggle(share, self.n_wiggles) * self.rotation_angle, about_point=spot)
            middle.measure_anew(part)

    return interpolate_mobject


def _list_measured(thing: Mobject) -> list[Any]:
    """List the parts that have points; none where only manim's way will do."""
    family = thing.get_family()
    for kind in set(map(type, family)):
        if any(getattr(kind, name, None) is not getattr(VMobject, name) for name in MEASURED):
            return []
    parts = [part for part in family if len(part.points)]
    return [] if any(len(part.points) % 4 or part.points.shape[1] != 3 for part in parts) else parts
