# mypy: disallow-subclassing-any=False
"""Formulas that turn into others: what both have in common moves to its new place, the rest goes and comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import numpy as np
from manim import Animation, VGroup, VMobject
from manim.utils.rate_functions import smooth

ARC = 0.16
"""How far a part's path swings out, as a share of its length: parts that trade places do not run into each other."""


class MorphFormula(Animation):
    """The equation becomes `target`. Glyphs of `target` that `origins` name by id come from a place of their own."""

    sound = "swish"

    def __init__(
        self, equation: VGroup, target: VGroup, origins: Mapping[int, Any] | None = None, run_time: float = 1.4
    ) -> None:
        super().__init__(equation, run_time=run_time, rate_func=smooth)
        self.target, self.origins = target, dict(origins or {})

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        old, new = (each.family_members_with_points() for each in (self.mobject, self.target))
        free = [glyph for glyph in new if id(glyph) not in self.origins]
        pairs = match_glyphs(old, free)
        self.moves = [(glyph, before.points.copy(), glyph.points.copy()) for before, glyph in pairs]
        for before, glyph in pairs:
            glyph.match_style(before, family=False)
        for glyph in new:
            if id(glyph) in self.origins:
                self.moves.append((glyph, _shrink_onto(glyph, self.origins[id(glyph)]), glyph.points.copy()))
        moving = {id(glyph) for glyph, _, _ in self.moves}
        self.coming = [(glyph, glyph.get_fill_opacity()) for glyph in new if id(glyph) not in moving]
        kept = {id(before) for before, _ in pairs}
        self.going = [(glyph, glyph.get_fill_opacity()) for glyph in old if id(glyph) not in kept]
        self.leaving = VGroup(*(glyph for glyph, _ in self.going))
        self.mobject.submobjects = [*self.target.submobjects, self.leaving]
        self.mobject.sources = self.target.sources
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        for glyph, start, end in self.moves:
            way = end.mean(axis=0) - start.mean(axis=0)
            swing = ARC * np.sin(np.pi * share) * np.array([-way[1], way[0], 0.0])
            glyph.points = (1 - share) * start + share * end + swing
        for glyph, opacity in self.coming:
            glyph.set_fill(opacity=opacity * max(0.0, 2 * share - 1), family=False)
        for glyph, opacity in self.going:
            glyph.set_fill(opacity=opacity * max(0.0, 1 - 2 * share), family=False)

    def finish(self) -> None:
        super().finish()
        self.mobject.remove(self.leaving)


def match_glyphs(old: Sequence[VMobject], new: Sequence[VMobject]) -> list[tuple[VMobject, VMobject]]:
    """Pair glyphs of the same shape: the longest runs that both formulas share first, then what is left in order."""
    before, after = ([describe_shape(each) for each in some] for some in (old, new))
    pairs: list[tuple[int, int]] = []
    for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        pairs += [(block.a + offset, block.b + offset) for offset in range(block.size)]
    used_old, used_new = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    left: dict[bytes, list[int]] = defaultdict(list)
    for index, shape in enumerate(before):
        if index not in used_old:
            left[shape].append(index)
    for index, shape in enumerate(after):
        if index not in used_new and left[shape]:
            pairs.append((left[shape].pop(0), index))
    return [(old[one], new[other]) for one, other in pairs]


def describe_shape(glyph: VMobject) -> bytes:
    """Return a key that is the same for a glyph wherever it stands and however large it is."""
    low, high = glyph.points.min(axis=0), glyph.points.max(axis=0)
    size = max(float((high - low).max()), 1e-9)
    key: bytes = np.round((glyph.points - low) / size * 10).astype(np.int8).tobytes()
    return key


def _shrink_onto(glyph: VMobject, place: Any) -> Any:
    """Return the glyph's points where they come from: on another thing, as high as that is."""
    ratio = min(max(place.height / max(glyph.height, 1e-6), 0.3), 3.0)
    return (glyph.points - glyph.get_center()) * ratio + place.get_center()
