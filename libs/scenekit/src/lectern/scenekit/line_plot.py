# mypy: disallow-subclassing-any=False
"""Lines that are drawn at the pace of the words, each with its name and its value at its end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, Animation, AnimationGroup, Circle, Line, VGroup, VMobject
from manim.utils.rate_functions import ease_in_out_sine

from .fitted_text import fit_texts
from .growing import Ripple, Show
from .labels import Label
from .moments import place_to_scale, read_moments
from .number import Number
from .style import theme
from .ticks import choose_ticks, format_number

TIP = 0.12
LINE_WIDTH = 6
SHORTEST_NAME = 2.4
"""Units kept free for names and values at the lines' ends, at least."""


class LinePlot(VGroup):
    """The lines of a chart in a box of `width` by `height` units, with round numbers at the axis."""

    def __init__(
        self,
        names: Sequence[str],
        numbers: Sequence[Sequence[float]],
        series: Sequence[str],
        *,
        unit: str,
        colors: Sequence[Any],
        width: float,
        height: float,
    ) -> None:
        super().__init__()
        ticks = choose_ticks([each for values in numbers for each in values])
        self.low, self.high = ticks[0], ticks[-1]
        marks = [Label(format_number(tick, unit), size=theme.small, color=theme.muted) for tick in ticks]
        left = max(mark.width for mark in marks) + 0.25
        self.tags = VGroup(
            *(
                Tag(
                    series[column] if column < len(series) else "",
                    self._decimals(numbers, column),
                    unit,
                    colors[column],
                )
                for column in range(max(map(len, numbers)))
            )
        )
        right = max([tag.width for tag in self.tags]) + 0.4
        self.plot_width, self.plot_height = width - left - right, height - 0.75
        shares = self._place_rows(names)
        self.rows = [share * self.plot_width for share in shares]
        self.grid, self.axis = VGroup(), VGroup()
        for tick, mark in zip(ticks, marks, strict=True):
            y = self._height_of(tick)
            line = Line([0, y, 0], [self.plot_width, y, 0], stroke_width=3 if tick == 0 else 1.4)
            self.grid.add(line.set_color(theme.muted if tick == 0 else theme.border))
            self.axis.add(mark.next_to(line, LEFT, buff=0.2))
        self._name_rows(names)
        self.frame_line = Line([0, self._height_of(self.low), 0], [self.plot_width, self._height_of(self.low), 0])
        self.frame_line.set_stroke(width=0, opacity=0)
        self.unit_line = Line([0, self._height_of(self.low), 0], [0, self._height_of(self.high), 0], stroke_width=0)
        self.unit_line.set_stroke(opacity=0)
        self.curves = [
            Curve([values[column] for values in numbers if column < len(values)]) for column in range(len(self.tags))
        ]
        self.lines = VGroup(
            *(VMobject(stroke_width=LINE_WIDTH, color=color, fill_opacity=0) for color in colors[: len(self.curves)])
        )
        self.tips = VGroup(*(_draw_tip(color) for color in colors[: len(self.curves)]))
        self.dots: dict[tuple[int, int], Any] = {}
        self.stops = VGroup()
        for column, curve in enumerate(self.curves):
            for row, value in enumerate(curve.values):
                dot = _draw_tip(colors[column]).scale(0.75).move_to([self.rows[row], self._height_of(value), 0])
                self.dots[row, column] = dot
                self.stops.add(dot)
        self.drawn = float(len(names) - 1)
        self.ground = VGroup(self.grid, self.axis, self.frame_line, self.unit_line)
        self.add(self.ground, self.lines, self.stops, self.tips, self.tags)
        self._draw(self.drawn)
        self.started = False

    def reveal(self, row: int | None, run_time: float = 2.0) -> Animation:
        """The lines are drawn as far as row `row`, or to the end; their names and values go along."""
        goal = float(len(self.rows) - 1 if row is None else row)
        start = self.drawn if self.started else 0.0
        self.started, self.drawn = True, goal
        passed = [dot for (number, _), dot in self.dots.items() if start - 1e-6 <= number <= goal]
        things = VGroup(self.frame_line, self.unit_line, self.lines, VGroup(*passed), self.tips, self.tags)
        return Show(
            things, lambda share: self._draw(start + (goal - start) * share), run_time=run_time,
            rate_func=ease_in_out_sine,
        )  # fmt: skip

    def point_out(self, row: int, column: int) -> Animation:
        """Ripple at a point, in the colour of its series."""
        dot = self.dots[row, column]
        return AnimationGroup(Ripple(dot.get_center, self.lines[column].get_stroke_color(), run_time=1.4))

    def _draw(self, until: float) -> None:
        """Draw the lines as far as row `until`, which may lie between two rows."""
        whole = int(np.floor(until + 1e-9))
        ends = []
        for column, curve in enumerate(self.curves):
            last = min(until, len(curve.values) - 1)
            corners = [self._point(row, curve.value_at(row)) for row in range(min(whole, len(curve.values) - 1) + 1)]
            end = self._point(last, curve.value_at(last))
            self.lines[column].set_points_as_corners(
                [*corners, end] if last > len(corners) - 1 else [*corners, corners[-1]]
            )
            self.tips[column].move_to(end)
            self.tags[column].value = curve.value_at(last)
            ends.append(end)
        for (row, _), dot in self.dots.items():
            dot.set_opacity(1.0 if row <= until + 1e-6 else 0.0)
        self._place_tags(ends)

    def _place_tags(self, ends: Sequence[Any]) -> None:
        """Put names beside the lines' ends, apart from each other."""
        order = sorted(range(len(ends)), key=lambda column: ends[column][1])
        heights = [float(ends[column][1]) for column in order]
        step = max((tag.height for tag in self.tags), default=0.0) + 0.12
        floor = self.unit_line.get_start()[1] + step / 2 + 0.12
        for place in range(len(heights)):
            heights[place] = max(heights[place], floor if place == 0 else heights[place - 1] + step)
        for column, height in zip(order, heights, strict=True):
            tag = self.tags[column]
            tag.shift([ends[column][0] + 0.3 - tag.get_left()[0], height - tag.get_y(), 0])

    def _point(self, row: float, value: float) -> Any:
        start, end = self.frame_line.get_start_and_end()
        low, high = self.unit_line.get_start_and_end()
        place = float(np.interp(row, range(len(self.rows)), self.rows)) / max(self.plot_width, 1e-9)
        share = (value - self.low) / (self.high - self.low)
        return start + (end - start) * place + (high - low) * share

    def _height_of(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low) * self.plot_height

    def _place_rows(self, names: Sequence[str]) -> list[float]:
        """Return where each row lies, as a share of the width: to scale where the names are dates."""
        if len(names) < 2:
            return [0.5] * len(names)
        values = read_moments(names) or list(range(len(names)))
        return [place * 0.96 + 0.02 for place in place_to_scale(values, 1.0, 0.05)]

    def _name_rows(self, names: Sequence[str]) -> None:
        gaps = [b - a for a, b in pairwise(self.rows)]
        room = max(0.9, min(gaps, default=self.plot_width) * 0.95)
        free = -1e9
        for x, label in zip(self.rows, fit_texts(names, size=theme.small, width=room, color=theme.muted), strict=True):
            label.move_to([x, self._height_of(self.low) - 0.2, 0], aligned_edge=-DOWN)
            if label.get_left()[0] >= free:
                self.axis.add(label)
                free = label.get_right()[0] + 0.15

    def _decimals(self, numbers: Sequence[Sequence[float]], column: int) -> int:
        texts = [format_number(values[column]) for values in numbers if column < len(values)]
        return min(2, max((len(text.partition(".")[2]) for text in texts if "e" not in text), default=0))


class Curve:
    """The values of one series."""

    def __init__(self, values: Sequence[float]) -> None:
        self.values = list(values)

    def value_at(self, row: float) -> float:
        """Return the value at a row, or between two."""
        return float(np.interp(row, range(len(self.values)), self.values))


class Tag(VGroup):
    """A series' name and its value now, beside the end of its line."""

    def __init__(self, name: str, decimals: int, unit: str, color: Any) -> None:
        super().__init__()
        self.value = 0.0
        self.number = Number(lambda: self.value, decimals, unit, theme.label, color)
        self.words = Label(name, size=theme.label, weight="SEMIBOLD", color=color) if name.strip() else None
        if self.words is not None:
            self.add(self.words)
            self.number.next_to(self.words, RIGHT, buff=0.2)
            self.number.shift([0, self.words.get_y() - self.number.get_y(), 0])
        self.add(self.number)
        for part in self.family_members_with_points():  # lines of the grid pass behind it
            part.set_stroke(theme.background, width=8, background=True)


def _draw_tip(color: Any) -> Circle:
    return Circle(radius=TIP, stroke_width=3, stroke_color=theme.background).set_fill(color, opacity=1)
