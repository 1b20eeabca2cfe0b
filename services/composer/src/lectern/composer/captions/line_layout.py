"""Laying out a cue's phrases on one or two lines."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lectern.composer.captions.break_costs import break_cost
from lectern.composer.captions.phrases import Phrase, width_of
from lectern.composer.captions.reading_limits import ReadingLimits


class LineLayout(msgspec.Struct, frozen=True, kw_only=True):
    """The phrase that starts the second line, or 0 for a single line. The lower `cost`, the better it reads."""

    second_line: int
    cost: float


def lay_out_lines(group: Sequence[Phrase], limits: ReadingLimits) -> LineLayout | None:
    """Returns the best layout, or None if the phrases do not fit. A phrase longer than a line has a line to itself."""
    if _fits(group, limits):
        return LineLayout(second_line=0, cost=0.0)
    if limits.lines < 2:
        return None
    layouts = [
        LineLayout(second_line=at, cost=_cost(group, at, limits))
        for at in range(1, len(group))
        if _fits(group[:at], limits) and _fits(group[at:], limits)
    ]
    return min(layouts, key=lambda layout: layout.cost, default=None)


def _fits(group: Sequence[Phrase], limits: ReadingLimits) -> bool:
    return len(group) == 1 or width_of(group) <= limits.columns


def _cost(group: Sequence[Phrase], at: int, limits: ReadingLimits) -> float:
    """Returns a cost that favours a good place to break, then even lines, then a longer lower line."""
    above, below = width_of(group[:at]), width_of(group[at:])
    place = break_cost(group[at - 1], group[at], limits.function_words)
    return place + 2 * abs(above - below) / limits.columns + (0.2 if above > below else 0.0)
