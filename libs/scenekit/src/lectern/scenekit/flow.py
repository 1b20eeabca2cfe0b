# mypy: disallow-subclassing-any=False
"""Boxes joined by arrows."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Animation, Arrow, GrowArrow, LaggedStart, RoundedRectangle, VGroup

from .labels import Label
from .layout import frame, place
from .motion import appear
from .style import theme


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


class Flow(VGroup):
    """Steps as boxes joined by arrows, laid out to fit the frame.

    `Flow("Light", "Electrons", "ATP")` is a chain; `Flow("Light", "Water", "CO2", into="Glucose")` points all of them
    into one box. At most 6 steps of at most 20 characters. `flow["Light"]` or `flow[0]` is a box, `flow.arrow(0)` an
    arrow. Reveal all with `flow.reveal()`, or one step with the arrow that leads to it: `flow.reveal("Light")`.
    """

    def __init__(self, *steps: str, into: str | None = None, direction: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not steps:
            raise ValueError('Flow needs at least one step: Flow("Light", "Sugar")')
        self.into = into
        self.boxes = VGroup(*_build_boxes(list(steps), into))
        self.arrows = VGroup()
        self.add(self.boxes, self.arrows)
        if into is None:
            self._lay_out_chain(direction)
        else:
            self._lay_out_gathering(direction)
        place(self)

    def __getitem__(self, key: Any) -> Any:
        """A box by its label (ignoring case) or by its number. Raises KeyError listing the labels there are."""
        if not isinstance(key, str):
            return self.boxes[key]
        for box in self.boxes:
            if box.text.casefold() == key.casefold():
                return box
        raise KeyError(f"flow has no box {key!r}; it has {', '.join(repr(box.text) for box in self.boxes)}")

    def __len__(self) -> int:
        return len(self.boxes)

    def arrow(self, index: int) -> Any:
        """Arrow `index`: in a chain the one after box `index`, otherwise the one from it."""
        return self.arrows[index]

    def reveal(self, step: Any = None) -> Animation:
        """All boxes and arrows appear in order; with a label or number, that box and the arrow that leads to it do."""
        if step is None:
            return LaggedStart(*self._reveal_in_order(), lag_ratio=0.35)
        box = self[step]
        index = list(self.boxes).index(box)
        if self.into is not None:
            target = index == len(self.boxes) - 1
            arrows = list(self.arrows) if target else []
        else:
            arrows = [self.arrows[index - 1]] if index else []
        return LaggedStart(*(GrowArrow(arrow, run_time=0.6) for arrow in arrows), appear(box), lag_ratio=0.3)

    def _reveal_in_order(self) -> list[Animation]:
        boxes = [appear(box) for box in self.boxes]
        arrows = [GrowArrow(arrow, run_time=0.6) for arrow in self.arrows]
        if self.into is not None:
            return [*boxes[:-1], *arrows, boxes[-1]]
        return [each for pair in zip(boxes, [*arrows, None], strict=True) for each in pair if each is not None]

    def _lay_out_chain(self, direction: Any) -> None:
        body = frame.body
        natural_width = sum(box.width for box in self.boxes) + 1.0 * (len(self.boxes) - 1)
        down = direction is not None and abs(direction[1]) > 0
        if down or (direction is None and frame.portrait):
            self.boxes.arrange(DOWN, buff=0.9)
            self._link_boxes(DOWN, UP)
        elif natural_width <= body.width * 1.12 or len(self.boxes) < 4:
            self.boxes.arrange(RIGHT, buff=1.0)
            self._link_boxes(RIGHT, LEFT)
        else:
            self._lay_out_two_rows()

    def _lay_out_two_rows(self) -> None:
        half = (len(self.boxes) + 1) // 2
        first, second = VGroup(*self.boxes[:half]), VGroup(*self.boxes[half:])
        first.arrange(RIGHT, buff=1.0)
        second.arrange(LEFT, buff=1.0)
        for upper, lower in zip(first[::-1], second, strict=False):
            lower.move_to([upper.get_x(), upper.get_y() - upper.height - 1.1, 0])
        for index, (here, there) in enumerate(zip(self.boxes[:-1], self.boxes[1:], strict=True)):
            side = RIGHT if index < half - 1 else DOWN if index == half - 1 else LEFT
            self.arrows.add(link(here.shape.get_edge_center(side), there.shape.get_edge_center(-side)))

    def _link_boxes(self, out: Any, into: Any) -> None:
        for here, there in zip(self.boxes[:-1], self.boxes[1:], strict=True):
            self.arrows.add(link(here.shape.get_edge_center(out), there.shape.get_edge_center(into)))

    def _lay_out_gathering(self, direction: Any) -> None:
        sources, target = VGroup(*self.boxes[:-1]), self.boxes[-1]
        down = frame.portrait if direction is None else abs(direction[1]) > 0
        if down:
            sources.arrange(RIGHT, buff=0.4)
            target.next_to(sources, DOWN, buff=1.8)
        else:
            sources.arrange(DOWN, buff=0.5)
            target.next_to(sources, RIGHT, buff=2.6)
        out, into = (DOWN, UP) if down else (RIGHT, LEFT)
        shape, count = target.shape, len(sources)
        along, length = (RIGHT, shape.width) if down else (DOWN, shape.height)
        for index, box in enumerate(sources):
            offset = (index - (count - 1) / 2) / max(count, 1) * length * 0.7
            end = shape.get_edge_center(into) + along * offset
            self.arrows.add(link(box.shape.get_edge_center(out), end))


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


def _build_boxes(steps: list[str], into: str | None) -> list[Box]:
    longest = max((len(step) for step in steps), default=0)
    room = frame.body.width
    share = room if into is not None or frame.portrait else room / max(1, min(len(steps), 4)) - 0.4
    if into is not None and frame.portrait:
        share = room / max(1, len(steps)) - 0.3
    drafts = [Label(step, size=theme.body, width=max(1.8, share - 0.6), weight="MEDIUM") for step in steps]
    width = max((draft.width for draft in drafts), default=1.0) + 0.8
    width = max(width, 1.8 if longest < 12 else 2.4)
    height = max((draft.height for draft in drafts), default=0.4) + 0.65
    boxes = [Box(step, width=width, height=max(height, 1.0)) for step in steps]
    if into is not None:
        boxes.append(Box(into, theme.accent, size=theme.heading, height=max(height * 1.3, 1.5)))
    return boxes
