# mypy: disallow-subclassing-any=False
"""Cards: what a point, a step or a cell of a table stands on, and how they arrive and stand out, cheaply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, LEFT, ORIGIN, RIGHT, Animation, AnimationGroup, Line, RoundedRectangle, VGroup
from manim.utils.rate_functions import ease_in_out_sine, ease_out_cubic, linear, smooth

from .motion import RGBAS
from .style import theme

MAX_SWELL, MAX_GROWTH = 1.05, 0.34
"""What a card is scaled by at most while it is spoken of, and the units that it gains by that in width."""
EDGE = 4
"""Line width of the edge of the card that is spoken of."""
GLINT_SECONDS = 2.4
"""How long a glint takes to run round a card."""
SWAY = 0.09
"""Radians to each side."""


class Card(VGroup):
    """A rounded surface with `edge`, which is drawn while the card stands out.

    `swollen` is what it is scaled by now, `swell` what while it stands out, `standing_out` whether it was told to.
    """

    def __init__(self, width: float, height: float, *, color: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.accent = color
        self.swollen, self.standing_out = 1.0, False
        self.swell = min(MAX_SWELL, 1 + MAX_GROWTH / width)
        radius = min(0.22, height * 0.3, width * 0.3)
        self.plate = RoundedRectangle(width=width, height=height, corner_radius=radius, stroke_width=2)
        self.plate.set_style(fill_color=theme.surface, fill_opacity=1, stroke_color=theme.border, stroke_opacity=0.7)
        self.edge = RoundedRectangle(width=width, height=height, corner_radius=radius, fill_opacity=0)
        self.edge.set_stroke(color, width=EDGE, opacity=0)
        self.add(self.plate, self.edge)

    def draw_place(self) -> RoundedRectangle:
        """Return the card's empty place, as it is seen before it arrives."""
        return self.plate.copy().set_fill(opacity=0.4).set_stroke(opacity=0.4)


class PopIn(Animation):
    """A card grows into its place while it fades in, about its centre, and stands out where `marked`."""

    sound = "pop"

    def __init__(
        self, thing: Any, *, start: float = 0.82, marked: bool = False, run_time: float = 0.6, **kwargs: Any
    ) -> None:
        super().__init__(thing, introducer=True, run_time=run_time, **({"rate_func": ease_out_cubic} | kwargs))
        self.start, self.marked = start, marked

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.center = self.mobject.get_center()
        self.parts = [
            (part, part.points.copy(), [(name, getattr(part, name).copy()) for name in RGBAS if hasattr(part, name)])
            for part in self.mobject.family_members_with_points()
        ]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        end = self.mobject.swell if self.marked else 1.0
        factor = self.start + (end - self.start) * share
        seen = min(1.0, 2.0 * share)
        for part, points, colors in self.parts:
            part.points = points if factor == 1 else self.center + (points - self.center) * factor
            for name, rgbas in colors:
                faint = rgbas.copy()
                faint[:, 3] *= seen
                setattr(part, name, faint)
        if self.marked:
            self.mobject.edge.set_stroke(opacity=share)
            self.mobject.swollen = factor


class Swell(Animation):
    """A card is scaled to `factor` of the size it was built in; its edge appears, or goes."""

    def __init__(self, card: Any, factor: float, *, marked: bool, run_time: float = 0.5, **kwargs: Any) -> None:
        super().__init__(card, run_time=run_time, **({"rate_func": ease_in_out_sine} | kwargs))
        self.factor, self.marked = factor, marked

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.center = self.mobject.get_center()
        self.before = self.mobject.swollen
        self.opacity = self.mobject.edge.get_stroke_opacity()
        self.parts = [(part, part.points.copy()) for part in self.mobject.family_members_with_points()]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        now = self.before + (self.factor - self.before) * share
        for part, points in self.parts:
            part.points = self.center + (points - self.center) * (now / self.before)
        self.mobject.edge.set_stroke(opacity=self.opacity + (float(self.marked) - self.opacity) * share)
        self.mobject.swollen = now


class Glint(Animation):
    """A glint runs round the outline of `thing`, once in about two seconds, and leaves nothing behind."""

    def __init__(self, outline: Any, color: Any, *, run_time: float = GLINT_SECONDS, **kwargs: Any) -> None:
        self.outline = outline
        glint = outline.copy().set_fill(opacity=0).set_stroke(color, width=EDGE + 2, opacity=1)
        self.rounds = max(1, round(run_time / GLINT_SECONDS))
        super().__init__(glint, introducer=True, remover=True, run_time=run_time, rate_func=linear, **kwargs)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        head = (self.rounds * alpha) % 1.0
        length = 0.22 * min(1.0, 6 * min(alpha, 1 - alpha) + 0.02)
        self.mobject.pointwise_become_partial(self.outline, max(0.0, head - length), max(head, 0.001))


class Sway(Animation):
    """`thing` sways about its centre and is still again at the end."""

    def __init__(self, thing: Any, *, run_time: float = GLINT_SECONDS, angle: float = SWAY, **kwargs: Any) -> None:
        super().__init__(thing, run_time=run_time, rate_func=linear, **kwargs)
        self.angle, self.swings = angle, max(1, round(run_time / GLINT_SECONDS))

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.center = self.mobject.get_center()
        self.parts = [(part, part.points.copy()) for part in self.mobject.family_members_with_points()]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        angle = self.angle * np.sin(2 * np.pi * self.swings * alpha)
        turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
        for part, points in self.parts:
            part.points = points if alpha >= 1 else (points - self.center) @ turn.T + self.center


class Underscore(Animation):
    """A line is drawn below `thing` from left to right, stays, and goes the same way."""

    sound = "draw"

    def __init__(self, thing: Any, color: Any, *, run_time: float = GLINT_SECONDS, **kwargs: Any) -> None:
        self.thing = thing
        line = Line(ORIGIN, RIGHT, stroke_width=EDGE + 2, color=color)
        super().__init__(line, introducer=True, remover=True, run_time=run_time, rate_func=linear, **kwargs)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        left, right = self.thing.get_corner(DOWN + LEFT), self.thing.get_corner(DOWN + RIGHT)
        head, tail = min(1.0, 2.2 * alpha), max(0.0, 2.2 * alpha - 1.2)
        below = 0.18 * DOWN
        points = [left + (right - left) * float(smooth(share)) + below for share in (tail, max(head, tail + 1e-3))]
        self.mobject.set_points_as_corners(points)


def arrive(cards: Sequence[Any], index: int) -> Animation:
    """Card `index` pops in and stands out; those that stood out return."""
    cards[index].standing_out = True
    return AnimationGroup(PopIn(cards[index], marked=True), *_return_others(cards, index))


def single_out(cards: Sequence[Any], index: int | None) -> list[Animation]:
    """Let one card stand out, or none, and the others return; an empty list when it is so already."""
    moves = _return_others(cards, index)
    if index is not None and not cards[index].standing_out:
        cards[index].standing_out = True
        moves.append(Swell(cards[index], cards[index].swell, marked=True))
    return moves


def linger(card: Any, thing: Any, seconds: float) -> Animation:
    """Let a card live on while more is said about it: a glint runs round it, and its thing sways."""
    glint = Glint(card.edge, theme.text, run_time=seconds)
    return glint if thing is None else AnimationGroup(glint, Sway(thing, run_time=seconds))


def _return_others(cards: Sequence[Any], index: int | None) -> list[Animation]:
    moves: list[Animation] = []
    for number, card in enumerate(cards):
        if number != index and card.standing_out:
            card.standing_out = False
            moves.append(Swell(card, 1.0, marked=False))
    return moves
