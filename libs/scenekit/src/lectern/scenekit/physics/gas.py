# mypy: disallow-subclassing-any=False
"""A gas in a cylinder with a piston: particles that fly freely and bounce off the walls."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import Animation, Circle, FadeIn, Line, Rectangle, VGroup, VMobject

from lectern.scenekit.layout import Area, frame
from lectern.scenekit.parametric import Parametric
from lectern.scenekit.style import theme

RADIUS = 0.09
MOST_PARTICLES = 200
SIDES = ((-1.0, -1.0, 0.0), (1.0, -1.0, 0.0), (-1.0, 1.0, 0.0), (1.0, 1.0, 0.0))


class Gas(Parametric):
    """Particles under a piston: `gas = Gas(40)`; `self.play(gas.compress(0.5))` to half the volume, `gas.heat(2)` to
    twice the temperature. `gas.volume`, `gas.temperature` and `gas.pressure` begin at 1, for a `Number`."""

    def __init__(self, count: int = 40, area: Area | None = None, seed: int = 7, color: Any = None) -> None:
        super().__init__()
        if not 1 <= count <= MOST_PARTICLES:
            raise ValueError(f"Gas({count}): draw 1 to {MOST_PARTICLES} particles")
        self.volume = self.temperature = 1.0
        area = frame.body if area is None else area
        width, height = min(area.width * 0.8, area.height * 0.9), area.height * 0.86
        self.box = Rectangle(width=width, height=height, stroke_width=0, fill_opacity=0).move_to(area.center)
        left, right, above_left, above_right = (self.box.get_corner(np.array(side)) for side in SIDES)
        style = {"color": theme.muted, "stroke_width": 7}
        self.walls = VGroup(
            Line(above_left, left, **style), Line(left, right, **style), Line(right, above_right, **style)
        )
        self.piston = VGroup(
            Rectangle(width=width - 0.16, height=0.34, stroke_width=0, fill_opacity=1).set_fill(theme.muted),
            Rectangle(width=0.24, height=0.7, stroke_width=0, fill_opacity=1).set_fill(theme.muted),
        )
        self.piston[1].next_to(self.piston[0], np.array([0.0, 1.0, 0.0]), buff=-0.02)
        self.particles = VMobject(color=theme.primary if color is None else color, fill_opacity=1, stroke_width=0)
        self._dot = Circle(RADIUS).points
        chance = np.random.default_rng(seed)
        self._places = chance.uniform(0, 1, (count, 2))
        turn = chance.uniform(0, 2 * np.pi, count)
        # speeds of two dimensions' Maxwell distribution, about a third of the box a second
        speed = chance.rayleigh(0.28, count) + 0.05
        self._ways = np.stack([np.cos(turn), np.sin(turn)], axis=1) * speed[:, None]
        self.add(self.box, self.walls, self.particles, self.piston)
        self.redraw()
        self.add_updater(lambda me, dt: me._fly(dt) if me is self else None)

    @property
    def pressure(self) -> float:
        """Temperature by volume, as in an ideal gas."""
        return self.temperature / self.volume

    value = pressure

    def compress(self, volume: float, run_time: float = 2.0) -> Animation:
        """The piston moves until the gas has this volume, between 0.15 and 1 of the cylinder."""
        if not 0.15 <= volume <= 1:
            raise ValueError(f"gas.compress({volume}): the volume is between 0.15 and 1")
        return self.change(run_time, volume=volume)

    def heat(self, temperature: float, run_time: float = 2.0) -> Animation:
        """The particles get faster, or slower: their speed goes with the root of the temperature."""
        if not 0 <= temperature <= 16:
            raise ValueError(f"gas.heat({temperature}): the temperature is between 0 and 16")
        return self.change(run_time, temperature=temperature)

    def reveal(self) -> Animation:
        """Cylinder, piston and particles appear, and the particles fly."""
        return FadeIn(self, run_time=0.7, suspend_mobject_updating=False)

    def redraw(self) -> None:
        corner, end = self.box.get_corner(np.array([-1.0, -1.0, 0])), self.box.get_corner(np.array([1.0, 1.0, 0]))
        low, size = corner[:2] + RADIUS + 0.05, (end - corner)[:2] - 2 * RADIUS - 0.1
        size[1] = (end - corner)[1] * 0.86 * self.volume - 2 * RADIUS - 0.1
        # a straight flight, folded at the walls: each particle is where its mirror images would be
        folded = 1 - np.abs(1 - self._places % 2)
        places = np.concatenate([low + folded * size, np.zeros((len(folded), 1))], axis=1)
        self.particles.points = (places[:, None] + self._dot[None]).reshape(-1, 3)
        floor = corner[1] + (end - corner)[1] * 0.86 * self.volume
        plate = self.piston[0]
        self.piston.shift(np.array([self.box.get_x() - plate.get_x(), floor - plate.get_bottom()[1], 0.0]))

    def _fly(self, dt: float) -> None:
        if dt:
            self._places = self._places + self._ways * dt * float(np.sqrt(self.temperature))
            self.redraw()
