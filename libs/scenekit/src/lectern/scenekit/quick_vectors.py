"""Lengths and angles of vectors in space, which manim computes by numpy one at a time: the same numbers, sooner."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import manim.animation.indication
import manim.animation.updaters.mobject_update_utils
import manim.mobject.geometry.arc
import manim.mobject.geometry.line
import manim.mobject.geometry.polygram
import manim.mobject.geometry.tips
import manim.mobject.graphing.coordinate_systems
import manim.mobject.graphing.number_line
import manim.mobject.mobject
import manim.mobject.three_d.three_dimensions
import manim.utils.paths
import manim.utils.space_ops as space
import numpy as np

from .patching import patch_attribute

MODULES = (
    space,
    manim.animation.indication,
    manim.animation.updaters.mobject_update_utils,
    manim.mobject.geometry.arc,
    manim.mobject.geometry.line,
    manim.mobject.geometry.polygram,
    manim.mobject.geometry.tips,
    manim.mobject.graphing.coordinate_systems,
    manim.mobject.graphing.number_line,
    manim.mobject.mobject,
    manim.mobject.three_d.three_dimensions,
    manim.utils.paths,
)
"""Modules of manim that call the functions of three numbers by names of their own."""


@contextmanager
def quicken_vectors() -> Iterator[None]:
    """Use quicker forms of what manim computes of a vector inside the block."""
    with ExitStack() as stack:
        for name, replace in (
            ("normalize", _quicken_normalizing),
            ("angle_between_vectors", _quicken_angle_between),
            ("angle_of_vector", _quicken_angle),
            ("cartesian_to_spherical", _quicken_spherical),
        ):
            plain = getattr(space, name)
            quick = replace(plain)
            for module in MODULES:
                if getattr(module, name, None) is plain:
                    stack.enter_context(patch_attribute(module, name, quick))
        yield


def is_spot(value: Any) -> bool:
    """Return whether something is an array of three floating numbers."""
    return type(value) is np.ndarray and value.shape == (3,) and value.dtype == np.float64


def measure(x: float, y: float, z: float) -> float:
    """Return the length of a vector, as `numpy.linalg.norm` does."""
    return math.sqrt(x * x + y * y + z * z)


def _quicken_normalizing(plain: Callable[..., Any]) -> Callable[..., Any]:
    def normalize(vect: Any, fall_back: Any = None) -> Any:
        if not is_spot(vect):
            return plain(vect, fall_back)
        length = measure(*vect.tolist())
        return vect / length if length > 0 else np.zeros(3) if fall_back is None else fall_back

    return normalize


def _quicken_angle_between(plain: Callable[..., Any]) -> Callable[..., Any]:
    def angle_between_vectors(v1: Any, v2: Any) -> Any:
        if not (is_spot(v1) and is_spot(v2)):
            return plain(v1, v2)
        (a, b, c), (x, y, z) = v1.tolist(), v2.tolist()
        one, other = measure(a, b, c), measure(x, y, z)
        if not (0 < one < math.inf and 0 < other < math.inf):
            return plain(v1, v2)
        a, b, c, x, y, z = a / one, b / one, c / one, x / other, y / other, z / other
        return np.float64(2 * math.atan2(measure(a - x, b - y, c - z), measure(a + x, b + y, c + z)))

    return angle_between_vectors


def _quicken_angle(plain: Callable[..., Any]) -> Callable[..., Any]:
    def angle_of_vector(vector: Any) -> Any:
        return np.float64(math.atan2(*vector[1::-1].tolist())) if is_spot(vector) else plain(vector)

    return angle_of_vector


def _quicken_spherical(plain: Callable[..., Any]) -> Callable[..., Any]:
    def cartesian_to_spherical(vec: Any) -> Any:
        if not is_spot(vec):
            return plain(vec)
        x, y, z = vec.tolist()
        length = measure(x, y, z)
        if not (0 < length < math.inf and abs(z) <= length):
            return plain(vec)
        return np.array([length, math.atan2(y, x), math.acos(z / length)])

    return cartesian_to_spherical
