# mypy: disallow-subclassing-any=False
"""What is drawn on a graph: curves with their names, points, areas, and live numbers that stay beside them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from manim import DOWN, LEFT, ORIGIN, RIGHT, UP, Animation, Create, Dot, FadeIn, Line, VGroup, VMobject
from manim.utils.rate_functions import ease_out_cubic

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import frame
from lectern.scenekit.motion import appear
from lectern.scenekit.number import Number
from lectern.scenekit.parametric import Join, Parametric
from lectern.scenekit.style import theme

if TYPE_CHECKING:
    from .graph import Graph

CURVE_WIDTH = 7
GUIDE_WIDTH = 2.5
PIECES = 48
"""Bézier pieces of a curve: few enough to be drawn fast, and smooth at any size of the frame."""
AREA_STEPS = 40
DOT_RADIUS = 0.13
ROOMY = 7.0
"""Units of a plot's width from which its live numbers are large."""


class Curve(VGroup):
    """The curve of a function on a graph. `path` is its line; `label` its name, at its end."""

    def __init__(
        self, graph: Graph, f: Callable[[float], float], *, low: float, high: float, color: Any, name: str
    ) -> None:
        super().__init__()
        self.graph, self.f, self.name, self.low, self.high = graph, f, name, low, high
        self.color_ = theme.series[len(graph.curves) % 6] if color is None else color
        self.path = VMobject(stroke_width=CURVE_WIDTH, color=self.color_)
        draw_function(self.path, graph, f, low, high)
        self.add(self.path)
        self.label = Label(name, color=self.color_) if name else None
        if self.label is not None:
            self._place_name(self.label)
            self.add(self.label)

    def height(self, x: float) -> float:
        """Return the function's value at x. Raises ValueError where it has none."""
        value = float(self.f(x))
        if not math.isfinite(value):
            raise ValueError(f"the curve {self.name!r} has no value at x={x:g}")
        return value

    def steepness(self, x: float) -> float:
        """Return the slope at x, by central differences."""
        step = 1e-4 * (self.graph.x_high - self.graph.x_low)
        return (float(self.f(x + step)) - float(self.f(x - step))) / (2 * step)

    def reveal(self, run_time: float = 1.6) -> Animation:
        """The curve is drawn, and its name appears at its end."""
        parts: list[Animation] = [Create(self.path, run_time=run_time, rate_func=ease_out_cubic)]
        if self.label is not None:
            parts.append(appear(self.label, run_time=run_time))
        return Join(self.graph, self, *parts)

    def _place_name(self, label: Label) -> None:
        """Put the name beside the end of the line, where it is free of all curves and inside the frame."""
        end = self.path.points[-1] if len(self.path.points) else self.graph.at(self.low, self.graph.y_low)
        own = np.concatenate(
            [each.path.points[::3, :2] for each in [*self.graph.curves, self] if len(each.path.points)]
        )
        left, bottom, _, top = self.graph.box
        for direction in (RIGHT, LEFT + UP, LEFT + DOWN, UP, DOWN, LEFT, RIGHT + UP, RIGHT + DOWN):
            label.next_to(end, direction, buff=0.18)
            low, high = label.get_corner(DOWN + LEFT)[:2] - 0.12, label.get_corner(UP + RIGHT)[:2] + 0.12
            inside = high[0] < frame.safe.right + 0.13 and low[0] > left and low[1] > bottom and high[1] < top + 0.4
            if inside and not ((own > low) & (own < high)).all(axis=1).any():
                return
        label.next_to(end, UP + LEFT, buff=0.18)


