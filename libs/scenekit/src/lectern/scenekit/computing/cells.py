# mypy: disallow-subclassing-any=False
"""A row of cells with values: lists, arrays, memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import (
    DOWN,
    PI,
    RIGHT,
    UP,
    Animation,
    Rectangle,
    RoundedRectangle,
    Triangle,
    VGroup,
)

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import frame, place
from lectern.scenekit.motion import DIM_OPACITY, appear, fade_to
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.parts import Glide, animate_parts
from lectern.scenekit.style import theme

WIDEST_CELL = 1.5
"""Units; a list of two or three would look like boxes otherwise."""
TALLEST_BAR, UPRIGHT_TALLEST_BAR = 2.6, 4.2
"""Units; an upright frame has room above a row."""
LONG_ROW = 7
"""Cells from which on a row is narrow in an upright video."""


class ValueCell(VGroup):
    """A box and what is in it: `cell.box`, `cell.words`, and with bars `cell.bar`; `words` is None when it is empty."""

    def __init__(self, value: Any, *, width: float, height: float, size: float, bar: float, color: Any) -> None:
        super().__init__()
        self.value = value
        self.box = RoundedRectangle(width=width, height=height, corner_radius=0.12, stroke_width=4)
        self.box.set_style(fill_color=theme.surface, fill_opacity=1, stroke_color=theme.border)
        self.words: Any = None
        self.bar: Any = None
        self.add(self.box)
        if value is None:
            self.box.set_style(fill_opacity=0.35, stroke_opacity=0.5)
            return
        self.words = Label(str(value), size=size, weight="MEDIUM").middle_on(self.box.get_center())
        self.add(self.words)
        if bar:
            self.bar = Rectangle(width=width * 0.72, height=bar, stroke_width=0)
            self.bar.set_fill(color, opacity=1).next_to(self.box, UP, buff=0.06)
            self.add(self.bar)

    @property
    def content(self) -> list[Any]:
        """What is in the box, without it."""
        return [part for part in (self.words, self.bar) if part is not None]


class Pointer(VGroup):
    """A named arrow beside a cell, on its side `out`."""

    def __init__(self, name: str, color: Any, *, out: Any) -> None:
        super().__init__()
        self.name, self.out, self.at = name, out, 0
        self.arrow = Triangle(stroke_width=0).set_fill(color, opacity=1).scale(0.17)
        self.arrow.rotate(float(np.arctan2(-out[1], -out[0])) - PI / 2)
        self.words = Label(name, color=color, weight="MEDIUM").next_to(self.arrow, out, buff=0.1)
        self.add(self.arrow, self.words)


class Cells(VGroup):
    """Values in boxes, a list or array: `Cells([4, 8, 15])`; `index=True` numbers them, None is an empty cell,
    `bars=True` adds a bar for each value (`highest=8`: rows to one scale). A row; a long one stands upright in an
    upright video, unless `down=False`.
    `cells[3]` is a cell (from 0), `cells["low"]` a pointer. `self.play(cells.pointer("low", 0))`, later
    `cells.pointer("low", 5)` glides; `cells.light(3)`, `cells.strike(0, 4)`, `cells.swap(1, 2)`,
    `cells.order(0, 3)`.
    """

    def __init__(
        self,
        values: Sequence[Any],
        *,
        index: bool = False,
        bars: bool = False,
        highest: float = 0.0,
        down: bool | None = None,
        color: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not len(values):
            raise ValueError("Cells needs at least one value: Cells([4, 8, 15]); None is an empty cell")
        if down is None:
            down = frame.portrait and len(values) >= LONG_ROW and not bars
        self.along, self.out = (DOWN, RIGHT) if down else (RIGHT, DOWN)
        self.row = VGroup(
            *_build_cells(
                values,
                down=down,
                bars=max(highest, 1e-9) if bars else 0.0,
                color=theme.primary if color is None else color,
            )
        )
        self.cells: list[ValueCell] = list(self.row)
        self.pointers: dict[str, Pointer] = {}
        self.indices = VGroup()
        self.add(self.row, self.indices)
        for number, cell in enumerate(self.row if index else ()):
            mark = Label(str(number), size=theme.small, color=theme.muted)
            self.indices.add(mark.next_to(cell.box, self.out, buff=0.16))
        place(self)

    def __getitem__(self, key: Any) -> Any:
        """A cell by its place, a slice of cells, or a pointer by its name. Raises KeyError or IndexError."""
        if isinstance(key, str):
            if key not in self.pointers:
                raise refuse_name("pointer", key, self.pointers)
            return self.pointers[key]
        if isinstance(key, slice):
            return VGroup(*self.cells[key])
        return self.cells[self._check(key)]

    def __len__(self) -> int:
        return len(self.cells)

    def reveal(self) -> Animation:
        """The cells come in one after the other."""
        marks = list(self.indices) or [None] * len(self.cells)
        pairs = zip(self.cells, marks, strict=True)
        each = (
            animate_parts(self, [appear(part, run_time=0.6) for part in pair if part is not None]) for pair in pairs
        )
        return animate_parts(self, [*each, *(appear(mark) for mark in self.pointers.values())], lag_ratio=0.2)

    def pointer(self, name: str, at: int, color: Any = None, *, above: bool = False) -> Animation:
        """Pointer `name` appears at cell `at`, or glides there; pointers that would touch stand below each other."""
        at = self._check(at)
        new = name not in self.pointers
        if new:
            shades = [theme.primary, theme.violet, theme.teal, theme.good]
            shade = shades[len(self.pointers) % 4] if color is None else color
            self.pointers[name] = Pointer(name, shade, out=-self.out if above else self.out)
        self.pointers[name].at = at
        moves: list[Any] = []
        for each, way in self._stand_pointers():
            if new and each.name == name:
                self.add(each.shift(way))
                moves.append(appear(each, run_time=0.7, shift=-0.2 * each.out))
            elif np.abs(way).max() > 1e-6:
                moves.append(Glide(each, way, run_time=0.7))
        return animate_parts(self, moves)

    def light(self, *indices: int, color: Any = None) -> Animation:
        """Cells `indices` are lit in the accent colour, or in `color`; without an index all are plain again."""
        color = theme.border if not indices else theme.accent if color is None else color
        chosen = [self[index] for index in indices] or self.cells
        return animate_parts(self, [_light(cell, color, lit=bool(indices)) for cell in chosen], run_time=0.6)

    def strike(self, first: int, last: int | None = None) -> Animation:
        """Cells `first` to `last` are out: they recede, one after the other."""
        chosen = [self[index] for index in range(first, (first if last is None else last) + 1)]
        return animate_parts(self, [fade_to(cell, DIM_OPACITY) for cell in chosen], lag_ratio=0.15, run_time=0.9)

    def swap(self, one: int, other: int) -> Animation:
        """Two cells change places, on arcs."""
        first, second = self[one], self[other]
        way = second.box.get_center() - first.box.get_center()
        self.cells[self._check(one)], self.cells[self._check(other)] = second, first
        timing = {"arc": -0.6 * PI, "run_time": 1.0}
        return animate_parts(self, [Glide(first, way, **timing), Glide(second, -way, **timing)])

    def order(self, first: int = 0, last: int | None = None) -> Animation:
        """Cells `first` to `last` glide into the order of their values. ValueError where one is empty."""
        start, end = self._check(first), self._check(-1 if last is None else last)
        before = self.cells[start : end + 1]
        if any(cell.value is None for cell in before):
            raise ValueError(f"order({first}, {last}): an empty cell has no place in an order")
        spots = [cell.box.get_center() for cell in before]
        after = sorted(before, key=lambda cell: cell.value)
        self.cells[start : end + 1] = after
        ways = [spot - cell.box.get_center() for cell, spot in zip(after, spots, strict=True)]
        return animate_parts(
            self,
            [
                Glide(cell, way, arc=-0.5 * PI, run_time=1.0)
                for cell, way in zip(after, ways, strict=True)
                if np.abs(way).max() > 1e-6
            ],
        )

    def give(self, index: int, to: Cells, at: int) -> Animation:
        """The value of cell `index` moves to the empty cell `at` of other cells. ValueError if that one is full."""
        here, there = self[index], to[at]
        if not here.content or there.content:
            raise ValueError(f"give({index}, to, {at}): the first cell must be full and the other one empty")
        way = there.box.get_center() - here.box.get_center()
        moved = here.content
        there.words, there.bar, there.value = here.words, here.bar, here.value
        here.words, here.bar, here.value = None, None, None
        here.remove(*moved)
        there.add(*moved)
        return animate_parts(
            VGroup(self, to),
            [
                *(Glide(each, way) for each in moved),
                here.box.animate(run_time=0.8).set_style(
                    fill_color=theme.surface,
                    fill_opacity=0.35,
                    stroke_color=theme.border,
                    stroke_width=4,
                    stroke_opacity=0.5,
                ),
            ],
        )

    def _check(self, index: int) -> int:
        if not -len(self.cells) <= index < len(self.cells):
            raise IndexError(f"there are cells 0 to {len(self.cells) - 1}, not {index}")
        return index % len(self.cells)

    def _stand_pointers(self) -> list[tuple[Pointer, Any]]:
        """Return how far each pointer must go to stand at its cell, in the first row where it touches no other."""
        ways: list[tuple[Pointer, Any]] = []
        rows: dict[tuple[float, int], list[tuple[float, float]]] = {}
        axis, across = (0, 1) if self.along[0] else (1, 0)
        for each in self.pointers.values():
            box, side = self.cells[each.at].box, float(each.out.sum())
            neighbours = [self.row, self.indices] if len(self.indices) and (each.out == self.out).all() else [self.row]
            edge = max(side * part.get_edge_center(each.out)[across] for part in neighbours)
            depth, half = (each.height, each.width / 2) if across == 1 else (each.width, each.height / 2)
            middle = box.get_center()[axis]
            row = 0
            while any(middle - half < right and left < middle + half for left, right in rows.get((side, row), [])):
                row += 1
            rows.setdefault((side, row), []).append((middle - half - 0.1, middle + half + 0.1))
            spot = box.get_center()
            spot[across] = side * (edge + 0.12 + row * (depth + 0.14) + depth / 2)
            ways.append((each, spot - each.get_center()))
        return ways


def _build_cells(values: Sequence[Any], *, down: bool, bars: float, color: Any) -> list[ValueCell]:
    room = frame.body.height if down else frame.body.width
    side = min(room / len(values), WIDEST_CELL)
    size = max(theme.small, min(1.4 * theme.body, side * 34))
    texts = [Label(str(each), size=size, weight="MEDIUM").width for each in values if each is not None]
    width = max([side * (1.5 if down else 0.94), *(text + 0.24 for text in texts)])
    heights = _measure_bars(values, bars) if bars else [0.0] * len(values)
    step = (side if down else width + side * 0.06) * (DOWN if down else RIGHT)
    cells = []
    for number, (value, height) in enumerate(zip(values, heights, strict=True)):
        cell = ValueCell(value, width=width, height=side * 0.94, size=size, bar=height, color=color)
        cells.append(cell.shift(number * step))
    return cells


def _light(cell: ValueCell, color: Any, *, lit: bool) -> Any:
    fill = theme.surface.interpolate(color, 0.28) if lit else theme.surface
    return cell.box.animate.set_style(
        fill_color=fill, fill_opacity=1, stroke_color=color, stroke_width=7 if lit else 4, stroke_opacity=1
    )


def _measure_bars(values: Sequence[Any], least: float) -> list[float]:
    """Return the height of each value's bar; the scale goes up to `least` at least. ValueError for no number."""
    numbers = [value for value in values if value is not None]
    if not all(isinstance(value, int | float) and value >= 0 for value in numbers):
        raise ValueError("Cells(..., bars=True) needs numbers of 0 or more")
    highest = max([least, *numbers])
    tallest = UPRIGHT_TALLEST_BAR if frame.portrait else TALLEST_BAR
    return [0.0 if value is None else max(0.04, tallest * value / highest) for value in values]
