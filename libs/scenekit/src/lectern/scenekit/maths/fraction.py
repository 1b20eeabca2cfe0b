# mypy: disallow-subclassing-any=False
"""Fractions as pieces of a bar or of a pie, squares that are counted, and braces."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import (
    DOWN,
    TAU,
    Animation,
    BraceBetweenPoints,
    Create,
    FadeIn,
    GrowFromCenter,
    LaggedStart,
    Rectangle,
    Sector,
    Square,
    Succession,
    VGroup,
)

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import place
from lectern.scenekit.motion import appear
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.parametric import Enter
from lectern.scenekit.style import theme

MOST_PIECES = 60
FILL_TIME = 0.3


class Fraction(VGroup):
    """Equal pieces of a whole: `f = Fraction(3, 4)` is a bar, `Fraction(3, 4, "pie")` a pie; `f[0]` is a piece.

    `self.play(f.reveal())` draws the whole and fills the pieces one by one; `self.play(f.take(2))` fills two of them.
    """

    def __init__(self, taken: int, of: int, style: str = "bar", color: Any = None, size: float = 6.0) -> None:
        super().__init__()
        if style not in ("bar", "pie"):
            raise refuse_name("style of a Fraction", style, ("bar", "pie"))
        if not 0 <= taken <= of <= MOST_PIECES or of < 1:
            raise ValueError(f"Fraction({taken}, {of}): take from 0 to all of 1 to {MOST_PIECES} pieces")
        self.taken, self.of = taken, of
        self.color_ = theme.primary if color is None else color
        edge = {"stroke_color": theme.text, "stroke_width": 3, "fill_color": self.color_, "fill_opacity": 0}
        if style == "bar":
            pieces = [Rectangle(width=size / of, height=size / 5, **edge) for _ in range(of)]
            for index, piece in enumerate(pieces):
                piece.move_to([size * ((index + 0.5) / of - 0.5), 0, 0])
        else:
            turn = TAU / of
            pieces = [
                Sector(radius=size / 3, start_angle=TAU / 4 - (index + 1) * turn, angle=turn, **edge)
                for index in range(of)
            ]
        self.add(*pieces)
        place(self)

    def take(self, count: int) -> Animation:
        """So many pieces are filled, the others are empty."""
        self.taken = count
        moves = [piece.animate.set_fill(opacity=0.9 if n < count else 0) for n, piece in enumerate(self)]
        return Enter(self, LaggedStart(*moves, lag_ratio=0.15, run_time=0.6 + FILL_TIME * min(self.of, 4)))

    def reveal(self) -> Animation:
        """The whole is drawn, then its pieces are filled one by one."""
        outline = LaggedStart(*(Create(piece, run_time=0.6) for piece in self), lag_ratio=0.05)
        return Enter(self, Succession(outline, self.take(self.taken)) if self.taken else outline)


class UnitSquares(VGroup):
    """Rows of equal squares to be counted: `UnitSquares(3, 3)`; `u[2]` is one, `u.reveal()` lays them one by one."""

    def __init__(self, rows: int, columns: int, unit: float = 0.5, color: Any = None) -> None:
        super().__init__()
        if not 0 < rows * columns <= 400:
            raise ValueError(f"UnitSquares({rows}, {columns}): draw 1 to 400 squares")
        fill = theme.primary if color is None else color
        for row in range(rows):
            for column in range(columns):
                square = Square(unit, stroke_color=theme.background, stroke_width=2, fill_color=fill, fill_opacity=0.9)
                self.add(square.move_to([column * unit, -row * unit, 0]))
        self.center()

    def reveal(self) -> Animation:
        """The squares are laid one after the other."""
        laid = (FadeIn(each, scale=0.5, run_time=0.3) for each in self)
        return Enter(self, LaggedStart(*laid, lag_ratio=min(0.3, 6 / len(self))))


class BracedText(VGroup):
    """A brace along one side of a thing, with its text."""

    def __init__(self, thing: Any, text: str, side: Any, color: Any) -> None:
        super().__init__()
        self.belongs_to = thing
        color = theme.text if color is None else color
        along = np.array([-side[1], side[0], 0.0])
        first, last = (thing.get_critical_point(side + sign * along) + 0.1 * side for sign in (-1, 1))
        self.brace = BraceBetweenPoints(first, last, direction=side, color=color, fill_opacity=1, stroke_width=0)
        self.label = Label(text, color=color).next_to(self.brace, side, buff=0.15)
        self.add(self.brace, self.label)
        self._place = thing.get_center()
        self.add_updater(lambda me: me._follow() if me is self else None)

    def _follow(self) -> None:
        now = self.belongs_to.get_center()
        if not np.allclose(now, self._place):
            self.shift(now - self._place)
            self._place = now

    def reveal(self) -> Animation:
        """The brace opens, and its text appears."""
        return Enter(self, GrowFromCenter(self.brace, run_time=0.7), appear(self.label))


def brace(thing: Any, text: str, side: Any = DOWN, color: Any = None) -> BracedText:
    """A brace along the side of a thing, with its text: `b = brace(bar, "three parts")`, `self.play(b.reveal())`.
    It moves and leaves with its thing."""
    return BracedText(thing, text, side, color)
