# mypy: disallow-subclassing-any=False
"""Entrances by what a thing is, and the motion of rigid pieces."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    Animation,
    Create,
    GrowFromEdge,
    LaggedStart,
    Mobject,
    MoveToTarget,
    Rectangle,
    UpdateFromAlphaFunc,
    VMobject,
)
from manim.utils.rate_functions import ease_in_out_sine, ease_out_cubic

from .labels import Label
from .motion import appear
from .number import Number

MOST_ONE_BY_ONE = 14
"""Parts of a group that enter one after the other; more are taken for one thing."""
OVERSHOOT = 1.7
"""How far a thing that pops goes beyond its size: the constant of the usual "back" easing."""


def enter(thing: Any, run_time: float = 0.8) -> Animation:
    """`thing` enters by what it is: lines are drawn, bars grow, numbers count up, text rises, shapes pop, and what has
    a `reveal()` is revealed. A group's parts enter one after the other. `self.play(enter(leaf))`"""
    if isinstance(thing, Number):
        return count_up(thing, run_time) if not thing.updaters else appear(thing)
    if hasattr(thing, "reveal"):
        shown: Animation = thing.reveal()
        return shown
    if isinstance(thing, Label):
        return appear(thing)
    if not isinstance(thing, VMobject):
        return appear(thing, run_time=run_time)
    if not len(thing.points):
        parts = [part for part in thing.submobjects if part.family_members_with_points()]
        if 0 < len(parts) <= MOST_ONE_BY_ONE:
            return LaggedStart(*(enter(part, run_time) for part in parts), lag_ratio=0.2)
        return appear(thing, run_time=run_time)
    if thing.get_fill_opacity() < 0.05:
        return Create(thing, run_time=run_time, rate_func=ease_in_out_sine)
    if isinstance(thing, Rectangle) and max(thing.width, thing.height) > 1.8 * min(thing.width, thing.height):
        edge = DOWN if thing.height > thing.width else LEFT
        return GrowFromEdge(thing, edge, run_time=run_time, rate_func=ease_out_cubic)
    return Pop(thing, run_time=min(run_time, 0.6))


def count_up(number: Number, run_time: float = 1.2) -> Animation:
    """A number counts from 0 to its value."""
    value = number.value()
    whole = number.value

    def show(counting: Number, alpha: float) -> None:
        counting.value = whole if alpha >= 1 else lambda: value * alpha
        counting.refresh()

    return UpdateFromAlphaFunc(number, show, run_time=run_time, rate_func=ease_out_cubic, introducer=True)


class Pop(Animation):
    """A thing grows out of its middle, a little beyond its size and back."""

    sound = "pop"

    def __init__(self, thing: Mobject, **kwargs: Any) -> None:
        super().__init__(thing, introducer=True, rate_func=_overshoot, **kwargs)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.middle = self.mobject.get_center()
        self.shapes = [(part, part.points.copy()) for part in self.mobject.family_members_with_points()]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        size = max(1e-3, float(self.rate_func(alpha)))
        for part, points in self.shapes:
            part.points = self.middle + (points - self.middle) * size


class Rigid(Animation):
    """A piece moves and turns as one: the distances within it never change."""

    sound = "swish"

    def __init__(self, piece: Mobject, shift: Any, turn: float, **kwargs: Any) -> None:
        super().__init__(piece, rate_func=ease_in_out_sine, **kwargs)
        self.shift, self.turn = np.asarray(shift, dtype=float), turn

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.middle = self.mobject.get_center()
        self.shapes = [(part, part.points.copy()) for part in self.mobject.family_members_with_points()]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        cos, sin = np.cos(self.turn * share), np.sin(self.turn * share)
        turned = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
        to = self.middle + self.shift * share
        for part, points in self.shapes:
            part.points = (points - self.middle) @ turned + to


def move(piece: Any, to: Any = None, turn: float = 0.0, by: Any = None, run_time: float = 1.2) -> Animation:
    """`piece` moves rigidly: its middle goes to `to` (a point, a thing or an area), or `by` a vector, turning by `turn`
    (radians) on the way: `self.play(move(triangle, by=2 * RIGHT), move(other, to=corner, turn=PI / 2))`."""
    if to is not None and by is not None:
        raise ValueError("move(piece, to=..., by=...): give the place or the way, not both")
    if to is not None:
        place = to.get_center() if isinstance(to, Mobject) else np.asarray(getattr(to, "center", to), dtype=float)
        by = place - piece.get_center()
    shift = np.zeros(3) if by is None else by
    if all(isinstance(part, VMobject) for part in piece.get_family()):
        return Rigid(piece, shift, turn, run_time=run_time)
    piece.generate_target().rotate(turn).shift(shift)
    return MoveToTarget(piece, path_arc=turn, run_time=run_time)


def _overshoot(alpha: float) -> float:
    back = alpha - 1
    return 1 + (OVERSHOOT + 1) * back**3 + OVERSHOOT * back**2
