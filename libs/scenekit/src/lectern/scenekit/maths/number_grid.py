# mypy: disallow-subclassing-any=False
"""Tables of numbers whose cells, rows and columns are addressed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from manim import Animation, FadeIn, LaggedStart, RoundedRectangle, Transform, VGroup

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import Area, frame
from lectern.scenekit.parametric import Enter
from lectern.scenekit.style import theme
from lectern.scenekit.ticks import format_number

LARGEST_CELL = 1.8
MOST_CELLS = 144


class NumberGrid(VGroup):
    """A matrix or a table: `m = NumberGrid([[1, 2], [3, 4]])`; `m.cell(0, 1)`, `m.row(0)`, `m.column(1)` are things to
    `focus`, `self.play(m.light((0, 1), (1, 1)))` fills cells, `self.play(m.write(0, 1, 7))` changes a number."""

    def __init__(self, rows: Sequence[Sequence[Any]], area: Area | None = None) -> None:
        super().__init__()
        widths = {len(row) for row in rows}
        if not rows or widths == {0} or len(widths) != 1 or len(rows) * len(rows[0]) > MOST_CELLS:
            raise ValueError(f"NumberGrid wants rows of equal length and at most {MOST_CELLS} cells, not {rows!r}")
        area = frame.body if area is None else area
        self.rows, self.columns = len(rows), len(rows[0])
        side = min(LARGEST_CELL, area.width / self.columns, area.height / self.rows)
        self.cells = VGroup()
        for number, row in enumerate(rows):
            for index, value in enumerate(row):
                box = RoundedRectangle(
                    width=side * 0.94, height=side * 0.94, corner_radius=0.1, stroke_width=2, stroke_color=theme.border
                ).set_fill(theme.surface, opacity=1)
                cell = VGroup(box, self._set_value(value, box))
                x, y = index - (self.columns - 1) / 2, (self.rows - 1) / 2 - number
                self.cells.add(cell.shift([x * side, y * side, 0]))
        self.add(self.cells)
        self.move_to(area.center)

    def cell(self, row: int, column: int) -> VGroup:
        """A cell: its box and its number. Raises IndexError with the size of the grid."""
        if not (0 <= row < self.rows and 0 <= column < self.columns):
            raise IndexError(f"the grid has {self.rows} rows and {self.columns} columns, counted from 0")
        found: VGroup = self.cells[row * self.columns + column]
        return found

    def row(self, row: int) -> VGroup:
        """The cells of a row."""
        return VGroup(*(self.cell(row, column) for column in range(self.columns)))

    def column(self, column: int) -> VGroup:
        """The cells of a column."""
        return VGroup(*(self.cell(row, column) for row in range(self.rows)))

    def light(self, *places: tuple[int, int], color: Any = None) -> Animation:
        """The boxes of some cells take a colour; without places all of them are plain again."""
        color = theme.accent if color is None else color
        moves = [self.cell(*place)[0].animate.set_stroke(color, width=6) for place in places]
        if not places:
            moves = [cell[0].animate.set_stroke(theme.border, width=2) for cell in self.cells]
        return Enter(self, *moves, run_time=0.6)

    def write(self, row: int, column: int, value: Any) -> Animation:
        """A cell gets another number."""
        cell = self.cell(row, column)
        return Enter(self, Transform(cell[1], self._set_value(value, cell[0])))

    def reveal(self) -> Animation:
        """The cells appear row by row."""
        shown = (FadeIn(cell, scale=0.8, run_time=0.5) for cell in self.cells)
        return Enter(self, LaggedStart(*shown, lag_ratio=0.08))

    def _set_value(self, value: Any, box: Any) -> Label:
        text = format_number(value) if isinstance(value, (int, float)) else str(value)
        size = min(theme.heading, theme.heading * box.width / 1.0)
        words = Label(text, size=max(size, theme.small))
        if words.width > 0.86 * box.width:
            words.scale(0.86 * box.width / words.width)
        words.move_to(box)
        return words
