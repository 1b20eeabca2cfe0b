# mypy: disallow-subclassing-any=False
"""Two things side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from manim import DOWN, LEFT, RIGHT, UP, Animation, LaggedStart, RoundedRectangle, VGroup

from .bullets import Point
from .labels import Label
from .layout import frame, place
from .motion import appear
from .style import theme


class Comparison(VGroup):
    """Two columns with a heading and short points each: `Comparison("Mitosis", ["2 cells"], "Meiosis", ["4 cells"])`.

    At most 5 points of at most 40 characters a side. `self.play(c.reveal())`, or one side at a time with
    `c.reveal_left()` and `c.reveal_right()`. `c.left[0]` and `c.right[0]` are points.
    """

    def __init__(
        self, left_title: str, left: Sequence[str], right_title: str, right: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        body = frame.body
        width = body.width if frame.portrait else (body.width - 0.8) / 2
        self.sides = [
            _Side(left_title, left, width=width, color=theme.primary),
            _Side(right_title, right, width=width, color=theme.accent),
        ]
        height = max(side.text_height for side in self.sides) + 0.9
        for side in self.sides:
            side.draw_card(height)
        self.add(*self.sides)
        self.arrange(DOWN if frame.portrait else RIGHT, buff=0.6 if frame.portrait else 0.8)
        place(self)
        self.left, self.right = self.sides[0].points_, self.sides[1].points_

    def reveal(self) -> Animation:
        """The left side, then the right side."""
        return LaggedStart(self.reveal_left(), self.reveal_right(), lag_ratio=0.6)

    def reveal_left(self) -> Animation:
        """The left card and its points."""
        return self.sides[0].reveal()

    def reveal_right(self) -> Animation:
        """The right card and its points."""
        return self.sides[1].reveal()


class _Side(VGroup):
    def __init__(self, title: str, items: Sequence[str], *, width: float, color: Any) -> None:
        super().__init__()
        self.heading = Label(title, size=theme.heading, weight="SEMIBOLD", color=color, width=width - 0.8, align=LEFT)
        self.points_ = VGroup(
            *(Point(item, size=theme.label, width=width - 1.4, color=color) for item in items)
        ).arrange(DOWN, buff=0.34, aligned_edge=LEFT)
        if len(self.points_):
            self.points_.next_to(self.heading, DOWN, buff=0.45, aligned_edge=LEFT)
        self.card_width = width
        self.edge = RoundedRectangle(width=width - 0.4, height=0.07, corner_radius=0.035, stroke_width=0)
        self.edge.set_fill(color, opacity=1)

    @property
    def text_height(self) -> float:
        return float(VGroup(self.heading, self.points_).height)

    def draw_card(self, height: float) -> None:
        """Put the text on a card of `height` units, at its top left corner."""
        self.card = RoundedRectangle(width=self.card_width, height=height, corner_radius=0.2, stroke_width=0)
        self.card.set_fill(theme.surface, opacity=1)
        words = VGroup(self.heading, self.points_)
        words.move_to(self.card.get_corner(UP + LEFT) + 0.45 * RIGHT + 0.48 * DOWN, aligned_edge=UP + LEFT)
        self.edge.move_to(self.card.get_top())
        self.add(self.card, self.edge, self.heading, self.points_)

    def reveal(self) -> Animation:
        opening = appear(VGroup(self.card, self.edge, self.heading))
        return LaggedStart(opening, *(appear(point, shift=0.2 * RIGHT) for point in self.points_), lag_ratio=0.35)
