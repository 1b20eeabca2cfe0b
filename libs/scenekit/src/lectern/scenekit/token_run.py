# mypy: disallow-subclassing-any=False
"""A token that runs along a way, and arrows round corners for it to follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, Animation, Circle, Triangle, VGroup, VMobject
from manim.utils.rate_functions import ease_in_out_sine, linear

RADIUS = 0.13
"""Units; of the token, whose halo is twice as wide."""
BUFF = 0.13
"""Units between an arrow and what it leads from and to, as for straight ones."""


class TokenRun(Animation):
    """A bright token runs along `way` (points in a row), `rounds` times, and is gone at its end."""

    sound = "swish"

    def __init__(
        self, way: Sequence[Any], color: Any, *, rounds: int = 1, run_time: float = 0.9, **kwargs: Any
    ) -> None:
        self.way = np.array(way, dtype=float)
        steps = np.linalg.norm(np.diff(self.way, axis=0), axis=1)
        self.distances = np.concatenate([[0.0], np.cumsum(steps)])
        halo = Circle(radius=2 * RADIUS, stroke_width=0).set_fill(color, opacity=0.25)
        token = VGroup(halo, Circle(radius=RADIUS, stroke_width=0).set_fill(color, opacity=1))
        self.rounds = rounds
        super().__init__(token, introducer=True, remover=True, run_time=run_time, rate_func=linear, **kwargs)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.parts = [(part, part.points - part.get_center()) for part in self.mobject]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = (self.rounds * alpha) % 1.0 if alpha < 1 else 1.0
        place = self.distances[-1] * ease_in_out_sine(share)
        center = np.array([np.interp(place, self.distances, self.way[:, axis]) for axis in range(3)])
        grown = min(1.0, 8 * min(share, 1 - share) + 0.02)
        for part, points in self.parts:
            part.points = center + points * grown


class BentArrow(VGroup):
    """An arrow that goes down, across and down again: from the end of a row to the start of the next."""

    def __init__(self, start: Any, end: Any, *, color: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        way = find_bent_way(start, end)
        way[0] = way[0] + BUFF * DOWN
        tip_end = way[-1] - BUFF * DOWN
        way[-1] = tip_end - 0.2 * DOWN
        self.line = VMobject(stroke_width=5, stroke_color=color, fill_opacity=0).set_points_as_corners(way)
        self.tip = Triangle(stroke_width=0, fill_color=color, fill_opacity=1).rotate(np.pi)
        self.tip.scale(0.24 / self.tip.height).move_to(tip_end, aligned_edge=DOWN)
        self.add(self.line, self.tip)


def find_bent_way(start: Any, end: Any) -> list[Any]:
    """Return the corners of the way down from `start`, across and down to `end`."""
    first, last = np.array(start, dtype=float), np.array(end, dtype=float)
    middle = (first[1] + last[1]) / 2
    return [first, np.array([first[0], middle, 0.0]), np.array([last[0], middle, 0.0]), last]