class GraphPoint(Parametric):
    """A dot on a curve. `x` is where, `value` its height; `dot` the dot itself."""

    def __init__(self, graph: Graph, curve: Curve, x: float, *, color: Any, guides: bool) -> None:
        super().__init__()
        self.graph, self.curve, self.x = graph, curve, x
        self.color_ = theme.text if color is None else color
        self.dot = Dot(radius=DOT_RADIUS, color=self.color_)
        self.guides = VGroup()
        if guides:
            self.guides.add(*(Line(ORIGIN, RIGHT, color=theme.muted, stroke_width=GUIDE_WIDTH) for _ in range(2)))
        self.add(self.guides, self.dot)
        self.redraw()

    @property
    def value(self) -> float:
        """The curve's height."""
        return self.curve.height(self.x)

    def slide(self, x: float, run_time: float = 1.5) -> Animation:
        """The dot runs along its curve to x."""
        return self.change(run_time, x=x)

    def redraw(self) -> None:
        point = self.graph.at(self.x, self.value)
        self.dot.move_to(point)
        feet = (
            self.graph.at(self.x, min(max(0, self.graph.y_low), self.graph.y_high)),
            self.graph.at(min(max(0, self.graph.x_low), self.graph.x_high), self.value),
        )
        for line, foot in zip(self.guides, feet, strict=False):
            line.points = np.linspace(foot, point, 4)

    def reveal(self) -> Animation:
        """The dot grows, and its guides are drawn."""
        return Join(self.graph, self, FadeIn(self.dot, scale=0.3, run_time=0.5), *map(Create, self.guides))


class GraphArea(Parametric):
    """What lies between a curve and the x axis, from `a` to `b`; `value` is its measure, negative below the axis."""

    def __init__(self, graph: Graph, curve: Curve, a: float, b: float, *, color: Any) -> None:
        super().__init__()
        self.graph, self.curve, self.a, self.b = graph, curve, a, b
        self.color_ = curve.color_ if color is None else color
        self.shape = VMobject(stroke_width=0, fill_opacity=0.45, color=self.color_)
        self.add(self.shape)
        self.redraw()

    @property
    def value(self) -> float:
        """The integral from a to b, by Simpson's rule."""
        xs = np.linspace(self.a, self.b, 2 * AREA_STEPS + 1)
        heights = np.array([self.curve.height(float(x)) for x in xs])
        weights = np.array([1, *[4, 2] * (AREA_STEPS - 1), 4, 1])
        return float((heights * weights).sum() * (self.b - self.a) / (6 * AREA_STEPS))

    def slide(self, a: float, b: float, run_time: float = 1.5) -> Animation:
        """The area grows or shrinks to the one from a to b."""
        return self.change(run_time, a=a, b=b)

    def redraw(self) -> None:
        graph = self.graph
        floor = min(max(0.0, graph.y_low), graph.y_high)
        xs = np.linspace(self.a, self.b, AREA_STEPS + 1)
        heights = np.clip([self.curve.height(float(x)) for x in xs], graph.y_low, graph.y_high)
        edge = [graph.at(float(x), float(y)) for x, y in zip(xs, heights, strict=True)]
        self.shape.set_points_as_corners([graph.at(self.a, floor), *edge, graph.at(self.b, floor)]).close_path()

    def reveal(self, run_time: float = 1.5) -> Animation:
        """The area is filled from a to b."""
        end, self.b = self.b, self.a + 1e-6 * (self.b - self.a)
        self.redraw()
        return Join(self.graph, self, self.slide(self.a, end, run_time), behind=True)


class Readout(VGroup):
    """A live number with its name, which stays beside what it measures."""

    def __init__(self, graph: Graph, of: Any, name: str, *, unit: str, decimals: int) -> None:
        super().__init__()
        if not hasattr(of, "value"):
            raise ValueError("g.readout(...) is for a secant, a tangent, a point or an area of the graph")
        self.graph, self.of = graph, of
        size = theme.heading if graph.box[2] - graph.box[0] > ROOMY else theme.label
        color = theme.text if isinstance(of, GraphArea) else of.color_  # on its own fill it would not be read
        self.number = Number(lambda: of.value, decimals=decimals, unit=unit, color=color, size=size)
        self.add(self.number)
        if name:
            self.label = Label(name, color=color)
            self.add(self.label.next_to(self.number, LEFT, buff=0.2))
        self._follow()
        self.add_updater(lambda me: me._follow() if me is self else None)

    def reveal(self) -> Animation:
        """The number and its name appear."""
        return Join(self.graph, self, appear(self))

    def find_screen_anchor(self) -> Any:
        """The point around which the readout keeps its size, and its distance, on the screen: that of its thing."""
        return find_side(self.of)[0]

    def _follow(self) -> None:
        """Stand beside the thing, inside the plot; where it belongs is for the thing to say."""
        place, away = find_side(self.of)
        left, bottom, right, top = self.graph.box
        half = np.array([self.width / 2, self.height / 2, 0.0])
        reach = float(np.abs(away) @ half) + 0.3
        middle = place + reach * away
        x = min(max(middle[0], left + half[0] + 0.25), right - half[0])
        y = min(max(middle[1], bottom + half[1] + 0.25), top - half[1])
        if y < middle[1] and away[0] < 0:  # the top is in the way: it goes aside instead
            x = max(left + half[0] + 0.25, min(x, place[0] - half[0] - 0.35))
        self.shift(np.array([x, y, 0.0]) - self.get_center())


