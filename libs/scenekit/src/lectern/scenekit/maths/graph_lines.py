# mypy: disallow-subclassing-any=False
"""Secants and tangents: a line through two points of a curve, which may meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from manim import Animation, Create, Dot, FadeIn, Line

from lectern.scenekit.parametric import Join, Parametric
from lectern.scenekit.style import theme

from .graph_marks import DOT_RADIUS, Curve

if TYPE_CHECKING:
    from .graph import Graph

LINE_WIDTH = 6
REACH = 1.9
"""Units of the frame by which the line goes on beyond its points."""
SAME = 1e-4
"""Share of the x axis: nearer points are one, and the line is the tangent."""


class GraphLine(Parametric):
    """The line through a curve's points at `a` and `b`, or its tangent where they meet. `slope` is its slope."""

    def __init__(self, graph: Graph, curve: Curve, a: float, b: float, *, color: Any) -> None:
        super().__init__()
        self.graph, self.curve, self.a, self.b = graph, curve, a, b
        self.color_ = theme.good if color is None else color
        self.line = Line(stroke_width=LINE_WIDTH, color=self.color_)
        self.first, self.second = (Dot(radius=DOT_RADIUS, color=theme.text) for _ in range(2))
        self.add(self.line, self.first, self.second)
        self.redraw()

    @property
    def slope(self) -> float:
        """How steep the line is, in the units of the axes."""
        if abs(self.b - self.a) < SAME * (self.graph.x_high - self.graph.x_low):
            return self.curve.steepness(self.a)
        return (self.curve.height(self.b) - self.curve.height(self.a)) / (self.b - self.a)

    value = slope

    def slide(self, a: float, b: float | None = None, run_time: float = 2.0) -> Animation:
        """The points run along the curve to a and b, and the line turns with them; `slide(x)` brings both to x."""
        return self.change(run_time, a=a, b=a if b is None else b)

    def redraw(self) -> None:
        graph, slope = self.graph, self.slope
        height = self.curve.height(self.a)
        one, other = graph.at(self.a, height), graph.at(self.b, height + slope * (self.b - self.a))
        self.first.move_to(one)
        self.second.move_to(other)
        along = graph.at(1.0, slope) - graph.at(0.0, 0.0)
        along = along / np.linalg.norm(along)
        low, high = (one, other) if self.a <= self.b else (other, one)
        self.line.points = np.linspace(*cut_to_box(low - REACH * along, high + REACH * along, graph.box), 4)

    def reveal(self) -> Animation:
        """The points appear, and the line is drawn through them."""
        dots = (FadeIn(each, scale=0.3, run_time=0.5) for each in (self.first, self.second))
        return Join(self.graph, self, Create(self.line, run_time=1.0), *dots)


def cut_to_box(start: Any, end: Any, box: tuple[float, float, float, float]) -> tuple[Any, Any]:
    """Return the part of a line that lies within a box, by Liang and Barsky's method; the line itself if none does."""
    first, last = 0.0, 1.0
    for axis in range(2):
        step = end[axis] - start[axis]
        if abs(step) < 1e-9:
            continue
        near, far = sorted(((box[axis] - start[axis]) / step, (box[axis + 2] - start[axis]) / step))
        first, last = max(first, near), min(last, far)
    return (start, end) if first >= last else (start + first * (end - start), start + last * (end - start))
