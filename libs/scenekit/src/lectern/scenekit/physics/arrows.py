# mypy: disallow-subclassing-any=False
"""Arrows with components, and fields of arrows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from manim import DOWN, ORIGIN, RIGHT, UP, Animation, Create, FadeIn, Line, Polygon, VGroup, VMobject

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import Area, frame
from lectern.scenekit.motion import appear
from lectern.scenekit.parametric import Enter, Join, Parametric
from lectern.scenekit.style import theme

TIP, TIP_WIDTH = 0.34, 0.3
FIELD_TIP = 0.32
"""Share of an arrow of a field that its tip takes."""


class VectorArrow(Parametric):
    """An arrow that keeps its name: `v = VectorArrow((3, 2), "v", start=ORIGIN)`; `v.turn(x, y)` changes it, with its
    components if they are shown: `self.play(v.reveal(), v.components("v_x", "v_y"))`. `v.length`, `v.end`."""

    def __init__(
        self, vector: Sequence[float], name: str = "", start: Any = ORIGIN, color: Any = None, width: float = 7
    ) -> None:
        super().__init__()
        self.x, self.y = float(vector[0]), float(vector[1])
        color = theme.primary if color is None else color
        self.shaft = Line(ORIGIN, RIGHT, color=color, stroke_width=width)
        self.tip = Polygon(UP, RIGHT, DOWN, color=color, fill_opacity=1, stroke_width=0)
        self.add(self.shaft, self.tip)
        self.label = Label(name, color=color) if name else None
        if self.label is not None:
            self.add(self.label)
        self._name_side = 1.0
        self.parts: list[tuple[VectorArrow, bool]] = []
        self.shaft.points = np.linspace(start, start, 4)
        self.redraw()

    @property
    def start(self) -> Any:
        """Where the arrow begins."""
        return self.shaft.points[0]

    @property
    def end(self) -> Any:
        """The arrow's point."""
        return self.start + np.array([self.x, self.y, 0.0])

    @property
    def value(self) -> float:
        """Its length."""
        return float(np.hypot(self.x, self.y))

    length = value

    def turn(self, x: float, y: float, run_time: float = 1.5) -> Animation:
        """The arrow turns to another vector, and its components with it."""
        return self.change(run_time, x=x, y=y)

    def components(self, across: str = "", up: str = "", color: Any = None) -> Animation:
        """The parts along x and y are drawn, tip to tail."""
        color = theme.teal if color is None else color
        self.parts = [
            (VectorArrow((self.x, 0), across, self.start, color, width=5), True),
            (VectorArrow((0, self.y), up, self.start + self.x * RIGHT, color, width=5), False),
        ]
        outside = -1.0 if self.x * self.y >= 0 else 1.0
        for part, _ in self.parts:
            part._name_side = outside
            part.redraw()
        return Enter(self, *(Join(self, part, *part.reveal().animations) for part, _ in self.parts))

    def reveal(self) -> Enter:
        """The arrow is drawn, and its name appears."""
        shown = [Create(self.shaft, run_time=0.8), FadeIn(self.tip, run_time=0.8)]
        return Enter(self, *shown, *([appear(self.label, run_time=0.8)] if self.label is not None else []))

    def redraw(self) -> None:
        start, end = self.start.copy(), self.end
        length = max(self.value, 1e-6)
        way = np.array([self.x, self.y, 0.0]) / length
        side = np.array([-way[1], way[0], 0.0])
        tip = min(TIP, 0.6 * length)
        neck = end - tip * way
        self.shaft.points = np.linspace(start, neck, 4)
        half = TIP_WIDTH / 2 * tip / TIP
        self.tip.set_points_as_corners([neck + half * side, end, neck - half * side, neck + half * side])
        if self.label is not None:
            room = abs(side[0]) * self.label.width / 2 + abs(side[1]) * self.label.height / 2 + 0.2
            self.label.move_to((start + end) / 2 + self._name_side * side * room)
        for part, is_across in self.parts:
            part.shift((start if is_across else start + self.x * RIGHT) - part.start)
            part.x, part.y = (self.x, 0.0) if is_across else (0.0, self.y)
            part.redraw()


class ArrowField(VGroup):
    """Arrows all over an area that show a direction at each place: `ArrowField(lambda x, y: (-y, x))`. One cheap shape;
    long arrows are capped. `field.at(point)` is the vector there, as (x, y, 0)."""

    def __init__(
        self,
        f: Callable[[float, float], Sequence[float]],
        area: Area | None = None,
        color: Any = None,
        gap: float = 0.9,
    ) -> None:
        super().__init__()
        self.f = f
        area = frame.body if area is None else area
        self.arrows = VMobject(color=theme.teal if color is None else color, stroke_width=3.5)
        columns, rows = max(2, round(area.width / gap)), max(2, round(area.height / gap))
        places = [
            np.array([area.left + (i + 0.5) * area.width / columns, area.bottom + (j + 0.5) * area.height / rows, 0.0])
            for i in range(columns)
            for j in range(rows)
        ]
        vectors = np.array([self.at(place) for place in places])
        longest = float(np.percentile(np.linalg.norm(vectors, axis=1), 90)) or 1.0
        pieces: list[Any] = []
        for place, vector in zip(places, vectors, strict=True):
            size = float(np.linalg.norm(vector))
            if size > 1e-9:
                pieces += draw_small_arrow(place, vector / size * 0.82 * gap * min(1.0, max(0.25, size / longest)))
        self.arrows.points = np.concatenate(pieces) if pieces else np.zeros((0, 3))
        self.add(self.arrows)

    def at(self, point: Any) -> Any:
        """The vector of the field at a point; nothing where the function has no value."""
        try:
            x, y = self.f(float(point[0]), float(point[1]))
        except (ArithmeticError, ValueError):
            return np.zeros(3)
        vector = np.array([float(x), float(y), 0.0])
        return vector if np.isfinite(vector).all() else np.zeros(3)

    def reveal(self) -> Animation:
        """All arrows grow at once."""
        return Enter(self, Create(self.arrows, run_time=1.2))


def draw_small_arrow(middle: Any, vector: Any) -> list[Any]:
    """Return the Bézier pieces of an arrow of lines, centred on a point: a shaft and two short strokes."""
    start, end = middle - vector / 2, middle + vector / 2
    side = np.array([-vector[1], vector[0], 0.0])
    back = end - FIELD_TIP * vector
    return [
        np.linspace(one, other, 4)
        for one, other in ((start, end), (back + 0.5 * FIELD_TIP * side, end), (back - 0.5 * FIELD_TIP * side, end))
    ]
