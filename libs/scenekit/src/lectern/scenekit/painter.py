"""Painting one shape as manim's camera does, with fewer calls: nothing is asked twice, nothing invisible painted."""

from __future__ import annotations

from typing import Any

import cairo
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP, Camera

from .cairo_paths import PathAppender, PathData
from .photo import Photo
from .space_camera import SpaceCamera

Placing = tuple[float, float, float]
"""How a shape is drawn that keeps its size on the screen: each point times the first, plus the others."""


class Painter:
    """Paints shapes into contexts of one camera."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self._paths = PathAppender()

    def paint(
        self, context: Any, shape: Any, path: PathData | None, placing: Placing | None, line_width: float
    ) -> None:
        """Paint a shape with its path, or by manim's own way without one. `line_width` is that of a line of width 1."""
        camera = self.camera
        if path is None:
            camera.set_cairo_context_path(context, shape)
        else:
            context.new_path()
            self._append(context, path, placing)
        behind, width = shape.get_stroke_width(background=True), shape.get_stroke_width()
        if behind:
            self._stroke(context, shape, camera.get_stroke_rgbas(shape, background=True), behind * line_width)
        if isinstance(shape, Photo):
            shape.paint(context)
        elif self._set_source(context, shape, camera.get_fill_rgbas(shape)):
            context.fill_preserve()
        if width:
            self._stroke(context, shape, camera.get_stroke_rgbas(shape), width * line_width)

    def _append(self, context: Any, path: PathData, placing: Placing | None) -> None:
        if placing is None:
            self._paths.append(context, path)
            return
        context.save()  # the path is no part of what is restored
        context.translate(placing[1], placing[2])
        context.scale(placing[0], placing[0])
        self._paths.append(context, path)
        context.restore()

    def _stroke(self, context: Any, shape: Any, rgbas: Any, width: float) -> None:
        if self._set_source(context, shape, rgbas):
            context.set_line_width(width)
            context.set_line_join(LINE_JOIN_MAP[shape.joint_type])
            context.set_line_cap(CAP_STYLE_MAP[shape.cap_style])
            context.stroke_preserve()

    def _set_source(self, context: Any, shape: Any, rgbas: Any) -> bool:
        """Set the colours to paint with; return False for one that is not seen."""
        stops = rgbas.tolist()
        if all(alpha <= 0 for _, _, _, alpha in stops):
            return False
        if all(stop == stops[0] for stop in stops[1:]):
            red, green, blue, alpha = stops[0]
            context.set_source_rgba(blue, green, red, alpha)  # manim keeps red where cairo has blue
            return True
        if isinstance(self.camera, SpaceCamera):
            ends = self.camera.find_gradient(shape)
        else:
            ends = self.camera.transform_points_pre_display(shape, shape.get_gradient_start_and_end_points())
        (left, low), (right, high) = (point[:2] for point in ends)
        pattern = cairo.LinearGradient(left, low, right, high)
        for index, (red, green, blue, alpha) in enumerate(stops):
            pattern.add_color_stop_rgba(index / (len(stops) - 1), blue, green, red, alpha)
        context.set_source(pattern)
        return True
