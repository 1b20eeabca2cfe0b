# mypy: disallow-subclassing-any=False
"""Bar and line charts."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from manim import DOWN, LEFT, RIGHT, UP, Animation, FadeIn, LaggedStart, Square, VGroup

from .bar_plot import BarPlot
from .growing import Ripple
from .labels import Label
from .layout import Area, frame, settle
from .line_plot import LinePlot
from .near_names import refuse_name
from .plates import Glint
from .style import theme

_ORDERED = re.compile(
    r"\d|\b(mon|tues?|wed|thur?s?|fri|sat|sun)(day)?\b|\b(jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\b"
    r"|\b(first|second|third|fourth|spring|summer|autumn|winter|child|adult|low|middle|medium|high|small|large)\b",
    re.IGNORECASE,
)


class Chart(VGroup):
    """Numbers as bars or lines: `chart = Chart([("2010", 3.1), ("2020", 4.6)], title="Yield", unit="t")`.

    A row is (label, value), or (label, (value, value)) with `series=("wheat", "rice")`; `style` is "bar" or "line".
    At most 12 rows and 4 series. `self.add(chart.ground)` shows the axes from the first frame, `chart.reveal("2020")`
    grows a row's bars, or draws the lines as far as there, `chart.reveal()` all; `chart.point_out("2020")` points.
    Rows whose order means nothing are sorted by size. `chart.value("2020")` is a bar or dot.
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
        area: Area | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not rows:
            raise ValueError('Chart needs at least one row: Chart([("2020", 4.6)])')
        if style not in ("bar", "line"):
            raise ValueError(f'Chart style {style!r} does not exist; use "bar" or "line"')
        area = area or frame.body
        ordered = [
            (str(label), tuple(value) if isinstance(value, (tuple, list)) else (value,)) for label, value in rows
        ]
        for name, values in ordered:
            if not all(math.isfinite(value) for value in values):
                raise ValueError(f"Chart row {name!r} has the value {values}; use finite numbers")
        if style == "bar" and not any(_ORDERED.search(name) for name, _ in ordered):
            ordered.sort(key=lambda row: -row[1][0])
        self.names = [name for name, _ in ordered]
        self.numbers = [tuple(float(value) for value in values) for _, values in ordered]
        self.style, self.unit, self.series = style, unit, tuple(series)
        room_width, room_height = width or area.width, height or area.height
        self.heading = Label(title, size=theme.label, weight="SEMIBOLD", width=room_width) if title else None
        colors = [theme.series[column % 6] for column in range(max(map(len, self.numbers)))]
        self.legend = self._build_legend(colors) if style == "bar" and len(self.series) > 1 else VGroup()
        head = VGroup(*([self.heading] if self.heading is not None else []), self.legend)
        headed = len(head.family_members_with_points()) > 0
        if headed:
            room_height -= head.arrange(DOWN, buff=0.25, aligned_edge=LEFT).height + 0.35
        self.plot = self._plot(colors, room_width, room_height, level=area.height > area.width * 0.9)
        self.marks: dict[tuple[int, int], Any] = (
            {place: bar.rectangle for place, bar in self.plot.bars.items()}
            if isinstance(self.plot, BarPlot)
            else self.plot.dots
        )
        self.add(self.plot)
        self.ground = VGroup(self.plot.ground)
        if headed:
            self.add(head.next_to(self.plot, UP, buff=0.35).align_to(self.plot, LEFT))
            self.ground.add(head)
        settle(self, area)

    def value(self, label: str, series: Any = 0) -> Any:
        """The bar or dot of row `label` and of series `series` (its number or name). Raises KeyError."""
        column = self.series.index(series) if isinstance(series, str) else series
        row = self._find(label)
        if (row, column) not in self.marks:
            raise refuse_name("series", series, self.series)
        return self.marks[row, column]

    def reveal(self, label: str | None = None, run_time: float | None = None) -> Animation:
        """Row `label` grows, or the lines are drawn as far as there; without a label the axes appear, then all."""
        if label is not None:
            return self.plot.reveal(self._find(label), run_time or (1.2 if self.style == "bar" else 2.0))
        opening = FadeIn(self.ground, run_time=0.5)
        return LaggedStart(opening, self.plot.reveal(None), lag_ratio=0.6)

    def point_out(self, label: str, series: Any = 0) -> Animation:
        """A value stands out in its own colour."""
        self.value(label, series)
        column = self.series.index(series) if isinstance(series, str) else series
        return self.plot.point_out(self._find(label), column)

    def dwell(self, label: str, series: Any = 0, seconds: float = 2.4) -> Animation:
        """A value is pointed at while more is said about it, in its own colour."""
        mark = self.value(label, series)
        if isinstance(self.plot, LinePlot):
            return Ripple(mark.get_center, mark.get_fill_color(), run_time=seconds)
        return Glint(mark, theme.text, run_time=seconds)

    def _find(self, label: str) -> int:
        if label not in self.names:
            raise refuse_name("row", label, self.names)
        return self.names.index(label)

    def _plot(self, colors: Sequence[Any], width: float, height: float, *, level: bool) -> Any:
        if self.style == "bar":
            plot = BarPlot(
                self.names, self.numbers, unit=self.unit, colors=colors, width=width, height=height, level=level
            )
        else:
            plot = LinePlot(
                self.names, self.numbers, self.series, unit=self.unit, colors=colors, width=width, height=height
            )
        return plot

    def _build_legend(self, colors: Sequence[Any]) -> VGroup:
        entries = VGroup()
        for name, color in zip(self.series, colors, strict=False):
            swatch = Square(side_length=0.26, stroke_width=0, fill_opacity=1).set_fill(color)
            words = Label(name, size=theme.small)
            entries.add(VGroup(swatch, words.next_to(swatch, RIGHT, buff=0.15)))
        return entries.arrange(RIGHT, buff=0.6)
