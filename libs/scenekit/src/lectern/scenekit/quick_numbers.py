"""Some of manim's small computations, asked for many times in each frame: rotations, colours, where a path breaks.

Manim calls numpy or scipy for three numbers at a time, where the call costs more than the computing. The same numbers
come from plain arithmetic, or from one call for a whole path.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import manim.camera.three_d_camera
import manim.mobject.mobject
import manim.utils.paths
import manim.utils.space_ops
import numpy as np
from manim import BLACK, ManimColor, VMobject

from .patching import patch_attribute

RELATIVE_TOLERANCE = 1e-5
"""Of numpy's `isclose`, by which manim compares points."""
LOOKS = (
    "fill_rgbas",
    "stroke_rgbas",
    "background_stroke_rgbas",
    "stroke_width",
    "background_stroke_width",
    "sheen_direction",
    "sheen_factor",
)
"""What `VMobject.interpolate_color` interpolates."""
ROTATING_MODULES = (
    manim.utils.space_ops,
    manim.utils.paths,
    manim.mobject.mobject,
    manim.camera.three_d_camera,
)
"""Modules of manim that call `rotation_matrix` by a name of their own."""


@contextmanager
def quicken_numbers() -> Iterator[None]:
    """Use quicker forms of manim's small computations inside the block."""
    with ExitStack() as stack:
        rotate = _quicken_rotation(manim.utils.space_ops.rotation_matrix)
        for module in ROTATING_MODULES:
            stack.enter_context(patch_attribute(module, "rotation_matrix", rotate))
        stack.enter_context(patch_attribute(ManimColor, "to_rgba_with_alpha", to_rgba_with_alpha))
        for name, replace in (
            ("generate_rgbas_array", _quicken_rgbas),
            ("interpolate_color", _quicken_colors),
            ("consider_points_equals", _quicken_comparison),
            ("get_subpaths_from_points", _quicken_subpaths),
        ):
            stack.enter_context(patch_attribute(VMobject, name, replace(getattr(VMobject, name))))
        yield


def to_rgba_with_alpha(self: Any, alpha: float) -> Any:
    """Return the colour's four numbers with another alpha, as `ManimColor.to_rgba_with_alpha` does."""
    rgba = self._internal_value.copy()
    rgba[3] = alpha
    return rgba


def _quicken_rotation(plain: Callable[..., Any]) -> Callable[..., Any]:
    def rotation_matrix(angle: Any, axis: Any, homogeneous: bool = False) -> Any:
        if homogeneous or len(axis) != 3 or not (isinstance(angle, (int, float)) or np.ndim(angle) == 0):
            return plain(angle, axis, homogeneous)
        half, (x, y, z) = float(angle) / 2, axis.tolist() if type(axis) is np.ndarray else map(float, axis)
        length = math.sqrt(x * x + y * y + z * z)
        if not (math.isfinite(half) and math.isfinite(length)) or length == 0:
            return plain(angle, axis, homogeneous)
        share = math.sin(half) / length
        x, y, z, w = x * share, y * share, z * share, math.cos(half)
        return np.array(
            [
                [x * x - y * y - z * z + w * w, 2 * (x * y - z * w), 2 * (x * z + y * w)],
                [2 * (x * y + z * w), y * y - x * x - z * z + w * w, 2 * (y * z - x * w)],
                [2 * (x * z - y * w), 2 * (y * z + x * w), z * z - x * x - y * y + w * w],
            ]
        )

    return rotation_matrix


def _quicken_rgbas(plain: Callable[..., Any]) -> Callable[..., Any]:
    def generate_rgbas_array(self: Any, color: Any, opacity: Any) -> Any:
        one = color is None or type(color) is ManimColor
        if not one or not isinstance(opacity, (int, float, type(None))) or self.get_sheen_factor() != 0:
            return plain(self, color, opacity)
        return (BLACK if color is None else color).to_rgba_with_alpha(opacity or 0.0)[np.newaxis]

    return generate_rgbas_array


def _quicken_colors(plain: Callable[..., Any]) -> Callable[..., Any]:
    def interpolate_color(self: Any, one: Any, other: Any, alpha: float) -> Any:
        if alpha != 1:
            return plain(self, one, other, alpha)
        for name in LOOKS:
            value = getattr(other, name)
            setattr(self, name, value.copy() if isinstance(value, np.ndarray) else value)
        return self

    return interpolate_color


def _quicken_comparison(plain: Callable[..., Any]) -> Callable[..., Any]:
    def consider_points_equals(self: Any, one: Any, other: Any) -> Any:
        arrays = isinstance(one, np.ndarray) and isinstance(other, np.ndarray)
        if not arrays or other.shape != (3,) or one.shape[-1:] != (3,) or one.ndim > 2:
            return plain(self, one, other)
        tolerance, place = self.tolerance_for_point_equality, other.tolist()
        for spot in one.tolist() if one.ndim == 2 else (one.tolist(),):
            for here, there in zip(spot, place, strict=True):
                apart = abs(here - there)
                if here != there and not (apart <= tolerance + RELATIVE_TOLERANCE * abs(there) and apart != math.inf):
                    return False
        return True

    return consider_points_equals


def _quicken_subpaths(plain: Callable[..., Any]) -> Callable[..., Any]:
    own = VMobject._gen_subpaths_from_points, VMobject.get_subpath_split_indices_from_points
    compare = VMobject.consider_points_equals

    def get_subpaths_from_points(self: Any, points: Any) -> Any:
        kind = type(self)
        found = kind._gen_subpaths_from_points, kind.get_subpath_split_indices_from_points
        if found != own or kind.consider_points_equals is not compare:
            return plain(self, points)
        size = self.n_points_per_cubic_curve
        spans = self.get_subpath_split_indices_from_points(points).tolist()
        return [points[start:stop] for start, stop in spans if stop - start >= size]

    return get_subpaths_from_points
