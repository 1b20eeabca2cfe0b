# mypy: disallow-subclassing-any=False
"""Things that move by themselves until they are calmed: nothing in a film need stand quite still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from manim import Animation, Mobject, VGroup
from manim.utils.rate_functions import ease_in_out_sine, linear

from .near_names import refuse_name

WAKING_SECONDS = 0.8
"""Seconds until a thing moves by its whole amount: it never jumps."""
SWAY_ANGLE, SWAY_SECONDS = 0.06, 3.2
DRIFT_UNITS, DRIFT_SECONDS = 0.09, 5.0
PULSE_SHARE, PULSE_SECONDS = 0.05, 1.6
"""Amounts (radians, units, share of the size) and periods of the three ways to live."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pose:
    """By how much a living thing is turned, enlarged and moved."""

    turn: float = 0.0
    size: float = 1.0
    x: float = 0.0
    y: float = 0.0


REST = _Pose()


class Life:
    """The movement of one living thing. `strength` eases from 0 to 1 and back when it is calmed."""

    def __init__(self, thing: Mobject, kind: str) -> None:
        self.thing, self.kind = thing, kind
        self.time, self.strength, self.waking = 0.0, 0.0, True
        self._pose = REST
        self._foot = find_foot(thing)
        self._held: dict[int, _HeldPart] = {}

    def step(self, thing: Mobject, dt: float) -> None:
        """Move on by `dt` seconds. A copy of the thing, such as an animation makes, stays as it is."""
        if thing is not self.thing:
            return
        self.time += dt
        if self.waking:
            self.strength = min(1.0, self.strength + dt / WAKING_SECONDS)
        self.show()

    def show(self) -> None:
        """Bring the thing to where it is at this time: by what has changed since, so that it may be moved as well.

        A part that an animation holds is put each time to where that wants it, as it was posed when it began.
        """
        held = self._list_held()
        foot = self._find_anchor(held)
        for each in held:
            if each.part.points is not each.left:
                _pose_anew(each.part, each.pose, self._pose, foot)
        pose = self._find_pose()
        _pose_anew(self.thing, self._pose, pose, foot)
        self._pose = pose
        self._held = {
            id(each.part): replace(each, left=each.part.points, foot=foot)
            for each in held
            if each.part.updating_suspended
        }

    def _list_held(self) -> list[_HeldPart]:
        """List the parts that animations hold, and those that they held until now."""
        if not self._held and not any(part.updating_suspended for part in self.thing.get_family()[1:]):
            return []
        held = []
        for part in self.thing.get_family()[1:]:
            known = self._held.get(id(part))
            if known is not None or part.updating_suspended:
                held.append(known or _HeldPart(part=part, pose=self._pose, left=part.points))
        return held

    def _find_anchor(self, held: Sequence[_HeldPart]) -> Any:
        """Return the point about which the thing turns or pulses: it stays put while a part is animated by itself."""
        known = [each.foot for each in held if each.foot is not None]
        if known:
            return known[0]
        if self.kind == "pulse":
            return self.thing.get_center()
        part, index = self._foot
        return part.points[index].copy() if index < len(part.points) else self.thing.get_bottom()

    def _find_pose(self) -> _Pose:
        strength, wave = ease_in_out_sine(self.strength), 2 * np.pi * self.time
        if self.kind == "sway":
            return _Pose(turn=strength * SWAY_ANGLE * np.sin(wave / SWAY_SECONDS))
        if self.kind == "pulse":
            return _Pose(size=1 + strength * PULSE_SHARE * np.sin(wave / PULSE_SECONDS))
        x, y = np.sin(wave / DRIFT_SECONDS), np.sin(2 * wave / DRIFT_SECONDS + 1.0) - np.sin(1.0)
        return _Pose(x=strength * DRIFT_UNITS * x, y=strength * DRIFT_UNITS * 0.8 * y)


@dataclass(frozen=True, kw_only=True, slots=True)
class _HeldPart:
    """A part that an animation holds: the pose in which it began, the points that were left, and the anchor then."""

    part: Mobject
    pose: _Pose
    left: Any
    foot: Any = None


def _pose_anew(thing: Mobject, before: _Pose, after: _Pose, foot: Any) -> None:
    """Bring a thing from one pose to another."""
    if after.turn != before.turn:
        thing.rotate(after.turn - before.turn, about_point=foot)
    if after.size != before.size:
        thing.scale(after.size / before.size, about_point=foot)
    if (after.x, after.y) != (before.x, before.y):
        thing.shift(np.array([after.x - before.x, after.y - before.y, 0.0]))


def find_foot(thing: Mobject) -> tuple[Mobject, int]:
    """Find the point on which a thing stands: a part and the index of one of its points.

    A point of the thing itself stays where it is when the thing turns about it, so that turns undo each other.
    """
    bottom = thing.get_bottom()
    feet = [
        (float(np.linalg.norm(part.points - bottom, axis=1).min()), number, part)
        for number, part in enumerate(thing.family_members_with_points())
    ]
    if not feet:
        return thing, 0
    part = min(feet)[2]
    return part, int(np.linalg.norm(part.points - bottom, axis=1).argmin())


class Calm(Animation):
    """A living thing comes to rest, where it would be if it had never moved by itself."""

    def __init__(self, thing: Mobject, **kwargs: Any) -> None:
        super().__init__(thing, suspend_mobject_updating=False, **kwargs)
        self.lives = [part.__dict__.pop("life") for part in thing.get_family() if "life" in part.__dict__]

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.strengths = [life.strength for life in self.lives]
        for life in self.lives:
            life.waking = False
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        for life, strength in zip(self.lives, self.strengths, strict=True):
            life.strength = strength * (1 - alpha)
            life.show()

    def finish(self) -> None:
        super().finish()
        for life in self.lives:
            life.thing.remove_updater(life.updater)


KINDS = ("sway", "drift", "pulse")


def alive(thing: Any, kind: str = "drift") -> Any:
    """`thing` moves a little by itself from now on: `alive(leaf, "sway")`, "drift" or "pulse". Returns the thing.

    It goes on through all animations, also while it is moved; `self.play(calm(leaf))` ends it.
    """
    if kind not in KINDS:
        raise refuse_name("way to be alive", kind, KINDS)
    if "life" in thing.__dict__:
        thing.remove_updater(thing.__dict__.pop("life").updater)
    life: Any = Life(thing, kind)
    life.updater = lambda me, dt: life.step(me, dt)
    thing.life = life
    thing.add_updater(life.updater)
    return thing


def calm(*things: Any) -> Animation:
    """Things that are `alive` come to rest: `self.play(calm(leaf))`."""
    if len(things) == 1:
        return Calm(things[0], run_time=0.6, rate_func=linear)
    return Calm(VGroup(*things), run_time=0.6, rate_func=linear)
