# mypy: disallow-subclassing-any=False
"""What is drawn on a map: places with names, and routes between them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Animation, Create, Dot, LineJointType, VGroup, VMobject
from manim.utils.rate_functions import ease_in_out_sine

from lectern.scenekit.entrances import Pop
from lectern.scenekit.labels import Label
from lectern.scenekit.layout import Area
from lectern.scenekit.motion import appear
from lectern.scenekit.parametric import Join
from lectern.scenekit.style import theme

DOT_RADIUS = 0.11
GAP = 0.13
"""Units between a place and its name."""
HALO = 5.0
"""The width of the land's colour around a name, so that borders do not run through it."""
ROUTE_WIDTH = 6.0
ROUTE_PIECES = 16
"""Bézier pieces of a route: what is drawn of it grows evenly."""
IN_FRONT = 2
"""The z index of names: what is drawn on the map later does not cover them."""
SIDES = (RIGHT, LEFT, UP, DOWN, RIGHT + UP, LEFT + UP, RIGHT + DOWN, LEFT + DOWN)
"""Where a name may stand, the side that reads best first."""


class MapPlace(VGroup):
    """A dot on a map with its name beside it. `dot` and `label` are its parts."""

    def __init__(self, whole: Any, point: Any, name: str, *, color: Any, side: Any, halo: Any) -> None:
        super().__init__()
        self.whole = whole
        self.dot = Dot(point, radius=DOT_RADIUS, color=theme.accent if color is None else color)
        self.dot.set_stroke(halo, width=2, background=True)
        self.add(self.dot)
        self.label = None
        if name:
            self.label = surround_text(Label(name, size=theme.small, weight="MEDIUM"), halo)
            self._put_name(self.label, side)
            self.add(self.label.set_z_index(IN_FRONT))

    def get_center(self) -> Any:
        """The middle of the dot: the place itself."""
        return self.dot.get_center()

    def reveal(self, run_time: float = 0.6) -> Animation:
        """The dot pops up, and its name appears."""
        parts: list[Animation] = [Pop(self.dot, run_time=run_time)]
        if self.label is not None:
            parts.append(appear(self.label, run_time=run_time))
        return Join(self.whole, self, *parts)

    def _put_name(self, label: Label, side: Any) -> None:
        """Put the name on a side, or on the one that is free of other places and inside the map."""
        taken = [_find_box(each) for mark in self.whole.marks for each in mark.submobjects]
        best = min(
            SIDES if side is None else (side,),
            key=lambda each: self._rate_side(label.next_to(self.dot, each, GAP), taken),
        )
        label.next_to(self.dot, best, GAP)

    def _rate_side(self, label: Label, taken: list[Any]) -> float:
        box = _find_box(label)
        room: Area = self.whole.room
        low, high = np.array([room.left, room.bottom]), np.array([room.right, room.top])
        beyond = np.maximum(low - box[:2], 0).sum() + np.maximum(box[2:] - high, 0).sum()
        shared = sum(
            float(np.prod(np.clip(np.minimum(box[2:], each[2:]) - np.maximum(box[:2], each[:2]), 0, None)))
            for each in taken
        )
        return float(beyond) * 10 + shared * 10


class MapRoute(VMobject):
    """A way from place to place on a map, as arcs: for the eye, not the shortest way over the globe."""

    def __init__(self, whole: Any, points: list[Any], *, color: Any, bend: float) -> None:
        super().__init__(stroke_width=ROUTE_WIDTH, color=theme.accent if color is None else color, fill_opacity=0)
        self.whole = whole
        arcs = [draw_arc(start, end, bend) for start, end in pairwise(points)]
        self.points = np.concatenate(arcs)
        self.joint_type = LineJointType.ROUND

    def reveal(self, run_time: float = 1.6) -> Animation:
        """The route is drawn from its start to its end."""
        return Join(self.whole, self, Create(self, run_time=run_time, rate_func=ease_in_out_sine))


def draw_arc(start: Any, end: Any, bend: float) -> Any:
    """The Bézier pieces, of four points, of a parabola; `bend` is its height by its length, downwards if negative."""
    way = np.asarray(end, dtype=float) - start
    across = np.array([-way[1], way[0], 0.0])
    if across[1] < 0 or (across[1] == 0 and across[0] < 0):
        across = -across
    middle = np.asarray(start) + way / 2 + across * bend * 2
    t = np.linspace(0, 1, ROUTE_PIECES + 1)[:, None]
    ends = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * np.asarray(end)
    slopes = (2 * (1 - t) * (middle - start) + 2 * t * (end - middle)) / ROUTE_PIECES / 3
    return np.stack([ends[:-1], ends[:-1] + slopes[:-1], ends[1:] - slopes[1:], ends[1:]], axis=1).reshape(-1, 3)


def surround_text(label: Label, halo: Any) -> Label:
    """Set text apart from the lines of a map."""
    label.set_stroke(halo, width=HALO, background=True)
    return label


def _find_box(thing: Any) -> Any:
    return np.concatenate([thing.get_corner(DOWN + LEFT)[:2], thing.get_corner(UP + RIGHT)[:2]])
