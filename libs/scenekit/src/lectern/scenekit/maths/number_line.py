# mypy: disallow-subclassing-any=False
"""A number line on which one counts in jumps."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import DOWN, UP, Animation, ArcBetweenPoints, Create, Dot, FadeIn, Line, Triangle, VGroup

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import Area, frame
from lectern.scenekit.motion import appear
from lectern.scenekit.parametric import Enter, Join, Parametric
from lectern.scenekit.style import theme
from lectern.scenekit.ticks import choose_ticks_between, format_number

NUMBER_ROOM = 0.9
"""Units of the line for each of its numbers."""


class CountingLine(VGroup):
    """A number line: `n = CountingLine(0, 10)`; `n.jump(2, 5, "+3")` is an arc to play, `n.mark(4)` a dot that
    `.slide(7)` moves, `n.at(3)` a point. `self.play(n.reveal())`."""

    def __init__(self, low: float = 0, high: float = 10, step: float | None = None, area: Area | None = None) -> None:
        super().__init__()
        if not low < high:
            raise ValueError(f"CountingLine({low}, {high}): the first number must be below the second")
        area = frame.body if area is None else area
        self.low, self.high = float(low), float(high)
        middle = area.center
        half = area.width / 2 - 0.4
        self.line = Line([middle[0] - half, middle[1], 0], [middle[0] + half, middle[1], 0], color=theme.muted)
        self.add(self.line)
        count = int(half * 2 / NUMBER_ROOM)
        marks = (
            choose_ticks_between(self.low, self.high, min(count, 12))
            if step is None
            else [float(each) for each in np.arange(low, high + step / 2, step)]
        )
        self.ticks, self.numbers = VGroup(), VGroup()
        for each in marks:
            point = self.at(each)
            self.ticks.add(Line(point - 0.12 * UP, point + 0.12 * UP, color=theme.muted, stroke_width=3))
            words = Label(format_number(each), size=theme.label)
            self.numbers.add(words.next_to(point, DOWN, buff=0.28))
        self.add(self.ticks, self.numbers)

    def at(self, number: float) -> Any:
        """The point of a number."""
        start, end = self.line.points[0], self.line.points[-1]
        return start + (number - self.low) / (self.high - self.low) * (end - start)

    def mark(self, number: float, color: Any = None) -> LineMark:
        """A dot on the line."""
        return LineMark(self, number, theme.accent if color is None else color)

    def jump(self, start: float, end: float, text: str = "", color: Any = None) -> Animation:
        """An arc from one number to another is drawn, with `text` above it."""
        color = theme.primary if color is None else color
        one, other = self.at(start) + 0.16 * UP, self.at(end) + 0.16 * UP
        arc = ArcBetweenPoints(one, other, angle=-np.pi * 0.7 if end > start else np.pi * 0.7, color=color)
        arc.set_stroke(width=6)
        tip = Triangle(color=color, fill_opacity=1, stroke_width=0).scale(0.13)
        tip.rotate(np.pi).rotate(0.5 if end > start else -0.5).move_to(other + 0.05 * UP)
        parts = VGroup(arc, tip)
        shown: list[Animation] = [Create(arc, run_time=0.9), FadeIn(tip, run_time=0.9)]
        if text:
            parts.add(Label(text, color=color).next_to(arc, UP, buff=0.12))
            shown.append(appear(parts[2], run_time=0.9))
        return Join(self, parts, *shown)

    def reveal(self) -> Animation:
        """The line is drawn, and its numbers appear."""
        return Enter(self, Create(self.line, run_time=0.8), Create(self.ticks, run_time=0.8), appear(self.numbers))


class LineMark(Parametric):
    """A dot on a counting line. `number` is where, and its `value`."""

    def __init__(self, line: CountingLine, number: float, color: Any) -> None:
        super().__init__()
        self.counting, self.number = line, number
        self.dot = Dot(radius=0.16, color=color)
        self.add(self.dot)
        self.redraw()

    @property
    def value(self) -> float:
        """The number at which the dot stands."""
        return self.number

    def slide(self, number: float, run_time: float = 1.2) -> Animation:
        """The dot glides along the line."""
        return self.change(run_time, number=number)

    def redraw(self) -> None:
        self.dot.move_to(self.counting.at(self.number))

    def reveal(self) -> Animation:
        """The dot grows."""
        return Join(self.counting, self, FadeIn(self.dot, scale=0.3, run_time=0.5))
