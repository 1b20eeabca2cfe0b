# mypy: disallow-subclassing-any=False
"""Two things side by side, row against row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    Animation,
    AnimationGroup,
    LaggedStart,
    Line,
    Mobject,
    RoundedRectangle,
    VGroup,
    VMobject,
)

from .amounts import compare_amounts, read_answer
from .fitted_text import fit_texts
from .illustrations import draw_things
from .labels import Label
from .layout import Area, frame, settle
from .mirroring import order_by_script
from .motion import appear
from .plates import Card, PopIn, arrive, linger, single_out
from .style import theme

GAP = 0.22
MAX_ROW, MAX_TALL_ROW, MAX_HEADING = 1.5, 2.1, 1.25
"""Units; rows, rows of a tall comparison, and headings are no higher."""
BAR = 0.1
"""Units; of the bars that show two amounts on one scale."""


class Comparison(VGroup):
    """Two things, row against row: `c = Comparison("Mitosis", ["2 cells"], "Meiosis", ["4 cells"])`.

    At most 6 points of at most 40 characters a side. `self.add(c.ground)` shows headings and places from the first
    frame, `c.reveal(0)` brings in a row, `c.reveal()` all. Rows that count the same get bars on one scale, "yes ..."
    and "no ..." a tick and a cross. `c.left[0]` and `c.right[0]` are points.
    """

    def __init__(
        self,
        left_title: str,
        left: Sequence[str],
        right_title: str,
        right: Sequence[str],
        *,
        area: Area | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        area = area or frame.body
        colors = (theme.primary, theme.teal)
        width = (area.width - GAP) / 2
        pairs = list(zip_longest(left, right, fillvalue=""))
        count = max(1, len(pairs))
        heading_height = min(MAX_HEADING, area.height * 0.24)
        tallest = MAX_ROW if area.width > area.height else MAX_TALL_ROW
        row_height = min(tallest, (area.height - heading_height - GAP * count) / count)
        titles = fit_texts(
            (left_title, right_title), size=theme.heading, width=width - 1.6, height=heading_height - 0.2,
            weight="SEMIBOLD",
        )  # fmt: skip
        things = draw_things((left_title, right_title), None, colors)
        self.headings = VGroup(
            *(
                _Heading(title, thing, width=width, height=heading_height, color=color)
                for title, thing, color in zip(titles, things, colors, strict=True)
            )
        ).arrange(RIGHT, buff=GAP)
        shown = [read_answer(text)[1] for pair in pairs for text in pair]
        room = width - 0.6
        words = fit_texts(shown, size=theme.body, width=room, height=row_height - 0.35, weight="MEDIUM")
        self.rows = VGroup()
        for number, pair in enumerate(pairs):
            row = Row(pair, words[2 * number : 2 * number + 2], width=area.width, height=row_height, colors=colors)
            row.next_to(self.rows[-1] if number else self.headings, DOWN, buff=GAP)
            self.rows.add(row)
        self.left = VGroup(*(row.sides[0] for row in self.rows[: len(left)]))
        self.right = VGroup(*(row.sides[1] for row in self.rows[: len(right)]))
        places = VGroup(*(row.draw_place() for row in self.rows))
        self.ground = VGroup(self.headings, places)
        self.add(self.headings, self.rows)
        settle(self, area, places)
        order_by_script([left_title, right_title, *left, *right], area.center[0], self, places)

    def __len__(self) -> int:
        return len(self.rows)

    def reveal(self, index: int | None = None) -> Animation:
        """Row `index` (from 0) arrives and stands out; without an index the headings and all rows do in turn."""
        if index is not None:
            return AnimationGroup(arrive(self.rows, index), *self.rows[index].grow_bars())
        rows = [AnimationGroup(PopIn(row), *row.grow_bars()) for row in self.rows]
        return LaggedStart(*(PopIn(heading) for heading in self.headings), *rows, lag_ratio=0.35)

    def point_out(self, index: int) -> Animation:
        """Row `index` stands out again; if it does already, a glint runs round it."""
        moves = single_out(self.rows, index)
        return AnimationGroup(*moves) if moves else self.dwell(index)

    def dwell(self, index: int, seconds: float = 2.4) -> Animation:
        """Row `index` lives on for `seconds` while more is said about it."""
        return linger(self.rows[index], self.rows[index].thing, seconds)

    def reveal_left(self) -> Animation:
        """The left heading and its points, and the rows that both sides share."""
        return self._reveal_side(0, [row.plate for row in self.rows])

    def reveal_right(self) -> Animation:
        """The right heading and its points."""
        return self._reveal_side(1, [])

    def _reveal_side(self, side: int, plates: Sequence[Any]) -> Animation:
        points = [row.sides[side] for row in self.rows]
        return LaggedStart(PopIn(self.headings[side]), *map(appear, plates), *map(appear, points), lag_ratio=0.3)


class Row(Card):
    """A row of the comparison: two texts on one card, with bars, ticks or crosses where they mean something."""

    def __init__(
        self, texts: Sequence[str], words: Sequence[Label], *, width: float, height: float, colors: Sequence[Any]
    ) -> None:
        super().__init__(width, height, color=theme.accent)
        half = (width - GAP) / 2
        shares = compare_amounts(*texts)
        self.thing: Mobject | None = None
        self.divider = Line([0, height * 0.3, 0], [0, -height * 0.3, 0], stroke_width=2, color=theme.border)
        self.sides = VGroup()
        self.bars: list[Any] = []
        for number, (text, label, color) in enumerate(zip(texts, words, colors, strict=True)):
            x = (number - 0.5) * (half + GAP)
            side = VGroup(label)
            answer = read_answer(text)[0]
            if answer is not None:
                side.add(draw_answer(answer).next_to(label, LEFT, buff=0.25))
            label.middle_on([label.get_x(), 0, 0])
            side.shift([x - side.get_x(), 0.1 if shares else 0, 0])
            if shares:
                bar = RoundedRectangle(
                    width=max(BAR, (half - 1.2) * shares[number]), height=BAR, corner_radius=BAR / 2, stroke_width=0
                )
                bar.set_fill(color, opacity=1).move_to([x, 0.22 - height / 2, 0])
                self.bars.append(bar)
                side.add(bar)
            self.sides.add(side)
        self.add(self.divider, self.sides)

    def grow_bars(self) -> list[Animation]:
        """Return the animations in which the bars grow from their middle, if there are any."""
        return [_GrowBar(bar, run_time=1.2) for bar in self.bars]


class _Heading(VGroup):
    def __init__(self, title: Label, thing: Mobject | None, *, width: float, height: float, color: Any) -> None:
        super().__init__()
        self.plate = RoundedRectangle(width=width, height=height, corner_radius=0.22, stroke_width=0)
        self.plate.set_fill(color, opacity=0.16)
        self.edge = RoundedRectangle(width=width - 0.5, height=0.06, corner_radius=0.03, stroke_width=0)
        self.edge.set_fill(color, opacity=1).move_to(self.plate.get_bottom())
        words = VGroup(title.set_color(color))
        if thing is not None:
            thing.scale((height - 0.3) / max(thing.width, thing.height))
            words.add_to_back(thing)
            words.arrange(RIGHT, buff=0.3)
        words.move_to(self.plate)
        title.middle_on([title.get_x(), self.plate.get_y(), 0])
        self.add(self.plate, self.edge, words)


class _GrowBar(Animation):
    def __init__(self, bar: Any, **kwargs: Any) -> None:
        super().__init__(bar, **kwargs)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.whole = self.mobject.points.copy()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = max(0.02, float(self.rate_func(alpha)))
        middle = self.whole[:, 0].mean()
        points = self.whole.copy()
        points[:, 0] = middle + (points[:, 0] - middle) * share
        self.mobject.points = points


def draw_answer(answer: bool) -> VMobject:
    """Return a tick in the colour of what is right, or a cross in that of what is wrong."""
    mark = VMobject(stroke_width=7, fill_opacity=0)
    mark.keeps_its_sides = True
    if answer:
        mark.set_points_as_corners([[-0.18, 0.0, 0], [-0.05, -0.14, 0], [0.2, 0.17, 0]])
        return mark.set_stroke(theme.good)
    for start, end in (((-0.15, -0.15, 0.0), (0.15, 0.15, 0.0)), ((-0.15, 0.15, 0.0), (0.15, -0.15, 0.0))):
        mark.start_new_path(np.array(start))
        mark.add_line_to(np.array(end))
    return mark.set_stroke(theme.bad)
