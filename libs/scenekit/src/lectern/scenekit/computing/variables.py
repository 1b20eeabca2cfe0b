# mypy: disallow-subclassing-any=False
"""A panel of variables and their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from manim import DOWN, LEFT, RIGHT, UP, RoundedRectangle, VGroup
from manim.utils.rate_functions import there_and_back

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import fit
from lectern.scenekit.motion import appear
from lectern.scenekit.style import theme

ROW, VALUE_WIDTH, NAME_WIDTH, GAP = 0.78, 1.3, 1.2, 0.25
"""Units: the height of a row, the least width of a value's box and of a name's room, and the gap between them."""


class VariablesPanel(VGroup):
    """Names with boxes that hold their values, below each other, or side by side with `across`."""

    def __init__(self, values: Mapping[str, Any], *, across: bool = False) -> None:
        super().__init__()
        self.across = across
        self.boxes: dict[str, Any] = {}
        self.shown: dict[str, Any] = {}
        longest = max(values, key=lambda name: len(name), default="")
        self.room = max(NAME_WIDTH, Label(longest, font=theme.mono).width)
        for name, value in values.items():
            self.add_row(name, value)

    def add_row(self, name: str, value: Any) -> VGroup:
        """Add a row below the others."""
        words = Label(name, font=theme.mono, color=theme.primary)
        text = self._write(value)
        box = RoundedRectangle(width=max(VALUE_WIDTH, text.width + 0.5), height=ROW - 0.14, corner_radius=0.12)
        box.set_style(fill_color=theme.surface, fill_opacity=1, stroke_color=theme.border, stroke_width=3)
        if len(self) and self.across:
            last = self[-1]
            VGroup(words, box, text).scale(last[1].height / (ROW - 0.14))
            words.next_to(last[1], RIGHT, buff=0.5)
            box.next_to(words, RIGHT, buff=0.2)
        elif len(self):
            last = self[-1]
            scale = last[1].height / (ROW - 0.14)
            VGroup(words, box, text).scale(scale)
            fit(words, self.room * scale)
            box.next_to(last[1], DOWN, buff=0.14).align_to(last[1], LEFT)
            words.next_to(box, LEFT, buff=GAP)
        else:
            words.next_to(box, LEFT, buff=GAP)
        row = VGroup(words, box, text.middle_on(box.get_center()))
        self.boxes[name], self.shown[name] = box, text
        self.add(row)
        return row

    def set_values(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the animations that bring new values in."""
        moves: list[Any] = []
        for name, value in values.items():
            if name not in self.boxes:
                moves.append(appear(self.add_row(name, value)))
                continue
            box, old = self.boxes[name], self.shown[name]
            row = next(each for each in self if box in each.submobjects)
            row.remove(old)
            text = self._write(value).middle_on(box.get_center())
            fit(text.scale(box.height / (ROW - 0.14)), box.width - 0.2)
            row.add(text)
            self.shown[name] = text
            moves.append(appear(text, run_time=0.6, shift=0.3 * UP))
            moves.append(box.animate(run_time=0.9, rate_func=there_and_back).set_stroke(theme.accent, width=8))
        return moves

    def _write(self, value: Any) -> Any:
        return Label(str(value), font=theme.mono, color=theme.text, align=LEFT)
