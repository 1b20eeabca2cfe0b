"""Laying out a cue's phrases on one or two lines."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lectern.composer.captions.guide import Guide
from lectern.composer.captions.phrases import Phrase, width
from lectern.composer.captions.sentences import break_cost


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """Where the second line starts: phrase `at`, or 0 for a single line. The lower `cost`, the better it reads."""

    at: int
    cost: float


def lay_out(group: Sequence[Phrase], guide: Guide) -> Layout | None:
    """The best layout; None when it does not fit. A phrase longer than a line gets a line to itself."""
    if _fits(group, guide):
        return Layout(at=0, cost=0.0)
    if guide.lines < 2:
        return None
    layouts = [
        Layout(at=at, cost=_cost(group, at, guide))
        for at in range(1, len(group))
        if _fits(group[:at], guide) and _fits(group[at:], guide)
    ]
    return min(layouts, key=lambda layout: layout.cost, default=None)


def _fits(group: Sequence[Phrase], guide: Guide) -> bool:
    return len(group) == 1 or width(group) <= guide.chars


def _cost(group: Sequence[Phrase], at: int, guide: Guide) -> float:
    """A good place to break first, then even lines, then a longer lower line."""
    above, below = width(group[:at]), width(group[at:])
    place = break_cost(group[at - 1].last.text, group[at].first.text, guide.small)
    return place + 2 * abs(above - below) / guide.chars + (0.2 if above > below else 0.0)
