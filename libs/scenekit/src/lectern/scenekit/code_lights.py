# mypy: disallow-subclassing-any=False
"""Lines of code that are spoken of have their colours, and the others one quiet ink that is readable all the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import Animation, ManimColor, Mobject
from manim.utils.rate_functions import ease_in_out_sine

from .contrast import contrast_ratios, to_rgb
from .style import theme

READABLE = 4.6
"""The contrast of the quiet ink; WCAG 2.2 asks for 4.5 (success criterion 1.4.3, AA)."""
STEP = 0.02


def choose_quiet_ink() -> ManimColor:
    """Choose the faintest mixture of the theme's text colour with its surface that is readable on that."""
    surface, ink = to_rgb(theme.surface), to_rgb(theme.text)
    shares = np.arange(STEP, 1.0, STEP)
    mixed = surface + (ink - surface) * shares[:, None]
    readable = np.flatnonzero(contrast_ratios(mixed, surface) >= READABLE)
    return ManimColor(tuple(mixed[readable[0]])) if len(readable) else ManimColor(theme.text)


class LightLine(Animation):
    """The letters of a line take their own colours, or the quiet `ink`."""

    def __init__(self, line: Mobject, ink: ManimColor | None, **kwargs: Any) -> None:
        super().__init__(line, **({"rate_func": ease_in_out_sine} | kwargs))
        self.ink = ink

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.ways = []
        for letter in self.mobject.family_members_with_points():
            now = letter.fill_rgbas.copy()
            own = letter.__dict__.setdefault("own_ink", now)
            then = own.copy()
            if self.ink is not None:
                then[:, :3] = to_rgb(self.ink)
            self.ways.append((letter, now, then))
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        for letter, now, then in self.ways:
            letter.fill_rgbas = now + (then - now) * share
