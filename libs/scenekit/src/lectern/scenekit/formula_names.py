# mypy: disallow-subclassing-any=False
"""Names of a formula's parts, below and above it, each with a line to its part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from manim import DOWN, UP, Animation, Create, LaggedStart, Line, VGroup

from .labels import Label
from .layout import frame
from .style import theme

REACH, STEP, GAP = 0.85, 0.85, 0.3
"""Units: from the formula to the nearest names, from one row of names to the next, and between names of a row."""
ROWS = tuple((side, row) for row in range(3) for side in (DOWN, UP))
"""Where a name is tried, the best place first."""


class PartName(VGroup):
    """A name in row `row` on a `side` of a formula, over the middle of its part."""

    def __init__(self, formula: Any, part: Any, text: str, side: Any, row: int) -> None:
        super().__init__()
        self.side, self.row = side, row
        color = part.family_members_with_points()[0].get_fill_color()
        self.label = Label(text, size=theme.body, color=color, width=frame.safe.width * 0.85)
        edge = formula.get_edge_center(side)[1] + side[1] * (REACH + row * STEP)
        self.label.move_to([part.get_x(), edge, 0])
        over = max(0.0, self.label.get_right()[0] - frame.body.right) - max(
            0.0, frame.body.left - self.label.get_left()[0]
        )
        self.label.shift([-over, 0, 0])
        start, end = part.get_edge_center(side) + 0.1 * side, self.label.get_edge_center(-side) - 0.1 * side
        self.line = Line(start, [part.get_x(), end[1], 0], stroke_width=3, color=color)
        self.add(self.line, self.label)

    def hits(self, others: Sequence[PartName]) -> bool:
        """Return whether it would touch a name that is there, or its line run through one, or one's line through it."""
        return any(_meet(self, other) or _runs_through(self, other) or _runs_through(other, self) for other in others)

    def reveal(self) -> Animation:
        """Its line grows out of the part, then the name follows."""
        return LaggedStart(Create(self.line), self.label.reveal(), lag_ratio=0.5, run_time=1.0)


def name_part(formula: Any, part: Any, text: str, others: Sequence[PartName]) -> PartName:
    """Build a part's name, where it touches no other one; in the last row if it does in all of them."""
    tried = [PartName(formula, part, text, side, row) for side, row in ROWS]
    return next((each for each in tried if not each.hits(others)), tried[-1])


def _meet(one: PartName, other: PartName) -> bool:
    """Return whether two names of a row are less than `GAP` apart."""
    if (one.row, one.side[1]) != (other.row, other.side[1]):
        return False
    reach = (one.label.width + other.label.width) / 2 + GAP
    return bool(abs(one.label.get_x() - other.label.get_x()) < reach)


def _runs_through(line: PartName, name: PartName) -> bool:
    """Return whether the line of one name crosses another that is nearer to the formula."""
    if line.side[1] != name.side[1] or line.row <= name.row:
        return False
    return bool(abs(line.line.get_x() - name.label.get_x()) < name.label.width / 2 + GAP / 2)
