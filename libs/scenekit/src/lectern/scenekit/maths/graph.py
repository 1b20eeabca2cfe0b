# mypy: disallow-subclassing-any=False
"""Graphs: axes with names and numbers that fill their area, and what is drawn on them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Animation, Create, Line, VGroup

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import Area, frame
from lectern.scenekit.motion import appear
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.parametric import Enter
from lectern.scenekit.style import theme
from lectern.scenekit.ticks import choose_ticks_between, format_number

from .graph_lines import GraphLine
from .graph_marks import Curve, GraphArea, GraphPoint, Readout

AXIS_WIDTH = 4
TICK = 0.09
"""Half the length of a tick mark, in units."""
X_TICK_ROOM, Y_TICK_ROOM = 1.35, 1.05
"""Units of an axis for each of its numbers."""


class Graph(VGroup):
    """Axes with names and numbers: `g = Graph(x="time (s)", y="distance (m)", x_range=(0, 10), y_range=(0, 100))`.

    It fills `area` (default the body). `c = g.curve(lambda t: t * t, name="car")`, `line = g.secant(3, 8)`,
    `self.play(line.reveal(), g.readout(line, "slope").reveal())`, `self.play(line.slide(3, 3))`. What was revealed
    belongs to `g`: it moves and is carried with it. `g["car"]` is the curve of that name.
    """

    def __init__(
        self,
        x: str = "",
        y: str = "",
        x_range: Sequence[float] = (0, 10),
        y_range: Sequence[float] = (0, 10),
        area: Area | None = None,
        *,
        numbers: bool = True,
        **kwargs: Any,
    ) -> None:
        if not isinstance(x, str):
            raise TypeError(
                'Graph(x="time (s)", y="distance (m)") draws curves; for vertices and edges import Graph from manim'
            )
        super().__init__(**kwargs)
        self.x_low, self.x_high = check_range("x_range", x_range)
        self.y_low, self.y_high = check_range("y_range", y_range)
        self.curves: list[Curve] = []
        self.names = VGroup(
            Label(y, size=theme.label, color=theme.muted), Label(x, size=theme.label, color=theme.muted)
        )
        self.numbers = VGroup()
        self._build_axes(frame.body if area is None else area, bool(x), bool(y), numbers)
        self.add(self.axes, self.ticks, self.numbers, *(name for name in self.names if name.text))

    def at(self, x: float, y: float) -> Any:
        """The point of the frame at (x, y)."""
        origin, right, top = self._corners()
        across = (x - self.x_low) / (self.x_high - self.x_low)
        up = (y - self.y_low) / (self.y_high - self.y_low)
        return origin + across * (right - origin) + up * (top - origin)

    def curve(
        self,
        f: Callable[[float], float],
        color: Any = None,
        name: str = "",
        x_range: Sequence[float] | None = None,
    ) -> Curve:
        """The curve of `f`, with its name at its end; `c.path` is its line."""
        low, high = (self.x_low, self.x_high) if x_range is None else check_range("x_range", x_range)
        drawn = Curve(self, f, low=max(low, self.x_low), high=min(high, self.x_high), color=color, name=name)
        self.curves.append(drawn)
        return drawn

    def point(self, x: float, curve: Any = None, color: Any = None, guides: bool = False) -> GraphPoint:
        """A dot on a curve (the last one, or by name), `guides` to the axes; `p.slide(x)`."""
        return GraphPoint(self, self._find_curve(curve), x, color=color, guides=guides)

    def secant(self, a: float, b: float, curve: Any = None, color: Any = None) -> GraphLine:
        """The line through two points of a curve; `.slide(a, b)`, `.slope`, dots `.first`, `.second`."""
        return GraphLine(self, self._find_curve(curve), a, b, color=color)

    def tangent(self, x: float, curve: Any = None, color: Any = None) -> GraphLine:
        """The line that touches a curve at x; `.slide(x)`, `.slope`."""
        return GraphLine(self, self._find_curve(curve), x, x, color=color)

    def area(self, a: float, b: float, curve: Any = None, color: Any = None) -> GraphArea:
        """What lies between a curve and the x axis; `.slide(a, b)`, `.value`."""
        return GraphArea(self, self._find_curve(curve), a, b, color=color)

    def readout(self, of: Any, name: str = "", unit: str = "", decimals: int = 1) -> Readout:
        """A live number that stays beside a line, a point or an area."""
        return Readout(self, of, name, unit=unit, decimals=decimals)

    def reveal(self) -> Animation:
        """The axes are drawn, then their numbers and names appear."""
        words = [appear(each, run_time=0.8) for each in (self.numbers, *self.names) if each in self and len(each)]
        drawn = (Create(each, run_time=0.8, lag_ratio=0) for each in (self.axes, self.ticks))
        return Enter(self, *drawn, *words)

    def __getitem__(self, key: Any) -> Any:
        return self._find_curve(key) if isinstance(key, str) else super().__getitem__(key)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The plot without its numbers and names: left, bottom, right, top."""
        origin, right, top = self._corners()
        return float(origin[0]), float(origin[1]), float(right[0]), float(top[1])

    def _find_curve(self, curve: Any) -> Curve:
        if isinstance(curve, Curve):
            return curve
        if isinstance(curve, str):
            found = next((each for each in self.curves if each.name == curve), None)
            if found is None:
                raise refuse_name("curve", curve, [each.name for each in self.curves if each.name])
            return found
        if not self.curves:
            raise ValueError("the graph has no curve yet: c = g.curve(lambda x: x * x)")
        return self.curves[-1]

    def _corners(self) -> tuple[Any, Any, Any]:
        """Return the points of the plot's lower left corner, its lower right one and its upper left one."""
        return self._frame[0].points[0], self._frame[0].points[-1], self._frame[1].points[-1]

    def _build_axes(self, area: Area, has_x: bool, has_y: bool, numbers: bool) -> None:
        xs = choose_ticks_between(self.x_low, self.x_high, max(2, int(area.width / X_TICK_ROOM)))
        ys = choose_ticks_between(self.y_low, self.y_high, max(2, int(area.height / Y_TICK_ROOM)))
        texts = [[_set_number(value) for value in values] if numbers else [] for values in (xs, ys)]
        wide, high = (max((getattr(each, side) for each in some), default=0.0) for some, side in zip(
            reversed(texts), ("width", "height"), strict=True
        ))  # fmt: skip
        y_name, x_name = self.names
        left = area.left + (wide + 0.35 if numbers else 0.1)
        bottom = area.bottom + (high + 0.3 if numbers else 0.1) + (x_name.height + 0.2 if has_x else 0.0)
        top = area.top - (y_name.height + 0.3 if has_y else 0.1)
        right = area.right - 0.3
        corner, end, above = np.array([left, bottom, 0.0]), np.array([right, bottom, 0.0]), np.array([left, top, 0.0])
        # two invisible lines span the plot: they tell where it is after it was moved or scaled
        self._frame = VGroup(*(Line(corner, each, stroke_width=0, stroke_opacity=0) for each in (end, above)))
        self.axes = VGroup()
        self.add(self._frame)
        zero_x, zero_y = (
            min(max(0.0, low), high) for low, high in ((self.x_low, self.x_high), (self.y_low, self.y_high))
        )
        style = {"stroke_width": AXIS_WIDTH, "color": theme.muted}
        self.axes.add(Line(self.at(self.x_low, zero_y), self.at(self.x_high, zero_y), **style))
        self.axes.add(Line(self.at(zero_x, self.y_low), self.at(zero_x, self.y_high), **style))
        self.ticks = VGroup()
        inside_x, inside_y = zero_x > self.x_low, zero_y > self.y_low
        for value, text in zip_longest(xs, texts[0]):
            self._add_tick(self.at(value, zero_y), UP, text, hidden=inside_x and value == 0)
        for value, text in zip_longest(ys, texts[1]):
            self._add_tick(self.at(zero_x, value), RIGHT, text, hidden=inside_y and value == 0)
        if has_x:
            x_name.move_to([right - x_name.width / 2, area.bottom + x_name.height / 2, 0])
        if has_y:
            x = max(area.left, float(self.at(zero_x, 0)[0]) - 0.35)
            y_name.move_to([min(x, area.right - y_name.width) + y_name.width / 2, area.top - y_name.height / 2, 0])

    def _add_tick(self, point: Any, direction: Any, text: Label | None, *, hidden: bool) -> None:
        if hidden:
            return
        self.ticks.add(Line(point - TICK * direction, point + TICK * direction, stroke_width=3, color=theme.muted))
        if text is not None:
            self.numbers.add(text.next_to(point, DOWN if direction is UP else LEFT, buff=0.2))


def check_range(name: str, numbers: Sequence[float]) -> tuple[float, float]:
    """Return (low, high) of a range. Raises ValueError unless both are finite and low is below high."""
    low, high = float(numbers[0]), float(numbers[1])
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"{name}={tuple(numbers)} is no range; write ({name}=(0, 10)), the lower number first")
    return low, high


def _set_number(value: float) -> Label:
    return Label(format_number(value), size=theme.small, color=theme.muted)
