# mypy: disallow-subclassing-any=False
"""A race of bars: values over time, the longest always at the top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from manim import LEFT, RIGHT, Animation, Rectangle, VGroup

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import frame, place
from lectern.scenekit.motion import appear
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.number import Number
from lectern.scenekit.parts import animate_parts
from lectern.scenekit.style import theme

OVERTAKING = 0.25
"""Share of a step of the race that it takes to overtake."""


CLOCK_BAND = 1.3
"""Units below the bars, for the time."""


class Race(VGroup):
    """Bars that grow and overtake: `Race({"Delhi": [1, 7, 28], "Tokyo": [11, 30, 37]}, times=[1950, 1985, 2018])`.

    `self.play(race.run(), run_time=6)` runs to the end, `race.run(1985)` up to a time, which is shown large.
    `race["Delhi"]` is a bar, to `focus` or label. At most 8 bars.
    """

    def __init__(
        self, values: Mapping[str, Sequence[float]], times: Sequence[float], unit: str = "", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not values or any(len(each) != len(times) for each in values.values()) or len(times) < 2:
            raise ValueError("Race needs, for each name, a value for each time, and at least two times")
        self.names, self.times = list(values), [float(time) for time in times]
        self.values = np.array([values[name] for name in self.names], dtype=float)
        self.now = self.times[0]
        body = frame.body
        pitch = min((body.height - CLOCK_BAND) / len(self.names), 1.5)
        labels = [Label(name, size=theme.label, weight="MEDIUM") for name in self.names]
        self.left = max(label.width for label in labels) + 0.3
        self.length = body.width - self.left - 2.0
        self.pitch = pitch
        colors = [theme.primary, theme.teal, theme.violet, theme.border]
        decimals = 0 if np.allclose(self.values, np.round(self.values)) else 1
        self.rows = VGroup()
        for index, label in enumerate(labels):
            bar = Rectangle(width=1.0, height=pitch * 0.66, stroke_width=0)
            bar.set_fill(colors[index % 4], opacity=1)
            number = Number(partial(self._find_value, index), decimals, unit, theme.label, separator=",")
            number.clear_updaters()
            self.rows.add(VGroup(label, bar, number))
        self.clock = Number(lambda: self.now, size=theme.title * 1.3, color=theme.muted)
        self.clock.clear_updaters()
        self.mark = Rectangle(width=body.width, height=pitch * len(labels) + CLOCK_BAND, stroke_width=0, fill_opacity=0)
        self.add(self.mark, self.rows, self.clock)
        self._show(self.now)
        place(self)

    def __getitem__(self, name: str) -> Any:
        """A bar by its name. Raises KeyError."""
        if name not in self.names:
            raise refuse_name("bar", name, self.names)
        return self.rows[self.names.index(name)][1]

    def __len__(self) -> int:
        return len(self.submobjects)

    def __iter__(self) -> Any:
        return iter(self.submobjects)

    def reveal(self) -> Animation:
        """The bars come in."""
        return animate_parts(self, [appear(each) for each in (*self.rows, self.clock)], lag_ratio=0.15)

    def run(self, to: float | None = None, run_time: float = 5.0) -> Animation:
        """Time runs on to `to`, or to the end."""
        return RunRace(self, self.times[-1] if to is None else float(to), run_time=run_time)

    def _find_value(self, index: int) -> float:
        return float(np.interp(self.now, self.times, self.values[index]))

    def _show(self, now: float) -> None:
        """Draw the race at time `now`."""
        self.now = now
        values = [self._find_value(index) for index in range(len(self.names))]
        ranks = self._find_ranks(now)
        scale = self.mark.width / frame.body.width
        corner = self.mark.get_corner(np.array([-1.0, 1.0, 0.0]))
        top = max(*values, 1e-9)
        for row, value, rank in zip(self.rows, values, ranks, strict=True):
            label, bar, number = row
            y = corner[1] - (rank + 0.5) * self.pitch * scale
            x = corner[0] + self.left * scale
            bar.stretch_to_fit_width(max(0.03, self.length * value / top) * scale)
            bar.move_to([x, y, 0], aligned_edge=LEFT)
            label.move_to([x - 0.2 * scale, y, 0], aligned_edge=RIGHT)
            number.refresh()
            number.move_to([bar.get_right()[0] + 0.15 * scale, y, 0], aligned_edge=LEFT)
        self.clock.refresh()
        self.clock.move_to(self.mark.get_corner(np.array([1.0, -1.0, 0.0])), aligned_edge=np.array([1.0, -1.0, 0.0]))

    def _find_ranks(self, now: float) -> Any:
        """Return the place of each bar, from 0; while one overtakes another, both are between two places."""
        step = OVERTAKING * (self.times[-1] - self.times[0]) / (len(self.times) - 1)
        around = np.linspace(now - step / 2, now + step / 2, 9)
        values = np.array([np.interp(around, self.times, row) for row in self.values])
        order = np.argsort(np.argsort(-values, axis=0, kind="stable"), axis=0, kind="stable")
        return order.mean(axis=1)


class RunRace(Animation):
    """Time runs evenly."""

    sound = "tick"

    def __init__(self, race: Race, end: float, **kwargs: Any) -> None:
        kwargs.setdefault("rate_func", lambda t: t)
        super().__init__(race, suspend_mobject_updating=False, **kwargs)
        self.end = end

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.start = self.mobject.now
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        self.mobject._show(self.start + (self.end - self.start) * float(self.rate_func(alpha)))
