# mypy: disallow-subclassing-any=False
"""Animating parts of a thing that is on screen, without bringing them in front of their neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from manim import Animation, AnimationGroup, Mobject, Wait
from manim.utils.rate_functions import ease_in_out_sine


def animate_parts(whole: Any, animations: Iterable[Any], *, lag_ratio: float = 0.0, **timing: Any) -> AnimationGroup:
    """Animate parts of `whole` together, or each `lag_ratio` of its length after the one before it.

    Manim puts what a group of animations moves on top of the picture; with the whole as their group the order stays.
    """
    listed = list(animations) or [Wait(0.1)]
    return AnimationGroup(*listed, group=whole, lag_ratio=lag_ratio, suspend_mobject_updating=False, **timing)


class Glide(Animation):
    """A thing moves by `way` (units), on an arc of `arc` radians, and takes `scale` times its size. It is never bent.

    Manim's `animate` copies the thing three times, which for text costs more than drawing it.
    """

    sound = "swish"

    def __init__(
        self, thing: Mobject, way: Any, *, scale: float = 1.0, arc: float = 0.0, run_time: float = 0.8, **kwargs: Any
    ) -> None:
        kwargs.setdefault("rate_func", ease_in_out_sine)
        super().__init__(thing, run_time=run_time, **kwargs)
        self.way, self.scale, self.arc = np.asarray(way, dtype=float), scale, arc

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.center = self.mobject.get_center()
        self.shapes = [(part, part.points.copy()) for part in self.mobject.family_members_with_points()]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        offset = self.center + self._travel(share)
        size = 1.0 + (self.scale - 1.0) * share
        for part, points in self.shapes:
            part.points = (points - self.center) * size + offset

    def _travel(self, share: float) -> Any:
        if not self.arc:
            return self.way * share
        turned = (np.exp(1j * self.arc * share) - 1) / (np.exp(1j * self.arc) - 1) * complex(*self.way[:2])
        return np.array([turned.real, turned.imag, self.way[2] * share])
