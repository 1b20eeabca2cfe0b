# mypy: disallow-subclassing-any=False
"""A dot that draws its curve."""

from __future__ import annotations

from typing import Any

from manim import Animation, AnimationGroup, Create, Mobject, VMobject
from manim.utils.rate_functions import smooth


def trace(dot: Mobject, path: VMobject, run_time: float = 2.0, rate_func: Any = smooth) -> Animation:
    """`dot` draws `path` and stays at its end: `self.play(trace(dot, curve, run_time=3))`. ValueError for a group."""
    if len(path.family_members_with_points()) != 1 or not len(path.points):
        raise ValueError("trace(dot, path) draws one path; for a group, call it once for each part")
    timing = {"run_time": run_time, "rate_func": rate_func}
    return AnimationGroup(Create(path, **timing), FollowEnd(dot, path, **timing))


class FollowEnd(Animation):
    """The dot stays at the end of a path that grows meanwhile. Play it after the path's own animation."""

    sound = "draw"

    def __init__(self, dot: Mobject, path: VMobject, **kwargs: Any) -> None:
        super().__init__(dot, introducer=True, **kwargs)
        self.path = path

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        self.mobject.move_to(self.path.points[-1])
