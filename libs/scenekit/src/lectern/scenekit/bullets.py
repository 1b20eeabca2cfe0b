# mypy: disallow-subclassing-any=False
"""Short points, one below the other."""

from __future__ import annotations

from typing import Any

from manim import DOWN, LEFT, RIGHT, UP, Animation, Dot, LaggedStart, VGroup

from .labels import Label
from .layout import frame, place
from .line_breaking import find_bullet_height
from .motion import appear
from .style import theme


class Point(VGroup):
    """One point of a list: a dot and its text."""

    def __init__(self, text: str, *, size: float, width: float, color: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text = text
        self.words = Label(text, size=size, width=width, align=LEFT)
        self.dot = Dot(radius=0.0022 * size, color=color)
        self.add(self.dot, self.words)
        self.words.next_to(self.dot, RIGHT, buff=0.009 * size)
        self.words.shift((self.dot.get_y() - find_bullet_height(self.words[0], size)) * UP)


class Bullets(VGroup):
    """Short points below each other: `Bullets("Light is absorbed", "Water is split", title="Light reactions")`.

    At most 6 points of at most 60 characters. Reveal them one by one: `self.play(bullets.reveal(0))`, or all:
    `self.play(bullets.reveal())`. `bullets[i]` is a point, counted from 0.
    """

    def __init__(self, *items: str, title: str | None = None, width: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        body = frame.body
        width = width or min(body.width, 11.5)
        self.points_ = VGroup(
            *(Point(item, size=theme.body, width=width - 0.6, color=theme.accent) for item in items)
        ).arrange(DOWN, buff=0.42, aligned_edge=LEFT)
        self.heading = None
        if title:
            self.heading = Label(title, size=theme.heading, weight="SEMIBOLD", color=theme.primary, align=LEFT)
            self.add(self.heading)
        self.add(self.points_)
        if self.heading is not None:
            self.points_.next_to(self.heading, DOWN, buff=0.5, aligned_edge=LEFT)
        place(self, width=width)

    def __getitem__(self, index: Any) -> Any:
        return self.points_[index]

    def __len__(self) -> int:
        return len(self.points_)

    def reveal(self, index: int | None = None) -> Animation:
        """Point `index` (from 0) slides in; without an index the heading and all points do, one after the other."""
        if index is not None:
            return appear(self[index], shift=0.25 * RIGHT)
        parts = [*([self.heading] if self.heading is not None else []), *self.points_]
        return LaggedStart(*(appear(part, shift=0.25 * RIGHT) for part in parts), lag_ratio=0.45)
