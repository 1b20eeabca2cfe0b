# mypy: disallow-subclassing-any=False
"""Marks of charts that grow from the axis while their numbers count up, and ripples that point at them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from manim import Animation, Circle, VGroup
from manim.utils.rate_functions import ease_out_cubic, linear, smooth

from .motion import RGBAS


class Grow(Animation):
    """A bar grows from the axis to its length while its number counts up beside it."""

    sound = "draw"

    def __init__(self, bar: Any, *, run_time: float = 1.2, **kwargs: Any) -> None:
        more = {"rate_func": ease_out_cubic, "suspend_mobject_updating": False} | kwargs  # its number is live
        super().__init__(bar, introducer=True, run_time=run_time, **more)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        self.mobject.show(float(self.rate_func(alpha)))


class Show(Animation):
    """Calls `show` with the share of the way that is done; `things` are what it changes."""

    def __init__(
        self, things: Any, show: Callable[[float], None], *, run_time: float, rate_func: Any = smooth, **kwargs: Any
    ) -> None:
        self.show = show
        more = {"suspend_mobject_updating": False} | kwargs  # their numbers are live
        super().__init__(things, introducer=True, run_time=run_time, rate_func=rate_func, **more)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        self.show(float(self.rate_func(alpha)))


class Ripple(Animation):
    """Rings widen from `place` (a function that returns a point) and fade, about one a second."""

    def __init__(
        self, place: Callable[[], Any], color: Any, *, reach: float = 0.55, run_time: float = 1.2, **kwargs: Any
    ) -> None:
        self.place, self.reach = place, reach
        self.rounds = max(1, round(run_time / 1.2))
        ring = Circle(radius=1.0, stroke_width=5, stroke_color=color, fill_opacity=0)
        super().__init__(VGroup(ring), introducer=True, remover=True, run_time=run_time, rate_func=linear, **kwargs)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.unit = self.mobject[0].points.copy()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = (self.rounds * alpha) % 1.0
        ring = self.mobject[0]
        ring.points = np.asarray(self.place()) + self.unit * max(0.05, self.reach * share)
        ring.set_stroke(opacity=1 - share)


class Shade(Animation):
    """`thing` goes to `share` of the opacity that it had when it was built."""

    def __init__(self, thing: Any, share: float, *, run_time: float = 0.5, **kwargs: Any) -> None:
        self.share = share
        super().__init__(thing, run_time=run_time, **kwargs)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.before = self.mobject.__dict__.get("shade", 1.0)
        self.parts = [
            (part, [(name, getattr(part, name).copy()) for name in RGBAS if hasattr(part, name)])
            for part in self.mobject.family_members_with_points()
        ]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        now = self.before + (self.share - self.before) * float(self.rate_func(alpha))
        for part, colors in self.parts:
            for name, rgbas in colors:
                shaded = rgbas.copy()
                shaded[:, 3] = np.minimum(1.0, rgbas[:, 3] * now / self.before)
                setattr(part, name, shaded)
        self.mobject.shade = now
