# mypy: disallow-subclassing-any=False
"""The picture beside words: the thing that they name, or their number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from manim import Mobject, RoundedRectangle, VGroup

from lectern.things import find_thing

from .labels import Label
from .style import theme
from .things.thing import Thing

THING_SHARE = 0.66
"""Share of a tile's side that its thing fills."""


class Tile(VGroup):
    """A rounded square in a tint of `color`, with a thing on it, or a short mark where there is none."""

    def __init__(self, thing: Mobject | None, mark: str, *, side: float, color: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shape = RoundedRectangle(width=side, height=side, corner_radius=side * 0.24, stroke_width=0)
        self.shape.set_fill(color, opacity=0.16)
        self.thing = thing
        self.add(self.shape)
        if thing is not None:
            thing.scale(side * THING_SHARE / max(thing.width, thing.height, 1e-6)).move_to(self.shape)
            self.add(thing)
        elif mark:
            size = max(theme.small, min(side * 30, 110))
            self.mark = Label(mark, size=size, weight="BOLD", color=color).middle_on(self.shape.get_center())
            self.add(self.mark)


def choose_colors(count: int) -> list[Any]:
    """Return the colours of things that have none of their own, in order."""
    own = (theme.primary, theme.teal, theme.violet)
    return [own[number % len(own)] for number in range(count)]


def draw_things(
    texts: Sequence[str], names: Sequence[str | None] | None, colors: Sequence[Any]
) -> list[Mobject | None]:
    """Draw the thing that each text names, None where there is none. `names` are used instead where they are given.

    `colors` are for icons, which have one tone. Where fewer than half of the texts name a thing none is drawn: it would
    stand out for no reason; and none comes twice. Raises KeyError for a given name that no thing has.
    """
    if names is None:
        wanted = [find_thing(text) for text in texts]
        if len({name for name in wanted if name is not None}) * 2 < len(texts):
            return [None] * len(texts)
    else:
        wanted = [*names, *[None] * len(texts)][: len(texts)]
    drawn: list[Mobject | None] = []
    for number, name in enumerate(wanted):
        again = names is None and name in wanted[:number]
        drawn.append(None if name is None or again else Thing(name, color=colors[number]))
    return drawn
