# mypy: disallow-subclassing-any=False
"""A number that follows a value while it changes, cheaply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from manim import ORIGIN, Line, Text, VGroup, VMobject

from .layout import place
from .style import theme

CHARACTERS = "0123456789.\u2212"
NARROW = 0.55
"""Width of points, commas and gaps, in widths of a digit."""
SPARE_SLOTS = 4
"""Glyphs that a number may grow by before its family changes."""
UNIT_GAP = 0.45
"""Space before the unit, in widths of a digit."""
SIDE_BEARING = 0.12
"""Space around a digit, as a share of the widest one."""


class Number(VGroup):
    """A live number: `Number(lambda: tracker.get_value(), decimals=2, unit="m/s").next_to(dot, UP)`.

    It always shows the current value and costs next to nothing: its glyphs are set once. Its left edge stays.
    """

    keeps_its_sides = True

    def __init__(
        self,
        value: Callable[[], float] | float,
        decimals: int = 0,
        unit: str = "",
        size: float | None = None,
        color: Any = None,
        *,
        separator: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.separator = separator
        size = theme.label if size is None else size
        self.value = value if callable(value) else lambda: value
        self.decimals, self.unit, self.size = decimals, unit, size
        color = theme.text if color is None else color
        marks = CHARACTERS + separator.strip()
        glyphs = list(Text(marks + unit, font_size=size, color=color, disable_ligatures=True))
        digits = glyphs[:10]
        self._cell = max(each.width for each in digits) * (1 + 2 * SIDE_BEARING)
        baseline, self._height = digits[1].get_bottom()[1], digits[1].height
        self._points = {
            character: glyph.points - [_middle(glyph), baseline, 0]
            for character, glyph in zip(marks, glyphs, strict=False)
        }
        letters = zip(unit, glyphs[len(marks) :], strict=False)
        self._unit = [glyph.points - [0, baseline, 0] for letter, glyph in letters if not letter.isspace()]
        # an invisible upright stroke tells where the number has been moved, how it was scaled and turned
        self._mark = Line(ORIGIN, [0, self._height, 0], stroke_width=0, stroke_opacity=0)
        self._slots = VGroup()
        self.add(self._mark, self._slots)
        self._style = digits[0]
        self.text = ""
        self._show(self._format())
        place(self)
        if callable(value):
            # a copy, such as an animation makes, stays as it is: both must have the same glyphs throughout
            self.add_updater(lambda number: self.refresh() if number is self else None)

    @property
    def font_size(self) -> float:
        """The font size, after any scaling."""
        start, end = self._mark.get_start_and_end()
        return float(self.size * np.linalg.norm(end - start) / self._height)

    def find_screen_anchor(self) -> Any:
        """The point around which the number keeps its size on the screen when the camera comes closer."""
        return self.get_center()

    def refresh(self) -> None:
        """Show the current value; does nothing while its text stays the same."""
        text = self._format()
        if text != self.text:
            self._show(text)

    def _format(self) -> str:
        value = float(self.value())
        if not np.isfinite(value):
            return "\u2212"
        text = f"{value:{',' if self.separator else ''}.{self.decimals}f}"
        if self.separator:
            text = text.replace(".", "\0").replace(",", self.separator[0])
            text = text.replace("\0", "," if self.separator == "." else ".")
            return text.replace("-", "\u2212")
        return text.lstrip("-") if float(text) == 0 else text.replace("-", "\u2212")

    def _show(self, text: str) -> None:
        self.text = text
        start, end = self._mark.get_start_and_end()
        up = (end - start) / self._height
        turn = np.array([[up[1], up[0], 0], [-up[0], up[1], 0], [0, 0, np.linalg.norm(up)]])
        placed = self._lay_out(text)
        for _ in range(max(0, len(placed) - len(self._slots))):
            self._grow()
        for slot, points in zip(self._slots, placed + [np.zeros((0, 3))] * len(self._slots), strict=False):
            slot.points = points @ turn.T + start if len(points) else points

    def _lay_out(self, text: str) -> list[Any]:
        """Return the points of each glyph; the number begins at the origin and stands on the x axis."""
        placed, x = [], 0.0
        for character in text:
            width = self._cell * (1.0 if character.isdecimal() or character == "\u2212" else NARROW)
            if character in self._points:
                placed.append(self._points[character] + [x + width / 2, 0, 0])
            x += width
        if self._unit:
            left = min(points[:, 0].min() for points in self._unit)
            x += self._cell * UNIT_GAP - left
            placed += [np.add(points, [x, 0, 0]) for points in self._unit]
        return placed

    def _grow(self) -> None:
        like = self._slots[0] if len(self._slots) else self._style
        for _ in range(SPARE_SLOTS):
            slot = VMobject().match_style(like, family=False)
            self._slots.add(slot)


def _middle(glyph: Any) -> float:
    return float(glyph.get_x())
