# mypy: disallow-subclassing-any=False
"""Things that move by themselves until they are calmed: nothing in a film need stand quite still."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import Animation, Mobject, VGroup, VMobject
from manim.utils.rate_functions import ease_in_out_sine, linear

from .layout import Area, frame
from .motion import RGBAS
from .near_names import refuse_name

WAKING_SECONDS = 0.8
"""Seconds until a thing moves by its whole amount: it never jumps."""
SWAY_ANGLE, SWAY_SECONDS = 0.06, 3.2
DRIFT_UNITS, DRIFT_SECONDS = 0.09, 5.0
PULSE_SHARE, PULSE_SECONDS = 0.05, 1.6
"""Amounts (radians, units, share of the size) and periods of the three ways to live."""
TABLE = 160
"""Points of a path that a stream runs along."""
FADING = 0.1
"""Share of a path at each end on which what streams along it comes into being, and goes."""
MOST_STREAMING, MOST_SWARMING = 40, 60
GOLDEN = 0.618034
"""Multiples of the golden ratio are spread evenly and never repeat: chance without a seed."""


class Life:
    """The movement of one living thing. `strength` eases from 0 to 1 and back when it is calmed."""

    def __init__(self, thing: Mobject, kind: str) -> None:
        self.thing, self.kind = thing, kind
        self.time, self.strength, self.waking = 0.0, 0.0, True
        self._turn, self._size, self._shift = 0.0, 1.0, np.zeros(3)
        self._foot = find_foot(thing)

    def step(self, thing: Mobject, dt: float) -> None:
        """Move on by `dt` seconds. A copy of the thing, such as an animation makes, stays as it is."""
        if thing is not self.thing:
            return
        self.time += dt
        if self.waking:
            self.strength = min(1.0, self.strength + dt / WAKING_SECONDS)
        self.show()

    def show(self) -> None:
        """Bring the thing to where it is at this time: by what has changed since, so that it may be moved as well."""
        thing, strength = self.thing, ease_in_out_sine(self.strength)
        wave = 2 * np.pi * self.time
        if self.kind == "sway":
            turn = strength * SWAY_ANGLE * np.sin(wave / SWAY_SECONDS)
            part, index = self._foot
            foot = part.points[index].copy() if index < len(part.points) else thing.get_bottom()
            thing.rotate(turn - self._turn, about_point=foot)
            self._turn = turn
        elif self.kind == "pulse":
            size = 1 + strength * PULSE_SHARE * np.sin(wave / PULSE_SECONDS)
            thing.scale(size / self._size)
            self._size = size
        else:
            x, y = np.sin(wave / DRIFT_SECONDS), np.sin(2 * wave / DRIFT_SECONDS + 1.0) - np.sin(1.0)
            shift = strength * DRIFT_UNITS * np.array([x, 0.8 * y, 0.0])
            thing.shift(shift - self._shift)
            self._shift = shift


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


class Crowd(VGroup):
    """Copies of a thing that move by themselves; `spots(time)` their places, `presence(time)` how solid they are."""

    def __init__(self, thing: VMobject, count: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.time, self.shown = 0.0, 0.0
        self.add(*(thing.copy().move_to([0, 0, 0]) for _ in range(count)))
        parts = [each.family_members_with_points() for each in self.submobjects]
        self._shapes = [[(part, part.points.copy()) for part in family] for family in parts]
        self._colors = [
            [(part, name, getattr(part, name).copy()) for part in family for name in RGBAS if hasattr(part, name)]
            for family in parts
        ]
        self._solid = np.full(count, -1.0)
        self.add_updater(lambda me, dt: me.step(dt) if me is self else None)

    def spots(self, time: float) -> Any:
        """Return the places (n, 3) of the copies."""
        raise NotImplementedError

    def presence(self, time: float) -> Any:
        """Return how solid the copies are (n,), from 0 to 1."""
        return np.ones(len(self.submobjects))

    def step(self, dt: float) -> None:
        """Move on by `dt` seconds."""
        self.time += dt
        self.draw()

    def draw(self) -> None:
        """Put each copy in its place: shapes are made once, and only moved."""
        solid = np.round(self.presence(self.time) * self.shown, 2)
        for index, spot in enumerate(self.spots(self.time)):
            for part, points in self._shapes[index]:
                part.points = points + spot
            if solid[index] != self._solid[index]:
                for part, name, rgbas in self._colors[index]:
                    faint = rgbas.copy()
                    faint[:, 3] *= solid[index]
                    setattr(part, name, faint)
        self._solid = solid

    def reveal(self) -> Animation:
        """The copies come into being, moving already."""
        return ShowCrowd(self, run_time=0.8)


class ShowCrowd(Animation):
    """A crowd becomes visible while it moves."""

    def __init__(self, crowd: Crowd, **kwargs: Any) -> None:
        super().__init__(crowd, introducer=True, suspend_mobject_updating=False, rate_func=linear, **kwargs)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        self.mobject.shown = alpha
        self.mobject.draw()


class ThingStream(Crowd):
    """Copies of a thing that run along a path, one after the other."""

    def __init__(self, path: VMobject, thing: VMobject, *, rate: float, seconds: float) -> None:
        self.seconds = seconds
        count = max(1, min(MOST_STREAMING, round(rate * seconds)))
        self._phases = np.arange(count) / count
        self._table = _measure_path(path)
        super().__init__(thing, count)
        self.draw()

    def spots(self, time: float) -> Any:
        return _look_up(self._table, self._find_shares(time))

    def presence(self, time: float) -> Any:
        shares = self._find_shares(time)
        return np.clip(np.minimum(shares, 1 - shares) / FADING, 0, 1)

    def _find_shares(self, time: float) -> Any:
        return (self._phases + time / self.seconds) % 1.0


class Swarm(Crowd):
    """Copies of a thing that wander about, each around a place of its own in the area."""

    def __init__(self, count: int, thing: VMobject, area: Area) -> None:
        number = np.arange(count)
        columns = max(1, round(float(np.sqrt(count * area.width / max(area.height, 1e-6)))))
        rows = -(-count // columns)
        reach = np.array([area.width / columns, area.height / rows]) / 2
        self._homes = np.stack(
            [
                area.left + reach[0] * (2 * (number % columns) + 1),
                area.bottom + reach[1] * (2 * (number // columns) + 1),
            ],
            axis=1,
        )
        self._reach = np.maximum(0.0, reach - np.array([thing.width, thing.height]) / 2)
        self._speeds = 2 * np.pi / (3.5 + 3 * (number[:, None] * np.array([GOLDEN, GOLDEN**2]) % 1))
        self._starts = 2 * np.pi * (number[:, None] * np.array([GOLDEN**2, GOLDEN]) % 1)
        super().__init__(thing, count)
        self.draw()

    def spots(self, time: float) -> Any:
        flat = self._homes + self._reach * np.sin(self._speeds * time + self._starts)
        return np.concatenate([flat, np.zeros((len(flat), 1))], axis=1)


def stream(path: VMobject, thing: Any, rate: float = 2.0, seconds: float = 3.0) -> ThingStream:
    """Copies of `thing` run along `path` for ever: `water = stream(root, drop)`, then `self.play(water.reveal())`.

    `rate` of them start each second, and each takes `seconds`. `FadeOut(water)` ends it.
    """
    if not 0 < rate <= 20 or not seconds > 0:
        raise ValueError(f"stream(path, thing, rate={rate!r}): start up to 20 a second, each for more than 0 seconds")
    return ThingStream(path, thing, rate=rate, seconds=seconds)


def swarm(n: int, thing: Any, area: Area | None = None) -> Swarm:
    """`n` copies of `thing` wander about in `area`, by default the body: `gas = swarm(30, Dot(), stage["left"])`.

    `self.play(gas.reveal())`; at most 60, and they never meet.
    """
    if not 1 <= n <= MOST_SWARMING:
        raise ValueError(f"swarm({n}, thing): draw 1 to {MOST_SWARMING}")
    return Swarm(n, thing, frame.body if area is None else area)


def _measure_path(path: VMobject) -> Any:
    """Return points (TABLE, 3) at equal distances along a path. Raises ValueError for a group or an empty path."""
    if not len(path.points):
        raise ValueError("stream(path, thing) runs along one path, a Line, an Arc or a curve, not along a group")
    curves = path.points[: len(path.points) // 4 * 4].reshape(-1, 4, 3)
    t = np.linspace(0, 1, 24)[None, :, None]
    one, two, three, four = (curves[:, None, index] for index in range(4))
    points = (1 - t) ** 3 * one + 3 * (1 - t) ** 2 * t * two + 3 * (1 - t) * t**2 * three + t**3 * four
    points = points.reshape(-1, 3)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    even = np.linspace(0, along[-1], TABLE)
    return np.stack([np.interp(even, along, points[:, axis]) for axis in range(3)], axis=1)


def _look_up(table: Any, shares: Any) -> Any:
    at = shares * (len(table) - 1)
    low = np.minimum(at.astype(int), len(table) - 2)
    return table[low] + (table[low + 1] - table[low]) * (at - low)[:, None]
