"""Layouts that read from right to left: what is arranged in order is mirrored, what is drawn or written is not."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from manim import MarkupText, Text


def reads_right_to_left(texts: Iterable[str]) -> bool:
    """Tell whether most letters of texts are of a script that is written from right to left."""
    kinds = [unicodedata.bidirectional(letter) for text in texts for letter in text]
    return sum(kind in ("R", "AL") for kind in kinds) > kinds.count("L")


def mirror(thing: Any, x: float) -> None:
    """Mirror where the parts of a thing are, about an upright line at `x`.

    Lines of text and what `keeps_its_sides` change their place and nothing else.
    """
    if isinstance(thing, Text | MarkupText) or getattr(thing, "keeps_its_sides", False):
        thing.set_x(2 * x - thing.get_x())
        return
    if len(thing.points):
        points = thing.points.copy()
        points[:, 0] = 2 * x - points[:, 0]
        thing.points = points
    for part in thing.submobjects:
        mirror(part, x)


def order_by_script(texts: Iterable[str], x: float, *things: Any) -> bool:
    """Mirror things whose texts are read from right to left, about an upright line at `x`; tell whether they are."""
    turned = reads_right_to_left(texts)
    if turned:
        for each in things:
            mirror(each, x)
    return turned
