"""Gentle emphasis."""

from __future__ import annotations

from typing import Any

from manim import Animation, AnimationGroup, Indicate, Mobject, MoveToTarget
from manim.utils.rate_functions import ease_in_out_sine, there_and_back

from .look import theme

DIMMED = 0.28


def focus(thing: Mobject, color: Any = None) -> Animation:
    """Draws the eye to `thing`: it grows a little, takes the accent colour and returns. `self.play(focus(x))`."""
    return Indicate(
        thing, scale_factor=1.08, color=theme.accent if color is None else color, run_time=1.0, rate_func=there_and_back
    )


def dim(*things: Mobject) -> Animation:
    """Makes things recede so that others stand out; `undim` brings them back. `self.play(dim(a, b))`."""
    return _opacity(DIMMED, things)


def undim(*things: Mobject) -> Animation:
    """Brings back what `dim` made recede."""
    return _opacity(1.0, things)


def _opacity(share: float, things: tuple[Mobject, ...]) -> Animation:
    return AnimationGroup(*(faded(thing, share) for thing in things), run_time=0.6, rate_func=ease_in_out_sine)


def faded(thing: Mobject, share: float) -> Any:
    """`thing.animate` towards `share` of the opacity each part had before it was first dimmed."""
    thing.generate_target()
    for part, target in zip(thing.get_family(), thing.target.get_family(), strict=True):
        if hasattr(part, "get_fill_opacity"):
            full = part.__dict__.setdefault("full_opacity", (part.get_fill_opacity(), part.get_stroke_opacity()))
            target.set_fill(opacity=full[0] * share, family=False).set_stroke(opacity=full[1] * share, family=False)
        elif hasattr(part, "set_opacity"):
            target.set_opacity(share)
    return MoveToTarget(thing)
