# mypy: disallow-subclassing-any=False
"""A table, whose rows arrive as they are spoken of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, LEFT, ORIGIN, RIGHT, Animation, AnimationGroup, LaggedStart, RoundedRectangle, VGroup

from .fitted_text import estimate_advance, fit_texts
from .labels import Label
from .layout import Area, frame, settle
from .line_breaking import line_gap
from .mirroring import order_by_script
from .plates import Card, Glint, PopIn, arrive, linger, single_out
from .style import theme

GAP, PAD, MARGIN = 0.16, 0.3, 0.16
"""Units between rows, beside the text of a cell, and above and below it together."""
CLOSEST = 0.16
"""Share of a row's height that gap and margin each take at most, where rows are many."""
MAX_ROW, MAX_HEADING = 1.25, 1.2
"""Units; rows, and the row of headings, are no higher."""
SHORTEST, LONGEST = 5, 26
"""Letters: what a column's widest text counts as at least and at most when columns share the width."""
MOST_ACROSS, MOST_STACKED = 3, 5
"""Columns that stand beside each other where a frame is upright; with more, a row's name stands above its cells, if
there are no more rows than the other."""
NAME_SHARE = 0.46
"""Share of a row's height that its name takes where it stands above its cells."""
_NUMBER = re.compile(r"[-+\u2212\u2248~<>$\u20ac\u00a3]?\s?(\d[\d.,\u2009\u202f ]*)\s?\S{0,6}")
_FRACTION = re.compile(r"[.,](?!\d{3}(?!\d))\d+$")


