# mypy: disallow-subclassing-any=False
"""Steps as boxes joined by arrows, along which a token runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    Arrow,
    Create,
    LaggedStart,
    Mobject,
    RoundedRectangle,
    VGroup,
)

from .fitted_text import fit_texts
from .illustrations import choose_colors, draw_things
from .labels import Label
from .layout import Area, frame, settle
from .mirroring import order_by_script
from .near_names import refuse_name
from .plates import Card, PopIn, arrive, linger, single_out
from .style import theme
from .token_run import BentArrow, TokenRun, find_bent_way

ARROW = 0.95
"""Units between two boxes, for the arrow."""
MAX_BOX_WIDTH, MAX_BOX_HEIGHT = 4.4, 2.9
MIN_BOX_HEIGHT = 0.8
"""Units below which a box has no room for a line of text; a column of such boxes becomes two."""
MIN_PICTURED_HEIGHT = 1.2
"""Units below which a box has room for words or a thing, not for both."""


class Box(VGroup):
    """A labelled, rounded box: `Box("Glucose", color=theme.good)`. `color` is its edge; `width` wraps the label."""

    def __init__(
        self,
        text: str,
        color: Any = None,
        *,
        size: float | None = None,
        width: float | None = None,
        height: float | None = None,
        fill: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.text = text
        size = theme.body if size is None else size
        self.words = Label(text, size=size, width=None if width is None else width - 0.5, weight="MEDIUM")
        self.shape = RoundedRectangle(
            width=width or max(self.words.width + 0.8, 1.6),
            height=height or self.words.height + 0.6,
            corner_radius=0.18,
            stroke_width=3,
            stroke_color=theme.border if color is None else color,
            fill_color=theme.surface if fill is None else fill,
            fill_opacity=1,
        )
        self.words.middle_on(self.shape.get_center())
        self.add(self.shape, self.words)


class Step(Card):
    """A box of a flow: its words, with the thing that they name above or beside them."""

    def __init__(self, words: Label, thing: Mobject | None, *, width: float, height: float, color: Any) -> None:
        super().__init__(width, height, color=color)
        self.text, self.words, self.thing, self.shape = words.text, words, thing, self.plate
        if thing is None:
            words.middle_on([0, 0, 0])
        elif width > 2.6 * height:
            side = height * 0.66
            thing.scale(side / max(thing.width, thing.height))
            VGroup(thing, words).arrange(RIGHT, buff=0.3)
            words.middle_on([words.get_x(), 0, 0])
        else:
            side = min(height - words.height - 0.65, width * 0.62)
            thing.scale(side / max(thing.width, thing.height))
            VGroup(thing, words).arrange(DOWN, buff=0.2)
        self.add(*([thing] if thing is not None else []), words)


class Flow(VGroup):
    """Steps as boxes joined by arrows, laid out to fit the frame, along which a token runs.

    `Flow("Light", "Electrons", "ATP")` is a chain; `Flow("Light", "Water", "CO2", into="Glucose")` points all of them
    into one box. At most 8 steps of at most 20 characters. `self.add(flow.ground)` shows the places from the first
    frame, `flow.reveal("Light")` brings in a step with the arrow that leads to it, `flow.reveal()` all, `flow.run()`
    sends the token along; `flow["Light"]` or `flow[0]` is a box, `flow.arrow(0)` an arrow.
    """

    def __init__(
        self,
        *steps: str,
        into: str | None = None,
        direction: Any = None,
        things: Sequence[str | None] | None = None,
        area: Area | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not steps:
            raise ValueError('Flow needs at least one step: Flow("Light", "Sugar")')
        self.into = into
        area = area or frame.body
        down = area.height > area.width * 0.8 if direction is None else abs(direction[1]) > 0
        labels = [*steps, *([into] if into is not None else [])]
        drawn = draw_things(labels, things, choose_colors(len(labels)))
        self.boxes, self.arrows = VGroup(), VGroup()
        self.add(self.boxes, self.arrows)
        if into is None:
            self._lay_out_chain(labels, drawn, area, down=down)
        else:
            self._lay_out_gathering(labels, drawn, area, down=down)
        self.ground = VGroup(*(box.draw_place() for box in self.boxes))
        settle(self, area, self.ground)
        order_by_script(labels, area.center[0], self, self.ground)

    def __getitem__(self, key: Any) -> Any:
        """A box by its label (ignoring case) or by its number. Raises KeyError with the nearest labels."""
        if not isinstance(key, str):
            return self.boxes[key]
        for box in self.boxes:
            if box.text.casefold() == key.casefold():
                return box
        raise refuse_name("step", key, [box.text for box in self.boxes])

    def __len__(self) -> int:
        return len(self.boxes)

    def arrow(self, index: int) -> Any:
        """Arrow `index`: in a chain the one after box `index`, otherwise the one from it."""
        return self.arrows[index]

    def reveal(self, step: Any = None) -> Animation:
        """All boxes and arrows appear in order; with a label or number, that box and the arrow that leads to it do."""
        if step is None:
            return LaggedStart(*self._reveal_in_order(), lag_ratio=0.35)
        index = self._find(step)
        if self.into is not None:
            arrows = list(self.arrows) if index == len(self.boxes) - 1 else []
        else:
            arrows = [self.arrows[index - 1]] if index else []
        if not arrows:
            return arrive(self.boxes, index)
        tokens = [
            TokenRun(self._find_way(list(self.arrows).index(arrow)), self.boxes[index].accent) for arrow in arrows
        ]
        drawn = [Create(arrow, run_time=0.5) for arrow in arrows]
        return LaggedStart(AnimationGroup(*drawn, *tokens), arrive(self.boxes, index), lag_ratio=0.45)

    def point_out(self, step: Any) -> Animation:
        """A step, by its label or number, stands out again; if it does already, it lives on."""
        index = self._find(step)
        moves = single_out(self.boxes, index)
        return AnimationGroup(*moves) if moves else self.dwell(index)

    def dwell(self, step: Any, seconds: float = 2.4) -> Animation:
        """A step lives on while more is said about it: the token comes to it again and again."""
        index = self._find(step)
        moves = [linger(self.boxes[index], self.boxes[index].thing, seconds)]
        if self.into is None and index:
            rounds = max(1, round(seconds / 1.2))
            way, color = self._find_way(index - 1), self.boxes[index].accent
            moves.append(TokenRun(way, color, rounds=rounds, run_time=seconds))
        return AnimationGroup(*moves)

    def run(self, seconds: float = 3.0) -> Animation:
        """The token runs along all arrows of the chain, from the first box to the last; or into the one box."""
        if self.into is not None:
            ways = [self._find_way(index) for index in range(len(self.arrows))]
            return AnimationGroup(*(TokenRun(way, theme.accent, run_time=seconds) for way in ways))
        whole = [point for index in range(len(self.arrows)) for point in self._find_way(index)]
        return TokenRun(whole or [self.boxes[0].get_center()] * 2, theme.accent, run_time=seconds)

    def _find(self, step: Any) -> int:
        return list(self.boxes).index(self[step])

    def _find_way(self, index: int) -> list[Any]:
        """Return the corners of the way along arrow `index`, from the edge of a box to the edge of the next."""
        arrow = self.arrows[index]
        if isinstance(arrow, BentArrow):
            return find_bent_way(self.boxes[index].plate.get_bottom(), self.boxes[index + 1].plate.get_top())
        return [arrow.get_start(), arrow.get_end()]

    def _reveal_in_order(self) -> list[Animation]:
        boxes = [PopIn(box) for box in self.boxes]
        arrows = [Create(arrow, run_time=0.5) for arrow in self.arrows]
        if self.into is not None:
            return [*boxes[:-1], *arrows, boxes[-1]]
        return [each for pair in zip(boxes, [*arrows, None], strict=True) for each in pair if each is not None]

    def _draw_boxes(
        self, labels: Sequence[str], things: Sequence[Mobject | None], width: float, height: float
    ) -> list[Step]:
        if height < MIN_PICTURED_HEIGHT:
            things = [None] * len(labels)
        pictured = any(thing is not None for thing in things)
        beside = width > 2.6 * height
        text_width = width - (height * 0.66 + 0.75 if pictured and beside else 0.4)
        text_height = height * 0.42 if pictured and not beside else height - 0.25
        words = fit_texts(labels, size=theme.body, width=text_width, height=text_height, weight="MEDIUM")
        colors = choose_colors(len(labels))
        return [
            Step(label, thing, width=width, height=height, color=color)
            for label, thing, color in zip(words, things, colors, strict=True)
        ]

    def _lay_out_chain(
        self, labels: Sequence[str], things: Sequence[Mobject | None], area: Area, *, down: bool
    ) -> None:
        count = len(labels)
        gap = ARROW if count < 6 or not down else 0.6
        rows, row_gap = 1 if down or count <= 4 else 2, 1.1
        columns = -(-count // rows)
        if down and (area.height - gap * (count - 1)) / count < MIN_BOX_HEIGHT:
            down, columns, row_gap = False, 2, 0.5
            rows = -(-count // columns)
        if down:
            width = min(area.width, 6.2)
            height = min((area.height - gap * (count - 1)) / count, 1.9)
        else:
            width = min((area.width - ARROW * (columns - 1)) / columns, MAX_BOX_WIDTH)
            height = min((area.height - row_gap * (rows - 1)) / rows, MAX_BOX_HEIGHT, width * 0.95)
        self.boxes.add(*self._draw_boxes(labels, things, width, height))
        for number, box in enumerate(self.boxes):
            if down:
                box.shift([0, -number * (height + gap), 0])
            else:
                row, column = divmod(number, columns)
                box.shift([column * (width + ARROW), -row * (height + row_gap), 0])
        for number, (here, there) in enumerate(zip(self.boxes[:-1], self.boxes[1:], strict=True)):
            if not down and (number + 1) % columns == 0:
                self.arrows.add(BentArrow(here.plate.get_bottom(), there.plate.get_top(), color=theme.muted))
            else:
                side = DOWN if down else RIGHT
                self.arrows.add(link(here.plate.get_edge_center(side), there.plate.get_edge_center(-side)))

    def _lay_out_gathering(
        self, labels: Sequence[str], things: Sequence[Mobject | None], area: Area, *, down: bool
    ) -> None:
        count = len(labels) - 1
        along, across = (area.width, area.height) if down else (area.height, area.width)
        room = (along - 0.4 * (count - 1)) / count
        if down:
            width, height = min(room, MAX_BOX_WIDTH), min(across * 0.3, MAX_BOX_HEIGHT)
        else:
            width, height = min(across * 0.36, MAX_BOX_WIDTH), min(room, 1.7)
        sources = self._draw_boxes(labels[:-1], things[:-1], width, height)
        [target] = self._draw_boxes(
            labels[-1:], things[-1:], min(max(width, 3.2), area.width), min(max(height * 1.3, 1.6), across * 0.4)
        )
        self.boxes.add(*sources, target)
        group = VGroup(*sources).arrange(RIGHT if down else DOWN, buff=0.4)
        target.next_to(group, DOWN if down else RIGHT, buff=1.8 if down else 2.4)
        out, into = (DOWN, UP) if down else (RIGHT, -RIGHT)
        axis, length = (RIGHT, target.plate.width) if down else (DOWN, target.plate.height)
        for index, box in enumerate(sources):
            offset = (index - (count - 1) / 2) / max(count, 1) * length * 0.7
            self.arrows.add(link(box.plate.get_edge_center(out), target.plate.get_edge_center(into) + axis * offset))


def link(start: Any, end: Any, color: Any = None) -> Arrow:
    """An arrow between two points in the kit's style: `link(a.get_right(), b.get_left())`."""
    return Arrow(
        np.array(start, dtype=float),
        np.array(end, dtype=float),
        buff=0.13,
        stroke_width=5,
        tip_length=0.24,
        max_tip_length_to_length_ratio=0.5,
        max_stroke_width_to_length_ratio=12,
        color=theme.muted if color is None else color,
    )
