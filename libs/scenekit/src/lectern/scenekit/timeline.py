# mypy: disallow-subclassing-any=False
"""Moments in order along a line."""

from __future__ import annotations

from typing import Any

from manim import DOWN, LEFT, RIGHT, UP, Animation, Create, Dot, GrowFromCenter, LaggedStart, Line, VGroup

from .labels import Label
from .layout import frame, place
from .motion import appear
from .style import theme


class Timeline(VGroup):
    """Moments along a line: `Timeline(("1905", "Special relativity"), ("1915", "General relativity"))`.

    At most 7 entries of (when, what); `what` at most 40 characters. Reveal all with `self.play(t.reveal())`, or one
    by one with `t.reveal(0)`; `t[0]` is an entry.
    """

    def __init__(self, *entries: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.entries = VGroup()
        body = frame.body
        if frame.portrait:
            self._lay_out_down(entries, body.width, body.height)
        else:
            self._lay_out_across(entries, body.width)
        self.add(self.line, self.entries)
        place(self)

    def __getitem__(self, index: Any) -> Any:
        return self.entries[index]

    def __len__(self) -> int:
        return len(self.entries)

    def reveal(self, index: int | None = None) -> Animation:
        """Entry `index` (from 0) appears, the line together with the first; without an index everything, in order."""
        if index is None:
            return LaggedStart(
                Create(self.line, run_time=1.2), *(self._reveal_entry(entry) for entry in self.entries), lag_ratio=0.3
            )
        if index == 0:
            return LaggedStart(Create(self.line, run_time=0.8), self._reveal_entry(self[0]), lag_ratio=0.4)
        return self._reveal_entry(self[index])

    def _reveal_entry(self, entry: Any) -> Animation:
        return LaggedStart(GrowFromCenter(entry[0], run_time=0.4), *(appear(part) for part in entry[1:]), lag_ratio=0.3)

    def _lay_out_across(self, entries: tuple[tuple[str, str], ...], width: float) -> None:
        count = max(1, len(entries))
        share = width / count
        alternate = count > 4  # above and below the line in turn
        room = share * (1.75 if alternate else 0.9)
        self.line = Line(LEFT * width / 2, RIGHT * width / 2, stroke_width=4, color=theme.border)
        for index, (when, what) in enumerate(entries):
            dot = _dot().move_to([(index + 0.5) * share - width / 2, 0, 0])
            side = UP if alternate and index % 2 else DOWN
            date = Label(when, size=theme.body, weight="SEMIBOLD", color=theme.accent)
            words = Label(what, size=theme.small if alternate else theme.label, width=min(room, 3.6))
            date.next_to(dot, side, buff=0.3)
            words.next_to(date, side, buff=0.22)
            if not alternate:
                date.next_to(dot, UP, buff=0.3)
                words.next_to(dot, DOWN, buff=0.3)
            self.entries.add(VGroup(dot, date, words))

    def _lay_out_down(self, entries: tuple[tuple[str, str], ...], width: float, height: float) -> None:
        step = min(height / max(1, len(entries)), 2.0)
        for index, (when, what) in enumerate(entries):
            dot = _dot().move_to([0, -index * step, 0])
            date = Label(when, size=theme.body, weight="SEMIBOLD", color=theme.accent)
            words = Label(what, size=theme.label, width=width - 1.0, align=LEFT)
            date.next_to(dot, RIGHT, buff=0.35)
            words.next_to(date, DOWN, buff=0.14, aligned_edge=LEFT)
            self.entries.add(VGroup(dot, date, words))
        end = -(max(1, len(entries)) - 1) * step - step * 0.5
        self.line = Line([0, step * 0.35, 0], [0, end, 0], stroke_width=4, color=theme.border)


def _dot() -> Dot:
    return Dot(radius=0.13, color=theme.accent, stroke_width=5, stroke_color=theme.background)
