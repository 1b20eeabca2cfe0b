# mypy: disallow-subclassing-any=False
"""Moments on a line that is true to scale, with a playhead that travels along it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    ORIGIN,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    Circle,
    LaggedStart,
    Line,
    Mobject,
    VGroup,
)
from manim.utils.rate_functions import ease_in_out_sine

from .fitted_text import fit_texts
from .illustrations import draw_things
from .labels import Label
from .layout import Area, frame, settle
from .mirroring import order_by_script
from .moments import is_plain_year, place_to_scale, read_moments
from .number import Number
from .plates import Card, arrive, linger, single_out
from .style import theme

LEAST = 0.55
"""Units between two moments, however close they are."""
GAP = 0.3
LOW_CARD = 1.4
"""Units; the height below which a card has no room for its words under its date."""
LEADER = 0.75
"""Units between the line and the cards."""


class Timeline(VGroup):
    """Moments on a line that is true to scale: `t = Timeline(("1905", "Special relativity"), ("1915", "General"))`.

    At most 8 entries of (when, what); `what` at most 40 characters. `self.add(t.ground)` shows the empty line from the
    first frame, `t.reveal(0)` sends the playhead to an entry, which arrives, `t.reveal()` to all; `t[0]` is an entry.
    """

    def __init__(
        self,
        *entries: tuple[str, str],
        things: Sequence[str | None] | None = None,
        area: Area | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        area = area or frame.body
        whens, whats = [when for when, _ in entries], [what for _, what in entries]
        values = read_moments(whens)
        self.upright = area.height > area.width * 0.9
        count = max(1, len(entries))
        self.both = not self.upright and count > 4
        drawn = draw_things(whats, things, [theme.accent] * len(whats))
        width, height = self._measure_cards(area, count)
        dates = fit_texts(whens, size=theme.body, width=width - 0.4, weight="BOLD", color=theme.accent)
        pictured = any(thing is not None for thing in drawn)
        beside = pictured and width > 2.2 * height
        room = width - 0.4 - (height - 0.3 if beside else 0)
        above = height * 0.34 if pictured and not beside else 0.0
        left = height - 0.55 - above - max((date.height for date in dates), default=0.0)
        low = self.upright and height < LOW_CARD
        if low:  # the words stand beside their date, not below it
            beside, drawn = False, [None] * len(drawn)
            room = width - 0.9 - max((date.width for date in dates), default=0.0)
            left = height - 0.15
        size = theme.body if self.upright else theme.label
        words = fit_texts(whats, size=size, width=room, height=left, align=LEFT if self.upright else ORIGIN)
        self.entries = VGroup(
            *(
                TimelineEntry(
                    date, label, thing, width=width, height=height, beside=beside, to_left=self.upright, low=low
                )
                for date, label, thing in zip(dates, words, drawn, strict=True)
            )
        )
        start, end = self._lay_out(area, width, height)
        length = float(np.linalg.norm(end - start))
        places = place_to_scale(values or list(range(count)), length - 0.8, LEAST) if len(entries) > 1 else [0.0]
        self.offsets = [(place + 0.4) / length for place in places]
        self.line = Line(start, end, stroke_width=6, color=theme.border)
        self.done = Line(start, start + (end - start) * 1e-4, stroke_width=6, color=theme.accent)
        self.dots = VGroup(*(_dot().move_to(self._point(offset)) for offset in self.offsets))
        self.leaders = VGroup(*(self._lead(number) for number in range(len(self.entries))))
        self.head = Playhead()
        self.at = 0.0
        self.head.move_to(start)
        self.turned = False
        self.clock = self._build_clock(whens, values)
        places = VGroup(*(entry.draw_place() for entry in self.entries))
        self.ground = VGroup(self.line, places)
        self.add(self.line, self.done, self.leaders, self.dots, self.entries, self.head)
        settle(self, area, places)
        self.turned = order_by_script([*whens, *whats], area.center[0], self, places)

    def __getitem__(self, index: Any) -> Any:
        return self.entries[index]

    def __len__(self) -> int:
        return len(self.entries)

    def reveal(self, index: int | None = None) -> Animation:
        """The playhead travels to entry `index` (from 0), which arrives; without an index to all of them, in order."""
        if index is None:
            return LaggedStart(*(self.reveal(number) for number in range(len(self))), lag_ratio=0.8)
        return LaggedStart(
            Travel(self, self.offsets[index], run_time=1.0),
            AnimationGroup(_Sprout(self.leaders[index]), _Sprout(self.dots[index]), arrive(self.entries, index)),
            lag_ratio=0.6,
        )

    def point_out(self, index: int) -> Animation:
        """The playhead returns to entry `index`, which stands out again."""
        moves = single_out(self.entries, index)
        if not moves and self.at == self.offsets[index]:
            return self.dwell(index)
        return AnimationGroup(Travel(self, self.offsets[index], run_time=1.0), *moves)

    def dwell(self, index: int, seconds: float = 2.4) -> Animation:
        """Entry `index` lives on for `seconds` while more is said about it; the playhead beats there."""
        beats = PlayheadBeat(self.head, run_time=seconds)
        return AnimationGroup(linger(self.entries[index], self.entries[index].thing, seconds), beats)

    def _point(self, offset: float) -> Any:
        start, end = self.line.get_start_and_end()
        return start + (end - start) * offset

    def _measure_cards(self, area: Area, count: int) -> tuple[float, float]:
        if self.upright:
            return area.width - 1.9, min((area.height - 0.2 * (count - 1)) / count, 2.1)
        if self.both:
            columns = -(-count // 2)
            return (area.width - GAP * columns) / (columns + 0.5), (area.height - 2 * 0.5) / 2
        return min((area.width - GAP * (count - 1)) / count, 4.2), min(area.height - LEADER - 0.7, 3.0)

    def _lay_out(self, area: Area, width: float, height: float) -> tuple[Any, Any]:
        """Put the cards in their places; return the ends of the line."""
        count = len(self.entries)
        if self.upright:
            step = min((area.height - height) / max(1, count - 1), height + 0.5) if count > 1 else 0.0
            top = area.center[1] + step * (count - 1) / 2
            for number, card in enumerate(self.entries):
                card.move_to([area.right - width / 2, top - number * step, 0])
            x = area.left + 1.0
            return np.array([x, top + height / 2, 0.0]), np.array([x, top - step * (count - 1) - height / 2, 0.0])
        if self.both:
            y = area.center[1]
            for number, card in enumerate(self.entries):
                card.move_to([area.left + width / 2 + number * (width + GAP) / 2, 0, 0])
                card.set_y(y - 0.5 - height / 2 if number % 2 else y + 0.5 + height / 2)
        else:
            y = area.top - 0.55 - (area.height - height - LEADER - 0.7) / 2
            share = area.width / max(1, count)
            for number, card in enumerate(self.entries):
                card.move_to([area.left + (number + 0.5) * share, y - LEADER - height / 2, 0])
        return np.array([area.left, y, 0.0]), np.array([area.right, y, 0.0])

    def _lead(self, number: int) -> Line:
        """Draw the line from a moment to its card."""
        point, plate = self._point(self.offsets[number]), self.entries[number].plate
        if self.upright:
            end = plate.get_left()
        else:
            side = UP if plate.get_y() < point[1] else DOWN
            end = plate.get_edge_center(side)
            reach = plate.width / 2 - 0.3
            end = end + RIGHT * float(np.clip(point[0] - end[0], -reach, reach))
        return Line(point, end, stroke_width=3, color=theme.muted)

    def _build_clock(self, whens: Sequence[str], values: list[float] | None) -> Any:
        """Build the year that goes along with the playhead, where all dates are years."""
        if values is None or self.both or not all(map(is_plain_year, whens)):
            return None
        clock = Number(lambda: np.interp(self.at, self.offsets, values), size=theme.label, color=theme.text)

        def follow(number: Any) -> None:
            beside = RIGHT if self.turned else LEFT
            number.next_to(self.head.core, beside if self.upright else UP, buff=0.22)

        clock.add_updater(follow)
        follow(clock)
        self.head.add(clock)
        return clock


class TimelineEntry(Card):
    """An entry of the timeline: a card with its date, its words and the thing that they name."""

    def __init__(
        self,
        date: Label,
        words: Label,
        thing: Mobject | None,
        *,
        width: float,
        height: float,
        beside: bool,
        to_left: bool,
        low: bool = False,
    ) -> None:
        super().__init__(width, height, color=theme.accent)
        self.when, self.words, self.thing = date, words, thing
        column = VGroup(date, words).arrange(DOWN, buff=0.24, aligned_edge=LEFT if to_left else ORIGIN)
        if low:
            column.arrange(RIGHT, buff=0.3)
        if thing is not None and not beside:
            thing.scale(height * 0.34 / max(thing.width, thing.height))
            VGroup(thing, column).arrange(DOWN, buff=0.16)
        elif thing is not None:
            thing.scale((height - 0.5) / max(thing.width, thing.height)).move_to([0.3 - width / 2, 0, 0], LEFT)
            column.move_to([0.3 + height - 0.3 - width / 2, 0, 0], LEFT)
        elif to_left:
            column.move_to([0.35 - width / 2, 0, 0], LEFT)
        self.add(*([thing] if thing is not None else []), column)


class Playhead(VGroup):
    """The mark on the line that says how far the story has come."""

    def __init__(self) -> None:
        super().__init__()
        self.halo = Circle(radius=0.3, stroke_width=0).set_fill(theme.accent, opacity=0.25)
        self.core = Circle(radius=0.15, stroke_width=3, stroke_color=theme.background).set_fill(theme.accent, opacity=1)
        self.add(self.halo, self.core)


class Travel(Animation):
    """The playhead travels along the line to `offset`, a share of its length, and the line behind it is coloured."""

    sound = "swish"

    def __init__(self, timeline: Timeline, offset: float, **kwargs: Any) -> None:
        self.timeline, self.offset = timeline, offset
        moving = VGroup(timeline.done, timeline.head)
        super().__init__(moving, introducer=True, **({"rate_func": ease_in_out_sine} | kwargs))

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.start = self.timeline.at
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        line, now = self.timeline, self.start + (self.offset - self.start) * float(self.rate_func(alpha))
        line.at = now
        point = line._point(now)
        line.head.shift(point - line.head.core.get_center())
        if line.clock is not None:
            line.clock.refresh()
        line.done.put_start_and_end_on(line.line.get_start(), line._point(max(now, 1e-3)))


class PlayheadBeat(Animation):
    """The halo of the playhead widens and returns, again and again."""

    def __init__(self, head: Playhead, *, run_time: float, **kwargs: Any) -> None:
        self.beats = max(1, round(run_time / 1.2))
        super().__init__(head.halo, run_time=run_time, **kwargs)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.center, self.whole = self.mobject.get_center(), self.mobject.points.copy()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        factor = 1 + 0.45 * float(np.sin(np.pi * self.beats * alpha) ** 2)
        self.mobject.points = self.center + (self.whole - self.center) * factor


class _Sprout(Animation):
    """A line grows from its start, a dot from its centre."""

    def __init__(self, thing: Any, run_time: float = 0.5) -> None:
        super().__init__(thing, introducer=True, run_time=run_time)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        line = isinstance(self.mobject, Line)
        self.origin = self.mobject.get_start() if line else self.mobject.get_center()
        self.whole = self.mobject.points.copy()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        self.mobject.points = self.origin + (self.whole - self.origin) * max(1e-3, float(self.rate_func(alpha)))


def _dot() -> Circle:
    return Circle(radius=0.12, stroke_width=3, stroke_color=theme.background).set_fill(theme.accent, opacity=1)
