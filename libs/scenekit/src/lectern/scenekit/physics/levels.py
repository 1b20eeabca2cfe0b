# mypy: disallow-subclassing-any=False
"""Levels to scale, and jumps between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from manim import LEFT, RIGHT, Animation, Create, Dot, Line, ParametricFunction, VGroup
from manim.utils.rate_functions import ease_in_out_sine

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import frame, place
from lectern.scenekit.motion import appear
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.parts import Glide, animate_parts
from lectern.scenekit.style import theme

WAVES_OF_LARGEST_JUMP = 11
"""Waves that are drawn for the largest jump; smaller jumps have fewer, in proportion."""


class EnergyLevels(VGroup):
    """Levels to scale, an atom's or others: `EnergyLevels({"n = 1": -13.6, "n = 2": -3.4, "n = 3": -1.51}, unit="eV")`.

    `self.play(levels.start("n = 1"))` brings a dot, `levels.jump("n = 3")` moves it: upwards a wave comes in, downwards
    one leaves, and its length is to scale. `levels["n = 2"]` is a line; `waves=False` for other things than light.
    """

    def __init__(self, values: Mapping[str, float], unit: str = "", *, waves: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if len(values) < 2 or len(set(values.values())) < 2:
            raise ValueError(
                'EnergyLevels needs two values that differ: EnergyLevels({"ground": 0, "first": 10.2}, unit="eV")'
            )
        self.values = dict(values)
        self.waves = waves
        body = frame.body
        size = theme.small if frame.portrait else theme.label
        low, high = min(values.values()), max(values.values())
        names = [
            Label(f"{name}   {value:g} {unit}".strip().replace("-", "\u2212"), size=size)
            for name, value in values.items()
        ]
        room = max(name.width for name in names) + 0.4
        self.right = body.right - room
        self.lines: dict[str, Any] = {}
        spots = []
        for name, value in values.items():
            y = body.bottom + 0.3 + (body.height - 0.6) * (value - low) / (high - low)
            self.lines[name] = Line([body.left, y, 0], [self.right, y, 0], color=theme.border, stroke_width=7)
            spots.append(y)
        for label, y, line in zip(names, _spread(spots, names[0].height + 0.16), self.lines.values(), strict=True):
            label.move_to([self.right + 0.3, y, 0], aligned_edge=LEFT)
            if abs(y - line.get_y()) > 0.02:
                self.add(Line(line.get_end(), [self.right + 0.22, y, 0], color=theme.border, stroke_width=3))
        self.labels = VGroup(*names)
        self.add(*self.lines.values(), self.labels)
        self.dot: Any = None
        self.at = ""
        place(self)

    def __getitem__(self, name: str) -> Any:
        """The line of a level. Raises KeyError."""
        if name not in self.lines:
            raise refuse_name("level", name, self.lines)
        return self.lines[name]

    def __len__(self) -> int:
        return len(self.submobjects)

    def __iter__(self) -> Any:
        return iter(self.submobjects)

    def reveal(self) -> Animation:
        """The levels are drawn, the lowest first."""
        order = sorted(self.lines, key=lambda name: self.values[name])
        lines = [Create(self.lines[name], run_time=0.5) for name in order]
        return animate_parts(self, [*lines, *(appear(label) for label in self.labels)], lag_ratio=0.2)

    def start(self, name: str) -> Animation:
        """A dot comes in on a level."""
        line = self[name]
        if self.dot is None:
            self.dot = Dot(radius=0.17, color=theme.primary)
        self.add(self.dot.move_to(line.point_from_proportion(0.35)))
        self.at = name
        return animate_parts(self, [appear(self.dot)])

    def jump(self, name: str, color: Any = None) -> Animation:
        """The dot jumps to a level; a wave comes in from the left before, or leaves to the right after it."""
        line = self[name]
        if self.dot is None:
            raise ValueError('play levels.start("n = 1") before a jump')
        before, self.at = self.values[self.at], name
        move = Glide(self.dot, [0, line.get_y() - self.dot.get_y(), 0], run_time=0.9)
        energy = self.values[name] - before
        if not self.waves or abs(energy) < 1e-9:
            return animate_parts(self, [move])
        wave = self._draw_wave(abs(energy), theme.accent if color is None else color)
        middle = (line.get_y() + self.dot.get_y()) / 2
        self.room = line.get_right()[0] - self.dot.get_x()
        reach = wave.width / 2 + 0.35
        if energy > 0:
            near = [self.dot.get_x() - reach, middle, 0]
            self.add(wave.move_to(near).shift(2.2 * LEFT))
            arrive = RunWave(wave, 2.2, fading=True)
            return animate_parts(self, [arrive, move], lag_ratio=0.6)
        self.add(wave.move_to([self.dot.get_x() + reach, middle, 0]))
        far = max(0.4, self.dot.get_x() + self.room - wave.get_right()[0])
        return animate_parts(self, [move, RunWave(wave, min(far, 3.0), fading=False)], lag_ratio=0.6)

    def _draw_wave(self, energy: float, color: Any) -> Any:
        span = max(self.values.values()) - min(self.values.values())
        count = max(1.5, WAVES_OF_LARGEST_JUMP * energy / span)
        length = min(2.6, 0.5 * next(iter(self.lines.values())).width)
        return ParametricFunction(
            lambda x: np.array([x, 0.3 * np.sin(2 * np.pi * count * x / length) * np.sin(np.pi * x / length) ** 2, 0]),
            t_range=[0, length, length / 90],
            color=color,
            stroke_width=6,
        )


class RunWave(Animation):
    """A wave runs `far` units to the right; it comes into sight, or is swallowed (`fading`)."""

    def __init__(self, wave: Any, far: float, *, fading: bool, run_time: float = 1.2, **kwargs: Any) -> None:
        kwargs.setdefault("rate_func", ease_in_out_sine)
        super().__init__(wave, run_time=run_time, **kwargs)
        self.far, self.fading = far, fading

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.points = self.mobject.points.copy()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        self.mobject.points = self.points + self.far * share * RIGHT
        seen = min(1.0, 4 * share) if not self.fading else min(1.0, 4 * share, max(0.0, 4 * (1 - share)))
        self.mobject.set_stroke(opacity=seen)


def _spread(spots: list[float], gap: float) -> list[float]:
    """Return places near `spots`, in the same order, at least `gap` apart."""
    order = sorted(range(len(spots)), key=spots.__getitem__)
    placed = [spots[index] for index in order]
    for _ in range(60):
        moved = False
        for index in range(len(placed) - 1):
            lack = gap - (placed[index + 1] - placed[index])
            if lack > 1e-3:
                placed[index] -= lack / 2
                placed[index + 1] += lack / 2
                moved = True
        if not moved:
            break
    result = [0.0] * len(spots)
    for index, y in zip(order, placed, strict=True):
        result[index] = y
    return result
