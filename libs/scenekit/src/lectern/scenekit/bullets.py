# mypy: disallow-subclassing-any=False
"""Short points as cards, each with the thing that it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from manim import LEFT, ORIGIN, RIGHT, UP, Animation, AnimationGroup, LaggedStart, Mobject, VGroup

from .fitted_text import fit_texts
from .illustrations import Tile, choose_colors, draw_things
from .labels import Label
from .layout import Area, frame, settle
from .mirroring import order_by_script
from .motion import appear
from .plates import Card, PopIn, arrive, linger, single_out
from .style import theme

GAP = 0.36
TALL_LETTERS = 48
"""Letters of a point that a card beside two others holds under its thing."""
ROW_LETTERS = 60
"""Letters of a point that a card in one of two columns holds beside its thing."""
MAX_ROW = 2.6
"""Units; a card with its text beside the thing is no higher."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PointForm:
    """The measures of a point's card, in units. Its text stands below its thing if it is `upright`, else beside it."""

    width: float
    height: float
    upright: bool

    @property
    def pad(self) -> float:
        """The room around what stands on the card."""
        return min(0.35, self.height * 0.12)

    @property
    def side(self) -> float:
        """The side of the tile."""
        if self.upright:
            return min(self.width - 2 * self.pad, self.height * 0.56)
        return min(self.height - 2 * self.pad, self.width * 0.3)

    @property
    def text_width(self) -> float:
        return self.width - 2 * self.pad if self.upright else self.width - self.side - 3.2 * self.pad

    @property
    def text_height(self) -> float:
        return self.height - self.side - 3 * self.pad if self.upright else self.height - 0.3


class Point(Card):
    """One point of a list: a tile with its thing, and its text beside it or, in an `upright` card, below."""

    def __init__(self, words: Label, thing: Mobject | None, *, mark: str, form: PointForm, color: Any) -> None:
        super().__init__(form.width, form.height, color=color)
        self.text, self.words = words.text, words
        self.tile = Tile(thing, mark, side=form.side, color=color)
        if form.upright:
            self.tile.set_y(form.height / 2 - form.pad - form.side / 2)
            words.middle_on([0, form.pad + form.text_height / 2 - form.height / 2, 0])
        else:
            self.tile.set_x(form.pad + form.side / 2 - form.width / 2)
            words.move_to(self.tile.get_right() + RIGHT * form.pad * 1.1, aligned_edge=LEFT)
            words.middle_on([words.get_x(), 0, 0])
        self.add(self.tile, words)


class Bullets(VGroup):
    """Short points as cards with the things they name: `b = Bullets("Light is absorbed", "Water is split")`.

    At most 7 points of at most 60 characters. `self.add(b.ground)` shows their places from the first frame, then
    `self.play(b.reveal(0))` brings in a card (counted from 0) that stands out until the next one; `b.reveal()` all.
    `things=["sun", "drop"]` names what stands beside the words; `b[0]` is a card.
    """

    def __init__(
        self,
        *items: str,
        title: str | None = None,
        width: float | None = None,
        things: Sequence[str | None] | None = None,
        area: Area | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        area = area or frame.body
        room_width, room_height = min(width or area.width, area.width), area.height
        self.heading = None
        if title:
            self.heading = Label(title, size=theme.heading, weight="SEMIBOLD", color=theme.primary, width=room_width)
            room_height -= self.heading.height + 0.4
        drawn = draw_things(items, things, choose_colors(len(items)))
        self.points_ = VGroup(*_lay_out(items, drawn, room_width, room_height))
        self.ground = VGroup(*(card.draw_place() for card in self.points_))
        self.add(*([self.heading] if self.heading is not None else []), self.points_)
        if self.heading is not None:
            self.heading.next_to(self.points_, UP, buff=0.4, aligned_edge=LEFT)
        settle(self, area, self.ground)
        order_by_script(items, area.center[0], self, self.ground)

    def __getitem__(self, index: Any) -> Any:
        return self.points_[index]

    def __len__(self) -> int:
        return len(self.points_)

    def reveal(self, index: int | None = None) -> Animation:
        """Point `index` (from 0) arrives and stands out; without an index the heading and all points do in turn."""
        if index is not None:
            return arrive(self.points_, index)
        heading = [appear(self.heading)] if self.heading is not None else []
        return LaggedStart(*heading, *(PopIn(card) for card in self.points_), lag_ratio=0.45)

    def point_out(self, index: int) -> Animation:
        """Point `index` stands out again; if it does already, a glint runs round it."""
        moves = single_out(self.points_, index)
        return AnimationGroup(*moves) if moves else self.dwell(index)

    def dwell(self, index: int, seconds: float = 2.4) -> Animation:
        """Point `index` lives on for `seconds` while more is said about it."""
        return linger(self[index], self[index].tile.thing, seconds)


def _lay_out(items: Sequence[str], things: Sequence[Mobject | None], width: float, height: float) -> list[Point]:
    columns, upright = _choose_grid(items, width, height)
    rows = max(1, -(-len(items) // columns))
    own_width = (width - GAP * (columns - 1)) / columns
    own_height = (height - GAP * (rows - 1)) / rows
    own_height = min(own_height, own_width * 1.3 if upright else MAX_ROW)
    form = PointForm(width=own_width, height=own_height, upright=upright)
    align = ORIGIN if upright else LEFT
    room = {"width": form.text_width, "height": form.text_height}
    words = fit_texts(items, size=theme.body, weight="MEDIUM", align=align, **room)
    cards = []
    for number, (label, thing, color) in enumerate(zip(words, things, choose_colors(len(items)), strict=True)):
        card = Point(label, thing, mark=str(number + 1), form=form, color=color)
        row, column = divmod(number, columns)
        in_row = min(columns, len(items) - row * columns)
        card.shift([(column - (in_row - 1) / 2) * (own_width + GAP), -row * (own_height + GAP), 0])
        cards.append(card)
    return cards


def _choose_grid(items: Sequence[str], width: float, height: float) -> tuple[int, bool]:
    """Return the number of columns, and whether the text stands below its thing."""
    longest = max(map(len, items), default=0)
    count = max(1, len(items))
    if width < height * 1.6:
        return 1, False
    if 1 < count <= 3 and longest <= TALL_LETTERS:
        return count, True
    return (1 if (count < 4 and longest > ROW_LETTERS) or count == 1 else 2), False
