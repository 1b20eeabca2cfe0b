"""Laying out a cue's words on one or two lines."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lectern.composer.captions.guide import Guide
from lectern.composer.captions.sentences import break_cost


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """Where the second line starts: word `at`, or 0 for a single line. The lower `cost`, the better it reads."""

    at: int
    cost: float


def width(words: Sequence[str]) -> int:
    """Characters of a line, spaces included."""
    return sum(map(len, words)) + max(0, len(words) - 1)


def lay_out(words: Sequence[str], guide: Guide) -> Layout | None:
    """The best layout; None when the words do not fit. A single word longer than a line gets a line to itself."""
    if width(words) <= guide.chars or len(words) == 1:
        return Layout(at=0, cost=0.0)
    if guide.lines < 2:
        return None
    layouts = [
        Layout(at=at, cost=_cost(words, at, guide))
        for at in range(1, len(words))
        if _fits(words[:at], guide) and _fits(words[at:], guide)
    ]
    return min(layouts, key=lambda layout: layout.cost, default=None)


def _fits(words: Sequence[str], guide: Guide) -> bool:
    return len(words) == 1 or width(words) <= guide.chars


def _cost(words: Sequence[str], at: int, guide: Guide) -> float:
    """A good place to break first, then even lines, then a longer lower line."""
    above, below = width(words[:at]), width(words[at:])
    place = break_cost(words[at - 1], words[at], guide.small)
    return place + 2 * abs(above - below) / guide.chars + (0.2 if above > below else 0.0)
