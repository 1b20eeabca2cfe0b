# mypy: disallow-subclassing-any=False
"""Bar and line charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    Create,
    Dot,
    FadeIn,
    GrowFromCenter,
    GrowFromEdge,
    LaggedStart,
    Line,
    Rectangle,
    Square,
    VGroup,
    VMobject,
)
from manim.utils.rate_functions import ease_out_cubic

from .labels import Label
from .layout import frame, place
from .motion import appear
from .style import theme
from .ticks import choose_ticks, format_number


class Chart(VGroup):
    """Numbers as bars or a line: `Chart([("2010", 3.1), ("2020", 4.6)], title="Yield", unit="t")`.

    A row is (label, value), or (label, (value, value)) with `series=("wheat", "rice")`. `style` is "bar" or "line".
    At most 8 rows and 4 series. `self.play(chart.reveal())`; `chart.value("2020")` is a bar or dot to `focus`.
    """

    def __init__(
        self,
        rows: Sequence[tuple[str, Any]],
        style: str = "bar",
        series: Sequence[str] = (),
        title: str | None = None,
        unit: str = "",
        *,
        width: float | None = None,
        height: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not rows:
            raise ValueError('Chart needs at least one row: Chart([("2020", 4.6)])')
        if style not in ("bar", "line"):
            raise ValueError(f'Chart style {style!r} does not exist; use "bar" or "line"')
        self.names = [str(label) for label, _ in rows]
        self.numbers = [tuple(value) if isinstance(value, (tuple, list)) else (float(value),) for _, value in rows]
        for name, values in zip(self.names, self.numbers, strict=True):
            if not all(math.isfinite(value) for value in values):
                raise ValueError(f"Chart row {name!r} has the value {values}; use finite numbers")
        self.style, self.unit, self.series = style, unit, tuple(series)
        self.marks: dict[tuple[int, int], Any] = {}
        body = frame.body
        self.plot_width = (width or min(body.width, 11.0)) - 1.3
        self.plot_height = (height or min(body.height, 6.0)) - 0.9 - (0.8 if title else 0) - (0.6 if series else 0)
        ticks = choose_ticks([each for values in self.numbers for each in values])
        self.low, self.high = ticks[0], ticks[-1]
        self.grid, self.axis, self.values, self.lines = VGroup(), VGroup(), VGroup(), VGroup()
        self.heading = Label(title, size=theme.label, weight="SEMIBOLD") if title else None
        columns = max((len(values) for values in self.numbers), default=1)
        self.bar_width = min(self.plot_width / max(1, len(rows)) * 0.72 / columns, 1.3)
        self.shows_values = style == "bar" and len(rows) * columns <= 10 and self.bar_width > 0.5
        self._draw_grid(ticks)
        if style == "bar":
            self._draw_bars()
        else:
            self._draw_lines()
        self.legend = self._build_legend()
        self.add(self.grid, self.lines, self.values, self.axis)
        if self.heading is not None:
            self.add(self.heading.next_to(VGroup(self.grid, self.values), UP, buff=0.4).align_to(self.axis, LEFT))
        if len(self.legend):
            self.add(self.legend.next_to(self.axis, DOWN, buff=0.3))
        place(self)

    def value(self, label: str, series: Any = 0) -> Any:
        """The bar or dot of row `label` and of series `series` (its number or name). Raises KeyError."""
        column = self.series.index(series) if isinstance(series, str) else series
        if label not in self.names or (self.names.index(label), column) not in self.marks:
            raise KeyError(f"the chart has no value {label!r}, series {series!r}; its rows are {', '.join(self.names)}")
        return self.marks[self.names.index(label), column]

    def reveal(self) -> Animation:
        """The axis appears, then the bars grow from it or the lines are drawn."""
        axis_parts = [self.grid, self.axis, *([self.heading] if self.heading is not None else []), *self.legend]
        opening = AnimationGroup(*(FadeIn(part, run_time=0.6) for part in axis_parts))
        if self.style == "line":
            lines = [Create(line, run_time=1.4, rate_func=ease_out_cubic) for line in self.lines]
            dots = [GrowFromCenter(dot, run_time=0.4) for dot in self.values]
            return LaggedStart(opening, AnimationGroup(*lines), LaggedStart(*dots, lag_ratio=0.15), lag_ratio=0.6)
        bars = []
        for bar in self.values:
            edge = DOWN if bar[0].number >= 0 else UP
            bars.append(
                AnimationGroup(
                    GrowFromEdge(bar[0], edge, run_time=0.9, rate_func=ease_out_cubic),
                    *(appear(words, run_time=0.9) for words in bar[1:]),
                )
            )
        return LaggedStart(opening, LaggedStart(*bars, lag_ratio=0.2), lag_ratio=0.6)

    def _y(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low) * self.plot_height

    def _x(self, row: int) -> float:
        return (row + 0.5) / len(self.names) * self.plot_width

    def _draw_grid(self, ticks: list[float]) -> None:
        for tick in [0.0] if self.shows_values else ticks:
            y = self._y(tick)
            zero = tick == 0
            line = Line([0, y, 0], [self.plot_width, y, 0], stroke_width=3 if zero else 1.2)
            line.set_color(theme.muted if zero else theme.border)
            (self.axis if zero else self.grid).add(line)
            if not self.shows_values:
                words = Label(format_number(tick, self.unit), size=theme.small, color=theme.muted)
                self.axis.add(words.next_to(line, LEFT, buff=0.2))
        share = self.plot_width / len(self.names)
        row_labels = [Label(name, size=theme.small, color=theme.muted, width=share * 0.94) for name in self.names]
        lowest = min([0.0, *(value for values in self.numbers for value in values)])
        bottom = self._y(self.low)
        if self.shows_values:
            bottom = self._y(lowest) - (0.5 if lowest < 0 else 0.0)  # numbers stand below bars that point down
        top = bottom - 0.22
        for row, words in enumerate(row_labels):
            words.move_to([self._x(row), top - words.height / 2, 0])
            self.axis.add(words)

    def _draw_bars(self) -> None:
        for row, values in enumerate(self.numbers):
            for column, value in enumerate(values):
                x = self._x(row) + (column - (len(values) - 1) / 2) * self.bar_width
                low, high = sorted((self._y(0), self._y(value)))
                bar = Rectangle(
                    width=self.bar_width * 0.9, height=max(high - low, 0.02), stroke_width=0, fill_opacity=1
                )
                bar.set_fill(theme.series[column % 6]).move_to([x, (low + high) / 2, 0])
                bar.number = value
                group = VGroup(bar)
                if self.shows_values:
                    words = Label(format_number(value, self.unit), size=theme.small, weight="MEDIUM")
                    words.next_to(bar, UP if value >= 0 else DOWN, buff=0.12)
                    group.add(words)
                self.marks[row, column] = bar
                self.values.add(group)

    def _draw_lines(self) -> None:
        columns = max(len(values) for values in self.numbers)
        for column in range(columns):
            points = [
                np.array([self._x(row), self._y(values[column]), 0])
                for row, values in enumerate(self.numbers)
                if column < len(values)
            ]
            color = theme.series[column % 6]
            self.lines.add(VMobject(stroke_width=6, color=color).set_points_as_corners(points))
            for row, point in enumerate(points):
                dot = Dot(point, radius=0.09, color=color, stroke_width=3, stroke_color=theme.background)
                self.marks[row, column] = dot
                self.values.add(dot)

    def _build_legend(self) -> VGroup:
        entries = VGroup()
        for column, name in enumerate(self.series):
            swatch = Square(side_length=0.26, stroke_width=0, fill_opacity=1).set_fill(theme.series[column % 6])
            words = Label(name, size=theme.small)
            entries.add(VGroup(swatch, words.next_to(swatch, RIGHT, buff=0.15)))
        return entries.arrange(RIGHT, buff=0.6) if len(entries) else entries