class DataTable(VGroup):
    """A table: `t = DataTable(["Planet", "Moons"], [["Mars", "2"], ["Jupiter", "97"]])`.

    At most 6 columns and 8 rows, cells of at most 40 characters. `self.add(t.ground)` shows headings and places from
    the first frame, `t.reveal(0)` brings in a row (counted from 0) that stands out until the next one, `t.reveal()`
    all. Numbers are lined up by their points. `t[0]` is a row, `t[0].cells[1]` a cell.
    """

    def __init__(
        self, headings: Sequence[str], rows: Sequence[Sequence[str]], *, area: Area | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        area = area or frame.body
        count = len(headings)
        texts = [[*row, *[""] * count][:count] for row in rows]
        stacked = area.height > area.width * 0.9 and count > MOST_ACROSS and len(texts) <= MOST_STACKED
        lefts, widths = _share_width([list(headings), *texts], area.width, stacked=stacked)
        shown = ["", *headings[1:]] if stacked else headings
        heading = _measure_headings(shown, widths, area)
        tallest = MAX_ROW * (2.1 if stacked else 1.3 if area.height > area.width else 1.0)
        pitch = (area.height - heading) / max(1, len(texts))
        gap = min(GAP, CLOSEST * pitch)
        height = min(tallest, pitch - gap)
        rooms = [height - min(MARGIN, CLOSEST * height)] * count
        if stacked:
            rooms = [height * NAME_SHARE - 0.02, *[height * (1 - NAME_SHARE) - 0.06] * (count - 1)]
        columns = _set_columns(texts, [each - PAD for each in widths], rooms)
        top = area.top
        self.heading = _draw_headings(shown, lefts, widths, area, heading)
        self.heading.shift([0, top - heading / 2 - self.heading.get_y(), 0])
        self.rows = VGroup()
        for number in range(len(texts)):
            row = TableRow(area.width, height)
            row.move_to([area.center[0], top - heading - gap - height / 2 - number * (height + gap), 0])
            for column in range(count):
                row.put(columns[column][number], area.left + lefts[column], widths[column], column, stacked=stacked)
            self.rows.add(row)
        for column in range(1, count):
            _line_up([row.cells[column] for row in self.rows], [row[column] for row in texts])
        places = VGroup(*(row.draw_place() for row in self.rows))
        self.ground = VGroup(self.heading, places)
        self.add(self.heading, self.rows)
        settle(self, area, places)
        order_by_script([*headings, *(text for row in texts for text in row)], area.center[0], self, places)

    def __getitem__(self, index: Any) -> Any:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def reveal(self, index: int | None = None) -> Animation:
        """Row `index` (from 0) arrives and stands out; without an index the headings and all rows do in turn."""
        if index is not None:
            return arrive(self.rows, index)
        return LaggedStart(PopIn(self.heading), *(PopIn(row) for row in self.rows), lag_ratio=0.35)

    def point_out(self, index: int) -> Animation:
        """Row `index` stands out again; if it does already, a glint runs round it."""
        moves = single_out(self.rows, index)
        return AnimationGroup(*moves) if moves else self.dwell(index)

    def dwell(self, index: int | None, seconds: float = 2.4) -> Animation:
        """Row `index`, or the headings for None, live on for `seconds` while more is said about them."""
        if index is None:
            return Glint(self.heading[0], theme.text, run_time=seconds)
        return linger(self.rows[index], None, seconds)


class TableRow(Card):
    """A row of a table: its cells on one card, the first of which is its name."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__(width, height, color=theme.accent)
        self.cells = VGroup()
        self.add(self.cells)

    def put(self, cell: Label, left: float, width: float, column: int, *, stacked: bool) -> None:
        """Put a cell into its column, which begins at `left` and is `width` units wide; a name begins there."""
        height = self.plate.height
        y = self.plate.get_y() + (
            (0.47 - NAME_SHARE / 2 if column == 0 else -NAME_SHARE / 2 + 0.02) * height if stacked else 0.0
        )
        cell.middle_on([left + width / 2, y, 0])
        if column == 0:
            cell.set_x(left + PAD, direction=LEFT)
        self.cells.add(cell)


def _set_columns(rows: Sequence[Sequence[str]], widths: Sequence[float], heights: Sequence[float]) -> list[list[Label]]:
    """Set all cells, by column, in the size of the one that needs the smallest."""
    size = float(theme.body)
    for _ in range(2):
        columns = [
            fit_texts(
                [row[number] for row in rows],
                size=size,
                width=width,
                height=height,
                weight="NORMAL" if number else "SEMIBOLD",
                align=ORIGIN if number else LEFT,
            )
            for number, (width, height) in enumerate(zip(widths, heights, strict=True))
        ]
        smallest = min((label.size for column in columns for label in column), default=size)
        if smallest == size:
            break
        size = smallest
    return columns


def _measure_headings(headings: Sequence[str], widths: Sequence[float], area: Area) -> float:
    """Return the height of the row of headings: it has room for two lines where one of them needs these."""
    lines = [
        len(text) * estimate_advance(theme.small) > width - PAD for text, width in zip(headings, widths, strict=True)
    ]
    return max(min(MAX_HEADING, area.height * 0.16), 2 * line_gap(theme.small) + MARGIN if any(lines) else 0.0)


def _draw_headings(
    headings: Sequence[str], lefts: Sequence[float], widths: Sequence[float], area: Area, height: float
) -> VGroup:
    plate = RoundedRectangle(width=area.width, height=height, corner_radius=0.2, stroke_width=0)
    plate.set_fill(theme.primary, opacity=0.16)
    edge = RoundedRectangle(width=area.width - 0.5, height=0.06, corner_radius=0.03, stroke_width=0)
    edge.set_fill(theme.primary, opacity=1).move_to(plate.get_edge_center(DOWN))
    drawn = VGroup(plate, edge)
    style = {"size": theme.label, "height": height - MARGIN, "weight": "SEMIBOLD", "color": theme.primary}
    labels = [fit_texts([text], width=width - PAD, **style)[0] for text, width in zip(headings, widths, strict=True)]
    smallest = min((label.size for label in labels), default=theme.label)
    for number, (text, left, width) in enumerate(zip(headings, lefts, widths, strict=True)):
        if not text.strip():
            continue
        [label] = fit_texts([text], width=width - PAD, align=ORIGIN if number else LEFT, **(style | {"size": smallest}))
        label.middle_on([area.left - area.center[0] + left + width / 2, 0, 0])
        if number == 0:
            label.set_x(area.left - area.center[0] + left + PAD, direction=LEFT)
        drawn.add(label)
    return drawn.shift(RIGHT * area.center[0])


def _share_width(rows: Sequence[Sequence[str]], width: float, *, stacked: bool) -> tuple[list[float], list[float]]:
    """Return where columns begin, and how wide they are; `stacked` names have a line of their own.

    Each holds its longest word if all can; the rest of the width goes to those with the longest texts.
    """
    columns = list(zip(*rows, strict=True))
    words = np.array([max(len(word) for text in column for word in [*text.split(), ""]) for column in columns])
    texts = np.array([max(map(len, column)) for column in columns])
    words, texts = np.clip(words, SHORTEST, LONGEST), np.clip(texts, SHORTEST, LONGEST)
    if stacked:
        words[0] = texts[0] = 0
    least = words * estimate_advance(theme.label) + np.where(words > 0, 1.6 * PAD, 0.0)
    wanted = texts - words + 0.15 * texts
    widths = (
        least + wanted / wanted.sum() * (width - least.sum()) if least.sum() < width else least * width / least.sum()
    )
    lefts = np.concatenate([[0.0], np.cumsum(widths)[:-1]])
    if stacked:
        widths[0] = width
    return lefts.tolist(), widths.tolist()


def _line_up(cells: Sequence[Label], texts: Sequence[str]) -> None:
    """Line up a column of numbers by the ends of their whole parts, and put it in the middle of its place."""
    filled = [(cell, _find_units_place(text)) for cell, text in zip(cells, texts, strict=True) if text.strip()]
    if len(filled) < 2 or any(place is None or len(cell) != 1 for cell, place in filled):
        return
    middle = float(np.mean([cell.get_x() for cell, _ in filled]))
    for cell, place in filled:
        letters = [each for each in cell[0].submobjects if each.has_points()]
        assert place is not None
        edge = letters[min(place, len(letters) - 1)].get_right()[0]
        cell.shift(RIGHT * (middle - edge))
    left = min(cell.get_left()[0] for cell, _ in filled)
    right = max(cell.get_right()[0] for cell, _ in filled)
    for cell, _ in filled:
        cell.shift(RIGHT * (middle - (left + right) / 2))


def _find_units_place(text: str) -> int | None:
    """Return which letter of a number, blanks not counted, is the last of its whole part; None for words."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    whole = _FRACTION.sub("", found[1].strip())
    return len("".join((text.strip()[: found.start(1)] + whole).split())) - 1
