# mypy: disallow-subclassing-any=False
"""Drawing the eye to one thing: the rest recedes, or a ring or a line is drawn by hand and goes again."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import Animation, Ellipse, Group, Line, Mobject, Scene, VMobject
from manim.utils.rate_functions import ease_in_out_sine, linear, smooth

from .motion import DIM_OPACITY, RGBAS
from .style import theme

DRAWN, GOING = 0.4, 0.8
"""Shares of a mark's time at which it is drawn, and at which it begins to fade."""
MARK_Z = 40
RING_ROOM = (0.3, 0.25)
"""Units around a thing that its ring leaves, in width and height, besides what an ellipse needs."""


class Spotlight(Animation):
    """All that is on screen but `things` recedes; without things, all comes back. Nothing is copied."""

    def __init__(self, things: tuple[Mobject, ...], **kwargs: Any) -> None:
        super().__init__(Group(), introducer=True, rate_func=ease_in_out_sine, **kwargs)
        self.things = things

    def _setup_scene(self, scene: Scene) -> None:
        chosen = {id(part) for thing in self.things for part in thing.get_family()}
        tags = [each for each in scene.mobjects if id(getattr(each, "belongs_to", None)) in chosen]
        chosen |= {id(part) for each in tags for part in each.get_family()}
        fixed = [each for each in scene.mobjects if getattr(each, "stays_on_screen", False)]
        left_alone = {id(part) for each in fixed for part in each.get_family()}
        parts = [each for each in scene.get_mobject_family_members() if id(each) not in left_alone]
        self.lit = [(part, 1.0 if not self.things or id(part) in chosen else DIM_OPACITY) for part in parts]
        self.mobject.submobjects = [part for part, _ in self.lit if part.has_points()]

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.ways = []
        for part, share in self.lit:
            for name in RGBAS:
                if not hasattr(part, name):
                    continue
                now = getattr(part, name)[:, 3].copy()
                if share == 1.0 and f"full_{name}" not in part.__dict__:
                    continue
                full = part.__dict__.setdefault(f"full_{name}", now)
                then = (full if len(full) == len(now) else now) * share
                if not np.allclose(now, then):
                    self.ways.append((part, name, now, then))
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        for part, name, now, then in self.ways:
            rgbas = getattr(part, name).copy()
            rgbas[:, 3] = now + (then - now) * share
            setattr(part, name, rgbas)


class Marking(Animation):
    """A mark is drawn, stays for a moment, and fades."""

    sound = "draw"

    def __init__(self, mark: VMobject, **kwargs: Any) -> None:
        super().__init__(mark, introducer=True, remover=True, rate_func=linear, **kwargs)
        self.whole = mark.copy()

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        drawn = smooth(min(1.0, alpha / DRAWN))
        self.mobject.pointwise_become_partial(self.whole, 0.0, max(drawn, 1e-3))
        self.mobject.set_stroke(opacity=1.0 - max(0.0, alpha - GOING) / (1 - GOING))


def spotlight(*things: Mobject) -> Animation:
    """All but `things` recedes: `self.play(spotlight(leaf))`; `self.play(spotlight())` brings everything back."""
    return Spotlight(things, run_time=0.6)


def ring(thing: Mobject, color: Any = None, run_time: float = 1.8) -> Animation:
    """A ring is drawn around `thing`, stays a moment and goes: `self.play(ring(answer))`."""
    size = np.array([thing.width, thing.height])
    width, height = size * (1.41 if min(size) > 0.6 * max(size) else 1.2) + RING_ROOM
    mark = Ellipse(width=width, height=height, color=theme.accent if color is None else color, stroke_width=6)
    mark.move_to(thing.get_center()).rotate(0.08).set_z_index(MARK_Z)
    return Marking(mark, run_time=run_time)


def underline(thing: Mobject, color: Any = None, run_time: float = 1.6) -> Animation:
    """A line is drawn under `thing`, stays a moment and goes: `self.play(underline(word))`."""
    left, right = thing.get_corner([-1, -1, 0]), thing.get_corner([1, -1, 0])
    mark = Line(left, right, color=theme.accent if color is None else color, stroke_width=6)
    mark.shift([0, -0.14, 0]).set_z_index(MARK_Z)
    return Marking(mark, run_time=run_time)
