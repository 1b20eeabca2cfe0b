# mypy: disallow-subclassing-any=False
"""Bars that grow when they are named: upright ones in a wide picture, level ones in a tall one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import RIGHT, UP, Animation, AnimationGroup, LaggedStart, Line, Mobject, Rectangle, VGroup

from .fitted_text import estimate_advance, fit_texts
from .growing import Grow, Shade
from .illustrations import draw_things
from .labels import Label
from .number import Number
from .plates import Glint
from .style import theme
from .ticks import format_number

RESTING = 0.5
"""Share of its colour that a bar keeps while another one is spoken of."""
MAX_COUNTED = 10_000
"""Larger numbers have thin spaces between thousands, and do not count up."""
LABEL_SHARE = 0.3
"""Share of the width that names of level bars take at most."""


class Bar(VGroup):
    """One value: a bar that grows from the axis, and its number at the end."""

    def __init__(self, value: float, unit: str, start: Any, end: Any, *, thickness: float, color: Any) -> None:
        super().__init__()
        self.number, self.unit, self.color_, self.shown = value, unit, color, 1.0
        self.measure = Line(start, end, stroke_width=0, stroke_opacity=0)
        self.level = abs(end[0] - start[0]) > abs(end[1] - start[1]) or (value == 0 and start[1] == end[1])
        self.thickness = thickness
        self.rectangle = Rectangle(width=1, height=1, stroke_width=0).set_fill(color, opacity=1)
        self.rectangle.number = value
        self.words: Any = None
        self.add(self.measure, self.rectangle)

    def add_number(self, size: float) -> Bar:
        """Write the value at the end of the bar."""
        text = format_number(self.number)
        if abs(self.number) < MAX_COUNTED and "e" not in text:
            decimals = len(text.partition(".")[2])
            self.words = Number(lambda: self.number * self.shown, decimals, self.unit, size, theme.text)
        else:
            self.words = Label(format_number(self.number, self.unit), size=size, weight="MEDIUM")
        self.add(self.words)
        return self

    def show(self, share: float) -> None:
        """Draw the bar at `share` of its length, its number beside its end."""
        self.shown = share
        start, end = self.measure.get_start_and_end()
        along = (end - start) * max(share, 0.002)
        length = max(float(np.linalg.norm(along)), 0.02)
        way = along / max(float(np.linalg.norm(along)), 1e-9)
        across = np.array([-way[1], way[0], 0.0]) * self.thickness / 2
        corners = [start - across, start + across, start + across + way * length, start - across + way * length]
        self.rectangle.set_points_as_corners([*corners, corners[0]])
        if self.words is not None:
            self.words.next_to(start + way * length, way, buff=0.16)


class BarPlot(VGroup):
    """The bars of a chart in a box of `width` by `height` units; `level` bars run from left to right."""

    def __init__(
        self,
        names: Sequence[str],
        numbers: Sequence[Sequence[float]],
        *,
        unit: str,
        colors: Sequence[Any],
        width: float,
        height: float,
        level: bool,
    ) -> None:
        super().__init__()
        self.level, self.unit = level, unit
        columns = max(map(len, numbers))
        self.series = colors[:columns]
        things = draw_things(names, None, [theme.text] * len(names))
        self.numbered = len(names) * columns <= (12 if level else 10)
        low, high = (f(0.0, *(v for values in numbers for v in values)) for f in (min, max))
        self.low, self.high = low, high if high > low else low + 1.0
        self.things = VGroup()
        self.names = VGroup()
        self.tracks, self.axis = VGroup(), VGroup()
        self.bars: dict[tuple[int, int], Bar] = {}
        self.groups = VGroup()
        self.grown: set[int] = set()
        self.shades: dict[int, float] = {}
        lay_out = self._lay_out_level if level else self._lay_out_upright
        lay_out(names, numbers, things, width, height)
        self.ground = VGroup(self.tracks, self.axis, self.things, self.names)
        self.add(self.ground, self.groups)

    def reveal(self, row: int | None, run_time: float = 1.2) -> Animation:
        """Row `row` grows and stands out; without one all rows do, in turn."""
        if row is None:
            grown = [AnimationGroup(*(Grow(bar) for bar in group)) for group in self.groups]
            self.grown = set(range(len(self.groups)))
            return LaggedStart(*grown, lag_ratio=0.2)
        moves = [Grow(bar, run_time=run_time) for bar in self.groups[row]]
        return AnimationGroup(*moves, *self._shade(row))

    def point_out(self, row: int, column: int) -> Animation:
        """Let a row stand out from the others again, and a glint run round one of its bars."""
        bar = self.bars[row, column]
        return AnimationGroup(Glint(bar.rectangle, theme.text), *self._shade(row))

    def _shade(self, row: int) -> list[Animation]:
        """Let the bars of other rows that have grown recede, and those of this row return."""
        self.grown.add(row)
        wanted = {number: 1.0 if number == row else RESTING for number in self.grown}
        changed = [number for number, share in wanted.items() if self.shades.get(number, 1.0) != share]
        self.shades = wanted
        return [Shade(bar.rectangle, wanted[number]) for number in changed for bar in self.groups[number]]

    def _lay_out_level(
        self,
        names: Sequence[str],
        numbers: Sequence[Sequence[float]],
        things: Sequence[Mobject | None],
        width: float,
        height: float,
    ) -> None:
        pitch = min(height / len(names), 2.2)
        pictured = any(thing is not None for thing in things)
        side = min(pitch * 0.62, 0.95) if pictured else 0.0
        words = fit_texts(names, size=theme.body, width=width * LABEL_SHARE, height=pitch * 0.85, align=RIGHT)
        left = max(label.width for label in words) + 0.3 + (side + 0.25 if pictured else 0)
        before = 0.0
        if self.numbered and self.low < 0:  # the numbers of bars that run to the left
            letters = max(len(format_number(value, self.unit)) for values in numbers for value in values if value < 0)
            before = 0.3 + letters * estimate_advance(theme.label)
        room = width - left - before - (1.1 if self.numbered else 0.3)
        origin = left + before - self.low / (self.high - self.low) * room
        unit = room / (self.high - self.low)
        self.axis.add(Line([origin, 0.1, 0], [origin, -pitch * len(names) - 0.1, 0], stroke_width=3, color=theme.muted))
        for row, (label, values, thing) in enumerate(zip(words, numbers, things, strict=True)):
            y = -(row + 0.5) * pitch
            label.move_to([left - 0.3 - label.width / 2, y, 0])
            label.middle_on([label.get_x(), y, 0])
            if thing is not None:
                thing.scale(side / max(thing.width, thing.height)).move_to([side / 2, y, 0])
                self.things.add(thing)
            self.names.add(label)
            self._add_bars(row, values, pitch, lambda value: origin + value * unit, y)

    def _lay_out_upright(
        self,
        names: Sequence[str],
        numbers: Sequence[Sequence[float]],
        things: Sequence[Mobject | None],
        width: float,
        height: float,
    ) -> None:
        pitch = min(width / len(names), 3.4)
        pictured = any(thing is not None for thing in things)
        words = fit_texts(names, size=theme.label, width=pitch * 0.94)
        below = max(label.height for label in words) + 0.25
        side = min(pitch * 0.6, 0.9) if pictured else 0.0
        dip = 0.55 if self.low < 0 else 0.0
        room = height - below - (side + 0.2 if pictured else 0) - (0.55 if self.numbered else 0.1) - dip
        unit = room / (self.high - self.low)
        floor = self.low * unit - dip
        right = pitch * len(names)
        self.axis.add(Line([0, 0, 0], [right, 0, 0], stroke_width=3, color=theme.muted))
        for row, (label, values, thing) in enumerate(zip(words, numbers, things, strict=True)):
            x = (row + 0.5) * pitch
            top = floor - 0.2
            if thing is not None:
                thing.scale(side / max(thing.width, thing.height)).move_to([x, top - side / 2, 0])
                self.things.add(thing)
            top -= side + 0.15 if pictured else 0
            self.names.add(label.move_to([x, top, 0], aligned_edge=UP))
            self._add_bars(row, values, pitch, lambda value: value * unit, x)

    def _add_bars(self, row: int, values: Sequence[float], pitch: float, scale: Any, middle: float) -> None:
        group = VGroup()
        step = min(pitch * 0.74 / len(values), 1.5)
        for column, value in enumerate(values):
            offset = (column - (len(values) - 1) / 2) * step
            places = (0.0, value, self.high)
            if self.level:
                start, end, far = (np.array([scale(each), middle - offset, 0.0]) for each in places)
            else:
                start, end, far = (np.array([middle + offset, scale(each), 0.0]) for each in places)
            bar = Bar(value, self.unit, start, end, thickness=step * 0.86, color=self.series[column])
            if self.numbered:
                bar.add_number(theme.small if len(values) > 1 or pitch < 1.0 else theme.label)
            bar.show(1.0)
            track = Rectangle(width=1, height=1, stroke_width=0).set_fill(theme.surface, opacity=0.75)
            track.set_points_as_corners(_outline(start, far, step * 0.86))
            self.tracks.add(track)
            self.bars[row, column] = bar
            group.add(bar)
        self.groups.add(group)


def _outline(start: Any, end: Any, thickness: float) -> list[Any]:
    way = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
    across = np.array([-way[1], way[0], 0.0]) * thickness / 2
    return [start - across, start + across, end + across, end - across, start - across]
