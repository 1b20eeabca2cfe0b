"""Paths for cairo, built from a shape's points in one go.

Manim calls cairo once for every curve, from Python. Here a whole path is laid out in memory as cairo stores it
(`cairo_path_data_t`), kept while the shape stays the same, and appended by one call of `cairo_append_path`.
"""

from __future__ import annotations

import ctypes
from typing import Any

import cairo._cairo  # type: ignore[import-not-found]
import numpy as np
import numpy.typing as npt

PathData = npt.NDArray[np.float64]
"""Rows of 16 bytes, as `cairo_path_data_t`: a header (kind and length, two ints), or a point (two doubles)."""

POINTS_PER_CURVE = 4
MOVE, CURVE, CLOSE = np.array([[0, 2, 0, 0], [2, 4, 0, 0], [3, 1, 0, 0]], dtype=np.int32).view(np.float64)
"""Headers of a move, a curve and a closing, which are 2, 4 and 1 rows long."""
RELATIVE_TOLERANCE = 1e-5
"""Numpy's `isclose` and manim's `consider_points_equals_2d`: ends this near each other are one point."""


class _CairoPath(ctypes.Structure):
    """Cairo's `cairo_path_t`."""

    _fields_ = (("status", ctypes.c_int), ("data", ctypes.c_void_p), ("num_data", ctypes.c_int))


class PathAppender:
    """Appends built paths to the path of a pycairo context.

    It finds the context in the object as pycairo's C API does (`PycairoContext_GET` in pycairo.h): the first field
    after the object's head.
    """

    def __init__(self) -> None:
        library = ctypes.CDLL(cairo._cairo.__file__)
        self._append = library.cairo_append_path
        self._append.argtypes = [ctypes.c_void_p, ctypes.POINTER(_CairoPath)]
        self._append.restype = None

    def append(self, context: Any, data: PathData) -> None:
        """Append a path; it is transformed by the context's matrix as it is now."""
        place = ctypes.c_void_p.from_address(id(context) + object.__basicsize__)
        path = _CairoPath(0, ctypes.addressof(ctypes.c_char.from_buffer(data.data)), len(data))
        self._append(place, ctypes.byref(path))


def build_path(points: Any, tolerance: float) -> PathData | None:
    """Build the path of cubic curves, `points` (n, 3) in groups of four; subpaths are told and closed as manim does.

    `tolerance` is the absolute one of manim's shape. None for points that are not groups of four.
    """
    count, rest = divmod(len(points), POINTS_PER_CURVE)
    if rest or not count:
        return None
    curves = points[:, :2].reshape(count, POINTS_PER_CURVE, 2)
    starts = _find_starts(curves, tolerance)
    stops = [*starts[1:], count]
    spans = list(zip(starts, stops, strict=True))
    closed = [_is_same(curves[start, 0], curves[stop - 1, 3], tolerance) for start, stop in spans]
    data: PathData = np.empty((POINTS_PER_CURVE * count + 2 * len(starts) + sum(closed), 2))
    row = 0
    for (start, stop), is_closed in zip(spans, closed, strict=True):
        data[row] = MOVE
        data[row + 1] = curves[start, 0]
        after = row + 2 + POINTS_PER_CURVE * (stop - start)
        block = data[row + 2 : after].reshape(stop - start, POINTS_PER_CURVE, 2)
        block[:, 0] = CURVE
        block[:, 1:] = curves[start:stop, 1:]
        row = after
        if is_closed:
            data[row] = CLOSE
            row += 1
    return data


def _find_starts(curves: Any, tolerance: float) -> list[int]:
    """Find the curves with which a subpath begins: they do not go on where the one before has ended."""
    ends, begins = curves[:-1, 3], curves[1:, 0]
    same = ends == begins
    if same.all():
        return [0]
    with np.errstate(invalid="ignore"):
        apart = np.abs(ends - begins)
        near = (apart <= tolerance + RELATIVE_TOLERANCE * np.abs(begins)) & np.isfinite(apart)
    return [0, *(np.flatnonzero(~(near | same).all(axis=1)) + 1).tolist()]


def _is_same(one: Any, other: Any, tolerance: float) -> bool:
    for here, there in zip(one.tolist(), other.tolist(), strict=True):
        apart = abs(here - there)
        if here != there and not (apart <= tolerance + RELATIVE_TOLERANCE * abs(there) and apart != float("inf")):
            return False
    return True
