# mypy: disallow-subclassing-any=False
"""People as icons in a grid: shares that are counted, not read off."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from manim import Animation, FadeIn, ManimColor, Rectangle, VGroup, VMobject
from manim.utils.rate_functions import ease_in_out_sine, smooth

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import frame, place
from lectern.scenekit.motion import appear
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.parts import animate_parts
from lectern.scenekit.style import theme

MOST = 2000
"""People; more would be smaller than a pixel, and cost seconds."""
SHAPE_RATIO = 0.62
"""A person's width by its height, with the room beside it."""
GAP = 0.9
"""Units between blocks."""
MIXING = 3
"""Seeds the places of people that are mixed, so that a scene always looks the same."""


class Crowd(VMobject):
    """Some people in one colour, as one shape: a thousand shapes would cost a hundred times as much to move."""

    def __init__(self, members: list[int], icons: Any, color: Any) -> None:
        super().__init__(stroke_width=0)
        self.set_fill(color, opacity=1)
        self.members = members
        self.points = icons.reshape(-1, 3).copy()

    @property
    def icons(self) -> Any:
        """The points of each person, (people, points, 3)."""
        return self.points.reshape(len(self.members), -1, 3)


class People(VGroup):
    """A hundred people (up to 2000) as icons, the first ones lit: `People(35, of=100)`; `mixed=True` spreads them among
    the others. `people.light(9, color)` lights the first 9. `self.play(people.gather(sick=10, well=990))` moves them,
    in their order, into blocks with names and counts; `people.light(9, theme.bad, of="sick")` lights within one.
    `people["sick"]`, `people[:9]` are frames.
    """

    def __init__(self, lit: int = 0, of: int = 100, color: Any = None, *, mixed: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 1 <= of <= MOST or not 0 <= lit <= of:
            raise ValueError(f"People({lit}, of={of}): of must be 1 to {MOST}, and the first number 0 to that")
        self.count = of
        body = frame.body
        columns = _choose_columns(of, body.width / body.height)
        self.cell = min(body.height / math.ceil(of / columns), body.width / columns / SHAPE_RATIO)
        spots = _lay_grid(of, columns, self.cell)
        if mixed:
            spots = spots[np.random.default_rng(MIXING).permutation(of)]
        icons = _draw_person()[None] * self.cell * 0.86 + spots[:, None]
        self.crowds = VGroup(Crowd(list(range(of)), icons, theme.border if color is None else color))
        self.blocks: dict[str, range] = {}
        self.labels = VGroup()
        self.add(self.crowds, self.labels)
        for crowd in self._single_out(range(lit)):
            crowd.set_fill(theme.accent)
        place(self)

    def __getitem__(self, key: str | slice | int) -> Any:
        """An invisible frame around a block, or some people: to label, to ring or to come closer. Raises KeyError."""
        chosen = self._find_block(key) if isinstance(key, str) else range(self.count)[key]
        points = self._find_icons()[list(chosen) if isinstance(chosen, range) else [chosen]]
        low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
        box = Rectangle(width=high[0] - low[0], height=high[1] - low[1], stroke_width=0, fill_opacity=0)
        return box.move_to((low + high) / 2)

    def __len__(self) -> int:
        return len(self.submobjects)

    def __iter__(self) -> Any:
        return iter(self.submobjects)

    def reveal(self) -> Animation:
        """They come in."""
        return animate_parts(self, [appear(crowd) for crowd in self.crowds])

    def light(self, count: int, color: Any = None, *, of: str | None = None, after: int = 0) -> Animation:
        """The first `count` people, or those of a block, take the accent colour, or `color`; `after` so many others."""
        block = range(self.count) if of is None else self._find_block(of)
        if not 0 <= after <= after + count <= len(block):
            raise ValueError(f"{count} people after {after} cannot be lit, there are {len(block)}")
        shade = theme.accent if color is None else color
        return animate_parts(self, [Tint(each, shade) for each in self._single_out(block[after : after + count])])

    def gather(self, **blocks: int) -> Animation:
        """All people move, in their order, into blocks with names and counts: `gather(sick=10, well=990)`."""
        if sum(blocks.values()) != self.count or min(blocks.values(), default=0) < 1:
            told = " + ".join(map(str, blocks.values()))
            raise ValueError(f"gather: {told} people are not all {self.count}; name every block")
        ends = np.cumsum(list(blocks.values()))
        self.blocks = {
            name: range(int(end) - size, int(end)) for (name, size), end in zip(blocks.items(), ends, strict=True)
        }
        old = list(self.labels)
        self.labels.remove(*old)
        icons = self._find_icons()
        size = float(np.ptp(icons[0][:, 1])) / 0.86
        spots, labels, cell = _lay_blocks(self.blocks)
        for members in self.blocks.values():
            block = slice(members.start, members.stop)
            spots[block] = _keep_neighbours(icons[block].mean(axis=1), spots[block])
        self.labels.add(*labels)
        moves = [Regroup(crowd, spots[crowd.members], cell / size) for crowd in self.crowds]
        return animate_parts(self, [*moves, *(FadeIn(label, run_time=1.6, rate_func=show_late) for label in labels)])

    def _find_block(self, name: str) -> range:
        if name not in self.blocks:
            raise refuse_name("block of people", name, self.blocks)
        return self.blocks[name]

    def _find_icons(self) -> Any:
        icons = np.zeros((self.count, len(_draw_person()), 3))
        for crowd in self.crowds:
            icons[crowd.members] = crowd.icons
        return icons

    def _single_out(self, chosen: range) -> list[Crowd]:
        """Return crowds of exactly the people `chosen`, split from those they stood in."""
        wanted, found = set(chosen), []
        for crowd in list(self.crowds):
            inside = [at for at, member in enumerate(crowd.members) if member in wanted]
            if not inside:
                continue
            if len(inside) == len(crowd.members):
                found.append(crowd)
                continue
            members, icons, color = crowd.members, crowd.icons, crowd.get_fill_color()
            outside = [at for at, member in enumerate(members) if member not in wanted]
            fresh = Crowd([members[at] for at in inside], icons[inside], color)
            crowd.members, crowd.points = [members[at] for at in outside], icons[outside].reshape(-1, 3)
            self.crowds.add(fresh)
            found.append(fresh)
        return found


def show_late(share: float) -> float:
    """The pace of a name that comes once people have walked out of its way."""
    return float(smooth((share - 0.75) / 0.25)) if share > 0.75 else 0.0


class Tint(Animation):
    """A shape takes another fill."""

    def __init__(self, thing: VMobject, color: Any, run_time: float = 0.8, **kwargs: Any) -> None:
        super().__init__(thing, run_time=run_time, **kwargs)
        self.color = ManimColor(color)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.before = self.mobject.get_fill_color()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        self.mobject.set_fill(self.before.interpolate(self.color, self.rate_func(alpha)))


class Regroup(Animation):
    """Each person of a crowd walks straight to its spot; `scale` is the change of size."""

    def __init__(self, crowd: Crowd, spots: Any, scale: float, run_time: float = 1.6, **kwargs: Any) -> None:
        kwargs.setdefault("rate_func", ease_in_out_sine)
        super().__init__(crowd, run_time=run_time, **kwargs)
        self.spots, self.scale = spots, scale

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.start = self.mobject.icons.copy()
        self.centers = (self.start.min(axis=1) + self.start.max(axis=1)) / 2
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        size = 1 + (self.scale - 1) * share
        centers = self.centers + (self.spots - self.centers) * share
        self.mobject.points = ((self.start - self.centers[:, None]) * size + centers[:, None]).reshape(-1, 3)


def _choose_columns(count: int, ratio: float) -> int:
    """Return how many columns fill a rectangle of `ratio` (width by height) best; a round number where one is near."""
    columns = max(1, math.ceil(math.sqrt(count * ratio / SHAPE_RATIO)))
    near = [each for each in (10, 20, 25, 40, 50, 100) if count % each == 0 and 0.7 <= each / columns <= 1.3]
    return min(near, key=lambda each: abs(each - columns), default=columns)


def _lay_grid(count: int, columns: int, cell: float) -> Any:
    """Return the centre of each person, row by row from the top left, around the origin."""
    index = np.arange(count)
    rows = math.ceil(count / columns)
    wide = min(columns, count)
    x = (index % columns - (wide - 1) / 2) * cell * SHAPE_RATIO
    y = ((rows - 1) / 2 - index // columns) * cell
    return np.stack([x, y, np.zeros(count)], axis=1)


def _lay_blocks(blocks: dict[str, range]) -> tuple[Any, list[Label], float]:
    """Return where each person stands, the labels of the blocks, and the height of a person's cell."""
    body = frame.body
    labels = [
        Label(f"{name.replace('_', ' ')}  {len(members):,}".replace(",", "\u2009"), size=theme.body, weight="MEDIUM")
        for name, members in blocks.items()
    ]
    band = labels[0].height + 0.35
    cell = 1.6
    while True:
        sizes = []
        for members, label in zip(blocks.values(), labels, strict=True):
            room = body.width / cell / SHAPE_RATIO if frame.portrait else math.inf
            most_rows = max(1, int((body.height - band) / cell))
            columns = (
                max(1, int(room))
                if frame.portrait
                else max(round(math.sqrt(len(members))), math.ceil(len(members) / most_rows))
            )
            columns = min(columns - columns % 5 if frame.portrait and columns > 10 else columns, len(members))
            rows = math.ceil(len(members) / columns)
            sizes.append((columns, max(columns * cell * SHAPE_RATIO, label.width), rows * cell + band))
        gaps = GAP * (len(sizes) - 1)
        across, down = (max, sum) if frame.portrait else (sum, max)
        extra = (0.0, gaps * 0.5) if frame.portrait else (gaps, 0.0)
        wide, high = across(size[1] for size in sizes) + extra[0], down(size[2] for size in sizes) + extra[1]
        if wide <= body.width and high <= body.height:
            break
        cell *= 0.96
    spots, x, y = [], body.center[0] - wide / 2, body.center[1] + high / 2
    for members, label, (columns, width, height) in zip(blocks.values(), labels, sizes, strict=True):
        middle = body.center[0] if frame.portrait else x + width / 2
        label.move_to([middle, y - label.height / 2, 0])
        grid = _lay_grid(len(members), columns, cell)
        spots.append(np.add(grid, [middle, y - band - (height - band) / 2, 0]))
        x, y = (x, y - height - GAP * 0.5) if frame.portrait else (x + width + GAP, y)
    return np.concatenate(spots), labels, cell


def _keep_neighbours(stand: Any, spots: Any) -> Any:
    """Return the spots for people who stand at `stand`, so that who is above or to the left of another stays there."""
    taken = np.empty_like(spots)
    taken[_read_in_rows(stand)] = spots[_read_in_rows(spots)]
    return taken


def _read_in_rows(spots: Any) -> Any:
    """Return the order of places as a page is read; what is less than a thousandth apart is one row."""
    return np.lexsort((spots[:, 0], -spots[:, 1].round(3)))


def _draw_person() -> Any:
    """Return the points of a person one unit high around the origin: a head and shoulders, as Bézier curves."""
    k, radius, up = 0.5523, 0.165, 0.335
    quarter = np.array([[1, 0], [1, k], [k, 1], [0, 1]])
    turn = np.array([[0, -1], [1, 0]])
    head = [quarter @ np.linalg.matrix_power(turn, number).T * radius + [0, up] for number in range(4)]
    corners = [(-0.26, -0.5), (-0.26, -0.1), (0.26, -0.1), (0.26, -0.5), (-0.26, -0.5)]
    bends = [None, [(-0.26, 0.2), (0.26, 0.2)], None, None]
    body = []
    for start, end, bend in zip(corners[:-1], corners[1:], bends, strict=True):
        one, other = np.array(start), np.array(end)
        handles = bend or [one + (other - one) / 3, one + (other - one) * 2 / 3]
        body.append(np.array([one, *handles, other]))
    flat = np.concatenate([*head, *body])
    return np.hstack([flat, np.zeros((len(flat), 1))])
