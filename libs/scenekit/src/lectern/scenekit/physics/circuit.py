# mypy: disallow-subclassing-any=False
"""A circuit from a short text: its parts stand around a loop of wire, in which charges move when it is closed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from manim import PI, Animation, Circle, Create, FadeIn, Line, Rectangle, VGroup, VMobject

from lectern.scenekit.layout import Area, frame
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.parametric import Enter, Parametric
from lectern.scenekit.style import theme

KINDS = ("battery", "switch", "bulb", "resistor", "motor")
WIRE = 5
PART = 1.2
"""Units of wire that a part takes."""
CHARGE_GAP = 0.7
SPEED = 1.1
"""Units that charges go in a second when the whole current flows."""
MOST_PARTS = 8
LETTER_M = ((-0.15, -0.16, 0), (-0.15, 0.16, 0), (0, -0.04, 0), (0.15, 0.16, 0), (0.15, -0.16, 0))


class Circuit(Parametric):
    """A loop of parts: `c = Circuit("battery switch bulb")`, of battery, switch, bulb, resistor and motor.

    `self.play(c.close())` closes the switch: charges move and bulbs glow; `c.open()`. `c["bulb"]` is a part (also
    `c["bulb 2"]`), `c.current` is 0 to 1, less with more bulbs and resistors.
    """

    def __init__(self, text: str, area: Area | None = None) -> None:
        super().__init__()
        names = text.replace("-", " ").replace(",", " ").split()
        for name in names:
            if name not in KINDS:
                raise refuse_name("part of a circuit", name, KINDS)
        if not 1 < len(names) <= MOST_PARTS or "battery" not in names:
            raise ValueError(f'Circuit("battery switch bulb") has a battery and 2 to {MOST_PARTS} parts, not {text!r}')
        self.has_switch = "switch" in names
        self.resistance = float(max(1, sum(name in ("bulb", "resistor", "motor") for name in names)))
        self.closed, self.current, self._gone = 0.0, 0.0, 0.0
        area = frame.body if area is None else area
        self._width, self._height = area.width - PART, area.height - PART
        self._length = 2 * (self._width + self._height)
        self.box = Rectangle(width=self._width, height=self._height, stroke_width=0, fill_opacity=0)
        self.box.move_to(area.center)
        self.parts: dict[str, VGroup] = {}
        self.wire = VMobject(color=theme.muted, stroke_width=WIRE)
        self.charges = VMobject(color=theme.accent, fill_opacity=1, stroke_width=0)
        self._dot = Circle(0.1).points
        self._blade = Line(color=theme.text, stroke_width=WIRE + 2)
        self._glows: list[Any] = []
        self._place(names)
        self.add(self.box, self.wire, self.charges, *self.parts.values())
        if not self.has_switch:
            self.closed = 1.0
        self.redraw()
        self.add_updater(lambda me, dt: me._flow(dt) if me is self else None)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            if key not in self.parts:
                raise refuse_name("part of this circuit", key, self.parts)
            return self.parts[key]
        return super().__getitem__(key)

    def close(self, run_time: float = 0.6) -> Animation:
        """The switch closes, and the current flows."""
        return self.change(run_time, closed=1.0)

    def open(self, run_time: float = 0.6) -> Animation:
        """The switch opens, and the current stops."""
        return self.change(run_time, closed=0.0)

    def reveal(self) -> Animation:
        """Wire and parts are drawn."""
        drawn = (Create(each, run_time=1.2) for each in (self.wire, *self.parts.values()))
        return Enter(self, *drawn, FadeIn(self.charges, run_time=1.2))

    def redraw(self) -> None:
        self.current = self.closed**3 / self.resistance
        hinge, rest = self._blade_ends()
        if hinge is not None:
            way = rest - hinge
            angle = (1 - self.closed) * PI / 5
            turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
            self._blade.points = np.linspace(hinge, hinge + turn @ way, 4)
        for glow in self._glows:
            glow.set_fill(opacity=0.1 + 0.85 * min(1.0, self.current * 1.5))
        count = self._count
        places = [self._walk((number / count + self._gone) % 1.0) for number in range(count)]
        self.charges.points = (np.array(places)[:, None] + self._dot[None]).reshape(-1, 3)

    @property
    def clocks(self) -> tuple[float, ...]:
        """How far the charges are on the way to the next one's place, from 0 to 1: they are alike."""
        return (self._gone * self._count % 1.0,)

    @clocks.setter
    def clocks(self, shares: Any) -> None:
        self._gone = float(shares[0]) / self._count
        self.redraw()

    @property
    def _count(self) -> int:
        return int(self._length / CHARGE_GAP)

    def _flow(self, dt: float) -> None:
        if dt and self.current > 0:
            # charges are alike: after a gap the picture is the same
            self._gone = (self._gone + SPEED * self.current * dt / self._length) % 1.0
            self.redraw()

    def _walk(self, share: float) -> Any:
        """Return the point of the loop at a share of its length, clockwise from its upper left corner."""
        low, high = self.box.get_corner(np.array([-1.0, -1, 0])), self.box.get_corner(np.array([1.0, 1, 0]))
        sides = ((self._width, (low[0], high[1]), (1, 0)), (self._height, (high[0], high[1]), (0, -1)),
                 (self._width, (high[0], low[1]), (-1, 0)), (self._height, (low[0], low[1]), (0, 1)))  # fmt: skip
        left = share * self._length
        for length, (x, y), (across, up) in sides:
            if left <= length:
                return np.array([x + across * left, y + up * left, 0.0])
            left -= length
        return np.array([low[0], high[1], 0.0])

    def _place(self, names: list[str]) -> None:
        """Put the battery in the middle of the left side, and the others around the loop at equal distances."""
        start = 1 - self._height / 2 / self._length
        first = names.index("battery")
        ordered = names[first:] + names[:first]
        gaps: list[tuple[float, float]] = []
        for number, name in enumerate(ordered):
            share = self._avoid_corners((start + number / len(ordered)) % 1.0)
            half = PART / 2 / self._length
            one, other = self._walk((share - half) % 1.0), self._walk((share + half) % 1.0)
            key = (
                name if name not in self.parts else f"{name} {sum(each.split()[0] == name for each in self.parts) + 1}"
            )
            self.parts[key] = self._draw(name, one, other)
            gaps.append((share - half, share + half))
        gaps.sort()
        corners = [0.0, self._width / self._length, 0.5, 0.5 + self._width / self._length, 1.0]
        pieces: list[Any] = []
        for (_, begin), (end, _) in zip(gaps, [*gaps[1:], (gaps[0][0] + 1, 0.0)], strict=True):
            stops = [begin, *sorted(c + k for c in corners[:4] for k in (0, 1) if begin < c + k < end), end]
            for one, other in pairwise(stops):
                pieces.append(np.linspace(self._walk(one % 1.0), self._walk(other % 1.0), 4))
        self.wire.points = np.concatenate(pieces)

    def _avoid_corners(self, share: float) -> float:
        """Move a part along the loop until it lies on one side of it."""
        room = PART / 2 / self._length + 0.01
        for corner in (0.0, self._width / self._length, 0.5, 0.5 + self._width / self._length, 1.0):
            if abs(share - corner) < room:
                return corner + room if share >= corner else corner - room
        return share

    def _blade_ends(self) -> tuple[Any, Any]:
        if not self.has_switch:
            return None, None
        ends = self.parts["switch"][1]
        return ends[0].get_center(), ends[1].get_center()

    def _draw(self, name: str, one: Any, other: Any) -> VGroup:
        """Draw a part between two points of the wire, by its usual sign."""
        middle, way = (one + other) / 2, (other - one) / np.linalg.norm(other - one)
        side = np.array([-way[1], way[0], 0.0])
        inner = 0.13 if name == "battery" else 0.42
        ends = middle - inner * way, middle + inner * way
        leads = VGroup(
            *(Line(*each, color=theme.muted, stroke_width=WIRE) for each in ((one, ends[0]), (ends[1], other)))
        )
        style = {"color": theme.text, "stroke_width": WIRE}
        plate = {"fill_color": theme.background, "fill_opacity": 1}
        if name == "battery":
            long = Line(ends[1] - 0.55 * side, ends[1] + 0.55 * side, **style)
            short = Line(ends[0] - 0.3 * side, ends[0] + 0.3 * side, color=theme.text, stroke_width=2.4 * WIRE)
            return VGroup(leads, long, short)
        if name == "switch":
            hinges = VGroup(*(Circle(0.09, color=theme.text, fill_opacity=1).move_to(each) for each in ends))
            return VGroup(leads, hinges, self._blade)
        if name == "resistor":
            box = Rectangle(width=0.84, height=0.42, **style, **plate).rotate(float(np.arctan2(way[1], way[0])))
            return VGroup(leads, box.move_to(middle))
        circle = Circle(0.42, **style, **plate).move_to(middle)
        if name == "bulb":
            glow = Circle(0.42, stroke_width=0, color=theme.accent, fill_opacity=0.1).move_to(middle)
            self._glows.append(glow)
            spokes = [0.29 * (way + sign * side) for sign in (-1, 1)]
            return VGroup(leads, circle, glow, *(Line(middle - each, middle + each, **style) for each in spokes))
        letter = VMobject(**style).set_points_as_corners([middle + np.array(each) for each in LETTER_M])
        return VGroup(leads, circle, letter)
