# mypy: disallow-subclassing-any=False
"""Waves that move cheaply: one line, or one row of bars, whose points follow a phase."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import Animation, Create, Line, VMobject

from lectern.scenekit.layout import frame
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.parametric import Enter, Parametric
from lectern.scenekit.style import theme

TAU = 2 * np.pi
PIECES_A_WAVE = 8
"""Bézier pieces of each wave: a cubic with the right slopes is off by less than a pixel."""
BARS_A_WAVE = 16
KINDS = ("transverse", "longitudinal")


class Wave(Parametric):
    """A wave that runs: `w = Wave(wavelength=2, amplitude=0.6, speed=0.5)`, in waves a second (0 stands still).

    `kind="longitudinal"` shows bars that crowd and thin out. `self.play(w.change(amplitude=1, wavelength=1))`;
    `a + b` is the sum of two waves, drawn from both as they run: `total = (a + b).move_to(DOWN)`.
    """

    def __init__(
        self,
        wavelength: float = 2.0,
        amplitude: float = 0.6,
        speed: float = 0.5,
        kind: str = "transverse",
        color: Any = None,
        width: float | None = None,
    ) -> None:
        super().__init__()
        if kind not in KINDS:
            raise refuse_name("kind of wave", kind, KINDS)
        if not wavelength > 0:
            raise ValueError(f"Wave(wavelength={wavelength}): a wavelength is longer than 0")
        self.wavelength, self.amplitude, self.speed, self.phase = float(wavelength), float(amplitude), speed, 0.0
        self.kind, self.span = kind, frame.body.width if width is None else width
        self.path = VMobject(color=theme.primary if color is None else color, stroke_width=6)
        # an invisible line tells where the wave has been moved, and how it was scaled and turned
        half = np.array([self.span / 2, 0.0, 0.0])
        self._mark = Line(frame.body.center - half, frame.body.center + half, stroke_width=0, stroke_opacity=0)
        self.add(self._mark, self.path)
        self.ticks = 0
        self.redraw()
        self.add_updater(lambda me, dt: me.run(dt) if me is self else None)

    def height_at(self, x: Any) -> Any:
        """Return the wave's height at a distance from its left end, in units, at this moment."""
        return self.amplitude * np.sin(TAU * (x / self.wavelength - self.phase))

    def slope_at(self, x: Any) -> Any:
        """Return how steep the wave is there."""
        return self.amplitude * TAU / self.wavelength * np.cos(TAU * (x / self.wavelength - self.phase))

    def redraw(self) -> None:
        if self.kind == "longitudinal":
            x = np.linspace(0, self.span, min(max(int(self.span / self.shortest * BARS_A_WAVE), 40), 240))
            # bars that moved by more than this would overtake each other
            reach = min(1.0, self.shortest / (TAU * self.peak))
            moved = np.clip(x + reach * self.height_at(x), 0, self.span)
            points = draw_bars(moved, 0.5)
        else:
            count = min(max(int(self.span / self.shortest * PIECES_A_WAVE), 16), 400)
            points = draw_sampled(np.linspace(0, self.span, count + 1), self.height_at, self.slope_at)
        start, end = self._mark.points[0], self._mark.points[-1]
        across = (end - start) / self.span
        up = np.array([-across[1], across[0], 0.0])
        self.path.points = start + points[:, :1] * across + points[:, 1:] * up

    def run(self, dt: float) -> None:
        """Let the wave run on for some seconds."""
        self.ticks += 1
        if self.speed and dt:
            self.phase = (self.phase + self.speed * dt) % 1.0
            self.redraw()

    @property
    def shortest(self) -> float:
        """The shortest wavelength that is drawn."""
        return self.wavelength

    @property
    def peak(self) -> float:
        """The largest height that the wave can have."""
        return max(abs(self.amplitude), 1e-6)

    @property
    def clocks(self) -> tuple[float, ...]:
        """The phases that it is drawn from, from 0 to 1."""
        return (self.phase,)

    @clocks.setter
    def clocks(self, phases: Any) -> None:
        self.phase = float(phases[0])
        self.redraw()

    def reveal(self) -> Animation:
        """The wave is drawn from left to right."""
        return Enter(self, Create(self.path, run_time=1.2))

    def __add__(self, other: Any) -> WaveSum:
        return WaveSum(self, other)


class WaveSum(Wave):
    """The sum of two waves, as both run: on screen, or by themselves."""

    def __init__(self, one: Wave, other: Wave) -> None:
        self.waves = (one, other)
        self._seen = [0, 0]
        super().__init__(speed=1.0, color=theme.accent, width=one.span, kind=one.kind)

    @property
    def shortest(self) -> float:
        return min(each.shortest for each in self.waves)

    @property
    def peak(self) -> float:
        return sum(each.peak for each in self.waves)

    def height_at(self, x: Any) -> Any:
        return sum(each.height_at(x) for each in self.waves)

    def slope_at(self, x: Any) -> Any:
        return sum(each.slope_at(x) for each in self.waves)

    @property
    def clocks(self) -> tuple[float, ...]:
        return tuple(phase for each in self.waves for phase in each.clocks)

    @clocks.setter
    def clocks(self, phases: Any) -> None:
        one, other = self.waves
        one.clocks, other.clocks = phases[: len(one.clocks)], phases[len(one.clocks) :]
        self.redraw()

    def run(self, dt: float) -> None:
        self.ticks += 1
        for number, each in enumerate(self.waves):
            if each.ticks == self._seen[number]:  # it is not on screen: nobody else lets it run
                each.run(dt)
            self._seen[number] = each.ticks
        self.redraw()


def draw_sampled(x: Any, height: Any, slope: Any) -> Any:
    """Return the Bézier points (n, 2) of a function, from its values and slopes at increasing places."""
    y, steep, step = height(x), slope(x), np.diff(x) / 3
    pieces = np.empty((len(step), 4, 2))
    pieces[:, 0] = np.stack([x[:-1], y[:-1]], axis=1)
    pieces[:, 1] = np.stack([x[:-1] + step, y[:-1] + steep[:-1] * step], axis=1)
    pieces[:, 2] = np.stack([x[1:] - step, y[1:] - steep[1:] * step], axis=1)
    pieces[:, 3] = np.stack([x[1:], y[1:]], axis=1)
    return pieces.reshape(-1, 2)


def draw_bars(x: Any, half: float) -> Any:
    """Return the Bézier points (n, 2) of upright bars."""
    y = np.linspace(-half, half, 4)
    return np.stack([np.repeat(x, 4), np.tile(y, len(x))], axis=1)
