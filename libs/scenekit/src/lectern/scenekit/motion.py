# mypy: disallow-subclassing-any=False
"""Gentle entrances and emphasis."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import UP, Animation, AnimationGroup, FadeIn, Indicate, Mobject, MoveToTarget, ScaleInPlace, VMobject
from manim.utils.rate_functions import ease_in_out_sine, ease_out_cubic, there_and_back

from .style import theme

DIM_OPACITY = 0.28
"""Share of its opacity that a dimmed thing keeps."""
OWN_COLOR = 0.3
"""Spread between the channels of a colour, 0 to 1, from which it is a colour: greys of the themes stay below."""
RGBAS = ("fill_rgbas", "stroke_rgbas", "background_stroke_rgbas")


def appear(thing: Any, run_time: float = 0.7, shift: Any = None) -> Animation:
    """`thing` fades in, rising a little: the kit's gentle entrance. `self.play(appear(a))`; `shift` is its path."""
    path = 0.18 * UP if shift is None else shift
    if all(isinstance(part, VMobject) for part in thing.get_family()):
        return Appear(thing, shift=path, run_time=run_time, rate_func=ease_out_cubic)
    return FadeIn(thing, shift=path, run_time=run_time, rate_func=ease_out_cubic)


class Appear(Animation):
    """Manim's FadeIn with a shift, without the two copies it makes: for text, copying costs more than drawing."""

    def __init__(self, thing: VMobject, *, shift: Any, **kwargs: Any) -> None:
        super().__init__(thing, introducer=True, **kwargs)
        self.shift = np.asarray(shift, dtype=float)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.parts = [
            (part, part.points.copy(), [(name, getattr(part, name).copy()) for name in RGBAS if hasattr(part, name)])
            for part in self.mobject.family_members_with_points()
        ]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        for part, points, colors in self.parts:
            part.points = points + self.shift * (share - 1.0)
            for name, rgbas in colors:
                faint = rgbas.copy()
                faint[:, 3] *= share
                setattr(part, name, faint)


class Shade(Animation):
    """Each part of a thing goes to `share` of the opacity that it had before it was first shaded; nothing is copied."""

    def __init__(self, thing: VMobject, share: float, **kwargs: Any) -> None:
        super().__init__(thing, **kwargs)
        self.share = share

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.ways = []
        for part in self.mobject.family_members_with_points():
            for name in RGBAS:
                if hasattr(part, name):
                    now = getattr(part, name)[:, 3].copy()
                    full = part.__dict__.setdefault(f"full_{name}", now)
                    self.ways.append((part, name, now, (full if len(full) == len(now) else now) * self.share))
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        for part, name, now, then in self.ways:
            rgbas = getattr(part, name).copy()
            rgbas[:, 3] = now + (then - now) * share
            setattr(part, name, rgbas)


def focus(thing: Mobject, color: Any = None) -> Animation:
    """Draw the eye to `thing`: it grows a little and returns; grey and white things take the accent colour meanwhile.

    A thing with a colour of its own keeps it, since another colour would say something else. `self.play(focus(x))`.
    """
    if color is None and _has_own_color(thing):
        return ScaleInPlace(thing, 1.14, run_time=1.0, rate_func=there_and_back)
    return Indicate(
        thing, scale_factor=1.08, color=theme.accent if color is None else color, run_time=1.0, rate_func=there_and_back
    )


def _has_own_color(thing: Mobject) -> bool:
    """Return whether any part of a thing is drawn in a colour that is no grey."""
    for part in thing.get_family():
        for name in RGBAS[:2]:
            rgbas = getattr(part, name, None)
            if rgbas is None or not len(part.points) or (name == "stroke_rgbas" and part.get_stroke_width() == 0):
                continue
            spread = rgbas[:, :3].max(axis=1) - rgbas[:, :3].min(axis=1)
            if ((spread > OWN_COLOR) & (rgbas[:, 3] > 0.1)).any():
                return True
    return False


def dim(*things: Mobject) -> Animation:
    """Make things recede so that others stand out; `undim` brings them back. `self.play(dim(a, b))`."""
    return _fade_all(DIM_OPACITY, things)


def undim(*things: Mobject) -> Animation:
    """Bring back what `dim` made recede."""
    return _fade_all(1.0, things)


def _fade_all(share: float, things: tuple[Mobject, ...]) -> Animation:
    return AnimationGroup(*(fade_to(thing, share) for thing in things), run_time=0.6, rate_func=ease_in_out_sine)


def fade_to(thing: Mobject, share: float) -> Any:
    """Animate `thing` towards `share` (0 to 1) of the opacity that each part had before it was first dimmed."""
    if all(isinstance(part, VMobject) for part in thing.get_family()):
        return Shade(thing, share, rate_func=ease_in_out_sine)
    thing.generate_target()
    for part, target in zip(thing.get_family(), thing.target.get_family(), strict=True):
        if hasattr(part, "get_fill_opacity"):
            full = part.__dict__.setdefault("full_opacity", (part.get_fill_opacity(), part.get_stroke_opacity()))
            target.set_fill(opacity=full[0] * share, family=False).set_stroke(opacity=full[1] * share, family=False)
        elif hasattr(part, "set_opacity"):
            target.set_opacity(share)
    return MoveToTarget(thing)