def find_side(thing: Any) -> tuple[Any, Any]:
    """Return a point of a line, a dot or an area of a graph, and the direction (length 1) in which there is room."""
    graph = thing.graph
    if isinstance(thing, GraphArea):
        middle = (thing.a + thing.b) / 2
        floor = min(max(0.0, graph.y_low), graph.y_high)
        return graph.at(middle, (thing.curve.height(middle) + floor) / 2), ORIGIN
    first, last = (thing.x, thing.x) if isinstance(thing, GraphPoint) else (thing.a, thing.b)
    middle = (first + last) / 2
    slope = thing.curve.steepness(first) if isinstance(thing, GraphPoint) else thing.value
    along = graph.at(1.0, slope) - graph.at(0.0, 0.0)
    along = along / np.linalg.norm(along)
    step = 0.02 * (graph.x_high - graph.x_low)
    bend = thing.curve.steepness(middle + step) - thing.curve.steepness(middle - step)
    away = np.array([-along[1], along[0], 0.0]) * (1 if bend >= 0 else -1)
    height = thing.curve.height(first)
    return graph.at(middle, height + slope * (middle - first)), away


def draw_function(path: VMobject, graph: Graph, f: Callable[[float], float], low: float, high: float) -> None:
    """Set the points of `path` to the part of `f` that lies within the plot, as Bézier pieces with its slopes."""
    xs = np.linspace(low, high, PIECES + 1)
    step = (high - low) / PIECES
    margin = 1e-6 * (graph.y_high - graph.y_low)

    def evaluate(x: float) -> float:
        try:
            return float(f(float(min(max(x, low), high))))
        except (ArithmeticError, ValueError):
            return math.nan

    ys = np.array([evaluate(x) for x in xs])
    tiny = step * 1e-3
    slopes = np.array(
        [(evaluate(x + tiny) - evaluate(x - tiny)) / (min(x + tiny, high) - max(x - tiny, low)) for x in xs]
    )
    inside = np.isfinite(ys) & np.isfinite(slopes) & (ys >= graph.y_low - margin) & (ys <= graph.y_high + margin)
    points: list[Any] = []
    for index in range(PIECES):
        if not (inside[index] and inside[index + 1]):
            piece = _cut_piece(evaluate, xs[index], xs[index + 1], graph, inside[index], inside[index + 1])
            points += [graph.at(x, y) for x, y in piece]
            continue
        (x, y), (end_x, end_y) = (xs[index], ys[index]), (xs[index + 1], ys[index + 1])
        points.append(graph.at(x, y))
        points.append(graph.at(x + step / 3, y + slopes[index] * step / 3))
        points.append(graph.at(end_x - step / 3, end_y - slopes[index + 1] * step / 3))
        points.append(graph.at(end_x, end_y))
    path.points = np.array(points) if points else np.zeros((0, 3))


def _cut_piece(
    evaluate: Callable[[float], float], x: float, end: float, graph: Graph, begins: bool, ends: bool
) -> list[tuple[float, float]]:
    """Return the straight piece of a curve up to where it leaves the plot, or from where it comes in."""
    if begins == ends:
        return []
    inner, outer = (x, end) if begins else (end, x)
    for _ in range(24):
        middle = (inner + outer) / 2
        value = evaluate(middle)
        if math.isfinite(value) and graph.y_low <= value <= graph.y_high:
            inner = middle
        else:
            outer = middle
    first, last = (x, inner) if begins else (inner, end)
    if abs(last - first) < 1e-9:
        return []
    third = (last - first) / 3
    return [(each, evaluate(each)) for each in (first, first + third, last - third, last)]
