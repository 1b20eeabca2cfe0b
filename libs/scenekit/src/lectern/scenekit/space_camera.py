# mypy: disallow-subclassing-any=False
"""Manim's camera in three dimensions, which computes for all shapes of a frame at once what manim does one by one.

A shape's shade depends on its points, its colours and the light, and its depth's reference on its points: both are kept
while those stay the same, as they do where only the camera moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import Mobject, ThreeDCamera, VMobject
from manim.camera.camera import Camera


class SpaceCamera(ThreeDCamera):
    """Draws the same as manim's ThreeDCamera. `look_at` is called with the shapes of a frame before they are drawn."""

    def __init__(self, **kwargs: Any) -> None:
        self._shades: dict[tuple[int, str], tuple[tuple[bytes, ...], Any]] = {}
        self._middles: dict[int, tuple[bytes, Any]] = {}
        self._projected: dict[int, Any] = {}
        super().__init__(**kwargs)

    @property
    def orientation(self) -> tuple[float, ...]:
        """All that decides where a point is drawn."""
        trackers = (float(each.get_value()) for each in self.get_value_trackers())
        return (*trackers, *map(float, self.frame_center), float(self.exponential_projection))

    def get_mobjects_to_display(self, *args: Any, **kwargs: Any) -> list[Mobject]:
        """List what is drawn, from the farthest to the nearest."""
        self.reset_rotation_matrix()
        shown: list[Mobject] = Camera.get_mobjects_to_display(self, *args, **kwargs)
        depths = np.full(len(shown), np.inf)
        placed = [index for index, each in enumerate(shown) if getattr(each, "shade_in_3d", False)]
        if placed:
            groups: dict[int, Any] = {}
            middles = np.array([self._find_middle(shown[index], groups) for index in placed])
            depths[placed] = np.dot(middles, self.get_rotation_matrix().T)[:, 2]
        return [shown[index] for index in np.argsort(depths, kind="stable")]

    def look_at(self, shown: Sequence[Any]) -> None:
        """Project the points of all shapes of a frame together."""
        free = [each for each in shown if not self.is_fixed(each)]
        self._projected = {}
        points = np.concatenate([each.points for each in free]) if free else np.zeros((0, 3))
        if np.isfinite(points).all():  # else manim puts a shape aside, one by one
            projected = self.project_points(points)
            start = 0
            for each in free:
                stop = start + len(each.points)
                self._projected[id(each)] = projected[start:stop]
                start = stop
        kept = set(map(id, shown))
        self._shades = {key: found for key, found in self._shades.items() if key[0] in kept}
        self._middles = {key: found for key, found in self._middles.items() if key in kept}

    def find_points(self, shape: Any) -> Any:
        """Return the points at which a shape of this frame is drawn."""
        found = self._projected.get(id(shape))
        return self.transform_points_pre_display(shape, shape.points) if found is None else found

    def find_gradient(self, shape: Any) -> Any:
        """Return the two points, as drawn, between which the colours of a shape change."""
        found = self._projected.get(id(shape))
        if found is None or not shape.shade_in_3d:
            return self.transform_points_pre_display(shape, shape.get_gradient_start_and_end_points())
        return found[0], found[(len(found) - 1) // 6 * 3]  # the corners that manim takes

    def get_fill_rgbas(self, vmobject: VMobject) -> Any:
        """Return the shaded colours of a fill."""
        return self._shade(vmobject, vmobject.get_fill_rgbas(), "fill")

    def get_stroke_rgbas(self, vmobject: VMobject, background: bool = False) -> Any:
        """Return the shaded colours of a stroke."""
        return self._shade(vmobject, vmobject.get_stroke_rgbas(background), "behind" if background else "stroke")

    def is_fixed(self, shape: Any) -> bool:
        """Return whether a shape keeps its place or its orientation on the frame."""
        return shape in self.fixed_in_frame_mobjects or shape in self.fixed_orientation_mobjects

    def _shade(self, shape: Any, rgbas: Any, kind: str) -> Any:
        if not self.should_apply_shading or not shape.shade_in_3d or not len(shape.points):
            return rgbas
        key = (shape.points.tobytes(), rgbas.tobytes(), self.light_source.points.tobytes())
        kept = self._shades.get((id(shape), kind))
        if kept is None or kept[0] != key:
            kept = self._shades[id(shape), kind] = (key, self.modified_rgbas(shape, rgbas))
        return kept[1]

    def _find_middle(self, shape: Any, groups: dict[int, Any]) -> Any:
        """Find the point by which a shape is sorted: the middle of its group, or its own."""
        group = getattr(shape, "z_index_group", shape)
        if group is not shape or shape.submobjects:
            if id(group) not in groups:
                groups[id(group)] = group.get_center()
            return groups[id(group)]
        key = shape.points.tobytes()
        kept = self._middles.get(id(shape))
        if kept is None or kept[0] != key:
            kept = self._middles[id(shape)] = (key, shape.get_center())
        return kept[1]
