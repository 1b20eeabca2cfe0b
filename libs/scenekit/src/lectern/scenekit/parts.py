# mypy: disallow-subclassing-any=False
"""Animating parts of a thing that is on screen, without bringing them in front of their neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from manim import AnimationGroup, Wait


def animate_parts(whole: Any, animations: Iterable[Any], *, lag_ratio: float = 0.0, **timing: Any) -> AnimationGroup:
    """Animate parts of `whole` together, or each `lag_ratio` of its length after the one before it.

    Manim puts what a group of animations moves on top of the picture; with the whole as their group the order stays.
    """
    listed = list(animations) or [Wait(0.1)]
    return AnimationGroup(*listed, group=whole, lag_ratio=lag_ratio, suspend_mobject_updating=False, **timing)
