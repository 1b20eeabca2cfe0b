"""How a map shows the round Earth: projections that keep areas, so that countries may be compared. Pure.

Lengths on the maps are in radii of the Earth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

EARTH = (1.340264, -0.081106, 0.000893, 0.003796)
"""The coefficients of Equal Earth, from Šavrič, Patterson and Jenny, The Equal Earth map projection, 2018."""

Project = Callable[[Any, Any], tuple[Any, Any]]
"""From arrays of longitudes and latitudes in degrees to arrays of x and y."""


def project_world(middle: float) -> Project:
    """Equal Earth around the meridian `middle`: the whole world, with the poles as lines."""

    def project(longitude: Any, latitude: Any) -> tuple[Any, Any]:
        a, b, c, d = EARTH
        slope = np.arcsin(np.sqrt(3) / 2 * np.sin(np.radians(latitude)))
        square = slope**2
        sixth = square**3
        wide = 3 * (9 * d * sixth * square + 7 * c * sixth + 3 * b * square + a)
        x = 2 * np.sqrt(3) * np.radians(np.asarray(longitude) - middle) * np.cos(slope) / wide
        return x, slope * (a + b * square + sixth * (c + d * square))

    return project


def project_around(longitude: float, latitude: float) -> Project:
    """Lambert's azimuthal map around a point: little bent near it, for a continent or a country.

    From Snyder, Map Projections: A Working Manual, 1987, equations 24-2 to 24-14. The point opposite lies on the rim.
    """
    high, low = np.sin(np.radians(latitude)), np.cos(np.radians(latitude))

    def project(longitudes: Any, latitudes: Any) -> tuple[Any, Any]:
        turn, phi = np.radians(np.asarray(longitudes) - longitude), np.radians(latitudes)
        near = low * np.cos(phi) * np.cos(turn) + high * np.sin(phi)
        reach = np.sqrt(2 / np.maximum(1 + near, 1e-9))
        x = reach * np.cos(phi) * np.sin(turn)
        return x, reach * (low * np.sin(phi) - high * np.cos(phi) * np.cos(turn))

    return project


def measure_turn(one: tuple[float, float], longitudes: Any, latitudes: Any) -> Any:
    """The angle in degrees, seen from the Earth's middle, between a point (longitude, latitude) and others."""
    a, b = np.radians(one[1]), np.radians(latitudes)
    cosine = np.sin(a) * np.sin(b) + np.cos(a) * np.cos(b) * np.cos(np.radians(np.asarray(longitudes) - one[0]))
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def clip_ring(points: Any, low: Any, high: Any) -> Any:
    """The part of a closed ring (n, 2) that lies in a rectangle, closed along its edges; Sutherland and Hodgman, 1974.

    Empty when nothing of the ring lies in it.
    """
    ring = np.asarray(points, dtype=float)
    for axis in (0, 1):
        for bound, sense in ((low[axis], 1.0), (high[axis], -1.0)):
            if len(ring):
                ring = _cut_ring(ring, axis, float(bound), sense)
    return ring


def _cut_ring(ring: Any, axis: int, bound: float, sense: float) -> Any:
    """Keep what lies on one side of a straight line."""
    inside = (ring[:, axis] - bound) * sense >= 0
    if inside.all():
        return ring
    if not inside.any():
        return ring[:0]
    kept: list[Any] = []
    for here, there, in_here, in_there in zip(ring[:-1], ring[1:], inside[:-1], inside[1:], strict=True):
        if in_here:
            kept.append(here)
        if in_here != in_there:
            share = (bound - here[axis]) / (there[axis] - here[axis])
            kept.append(here + share * (there - here))
    return np.array([*kept, kept[0]])
