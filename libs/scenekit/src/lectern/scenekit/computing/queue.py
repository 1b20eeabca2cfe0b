# mypy: disallow-subclassing-any=False
"""Queues and stacks: what comes in waits until it goes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, LEFT, Animation, Line, RoundedRectangle, VGroup

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import frame, place
from lectern.scenekit.motion import Shade, appear
from lectern.scenekit.parts import Glide, animate_parts
from lectern.scenekit.style import theme

ITEM_WIDTH, ITEM_HEIGHT, GAP = 1.5, 0.95, 0.12
"""Units."""


class Queue(VGroup):
    """What waits in line, first in, first out: `Queue(["a", "b", "c"], room=6)`; with `stack=True` last in, first out.
    `self.play(queue.push("d"))` comes in, `self.play(queue.pop())` goes out and the others move up.
    `queue[0]` is what goes out next.
    """

    def __init__(self, items: Sequence[Any] = (), *, room: int = 0, stack: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stack = stack
        self.room = max(room, len(items) + 1, 4)
        upright = stack or frame.portrait
        self.ahead = DOWN if upright else LEFT
        side = ITEM_HEIGHT if upright else ITEM_WIDTH
        self.step = side + GAP
        length, across = self.room * self.step + GAP, (ITEM_WIDTH if upright else ITEM_HEIGHT) + 0.3
        self.front = self.ahead * (length / 2 - GAP - side / 2)
        self.mark = Line(self.front, self.front - self.ahead * self.step, stroke_width=0, stroke_opacity=0)
        aside = np.array([self.ahead[1], self.ahead[0], 0.0]) * across / 2
        self.rails = VGroup(
            *(Line(sign * aside - self.ahead * length / 2, sign * aside + self.ahead * length / 2) for sign in (-1, 1))
        )
        if stack:
            self.rails.add(Line(-aside + self.ahead * length / 2, aside + self.ahead * length / 2))
        self.rails.set_stroke(theme.border, width=6)
        self.line: list[Any] = []
        self.add(self.mark, self.rails)
        for item in items:
            self.line.append(self._make(item))
        for index, item in enumerate(self.line):
            self.add(item.move_to(self._spot(index)))
        place(self)

    def __getitem__(self, index: int) -> Any:
        """What goes out after `index` others. Raises IndexError."""
        if not 0 <= index < len(self.line):
            raise IndexError(f"{len(self.line)} are waiting, there is no number {index}")
        return self.line[-1 - index] if self.stack else self.line[index]

    def __iter__(self) -> Any:
        return iter(self.submobjects)

    def __len__(self) -> int:
        return len(self.submobjects)

    def reveal(self) -> Animation:
        """It comes in, with what waits in it."""
        return animate_parts(self, [appear(part) for part in self.submobjects[1:]], lag_ratio=0.15)

    def push(self, item: Any) -> Animation:
        """One more comes in at the end of the line, or on top of the stack. ValueError when there is no room."""
        if len(self.line) >= self.room:
            raise ValueError(f"all {self.room} places are taken; Queue(..., room={self.room + 2}) has more")
        fresh = self._make(item)
        ratio = float(np.linalg.norm(self.mark.get_vector())) / self.step
        self.line.append(fresh)
        self.add(fresh.scale(ratio).move_to(self._spot(len(self.line) - 1)))
        return animate_parts(self, [appear(fresh, shift=1.2 * self.ahead)])

    def pop(self) -> Animation:
        """The next one goes out, and the others move up. IndexError when nobody waits."""
        gone = self[0]
        self.line.remove(gone)
        step = -self.mark.get_vector()
        moves: list[Any] = [] if self.stack else [Glide(each, step) for each in self.line]
        leave = Glide(gone, -1.4 * step if self.stack else 1.4 * step)
        return animate_parts(self, [leave, Shade(gone, 0.0, run_time=0.8), *moves])

    def _spot(self, index: int) -> Any:
        return self.mark.get_start() + index * self.mark.get_vector()

    def _make(self, item: Any) -> Any:
        words = Label(str(item), weight="MEDIUM")
        box = RoundedRectangle(width=ITEM_WIDTH, height=ITEM_HEIGHT, corner_radius=0.14, stroke_width=4)
        box.set_style(fill_color=theme.surface, fill_opacity=1, stroke_color=theme.primary)
        if words.width > ITEM_WIDTH - 0.2:
            words.set(width=ITEM_WIDTH - 0.2)
        return VGroup(box, words.middle_on(box.get_center()))
