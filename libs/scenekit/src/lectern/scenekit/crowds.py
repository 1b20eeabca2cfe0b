# mypy: disallow-subclassing-any=False
"""Many copies of one thing that move by themselves: along a path, or about in an area."""

from __future__ import annotations

from typing import Any
from weakref import ReferenceType, ref

import numpy as np
from manim import Animation, Scene, VGroup, VMobject
from manim.utils.rate_functions import linear

from .checks.picture import TEXT_KINDS
from .layout import Area, frame
from .motion import RGBAS

TABLE = 160
"""Points of a path that a stream runs along."""
FADING = 0.1
"""Share of a path at each end on which what streams along it comes into being, and goes."""
MOST_STREAMING, MOST_SWARMING = 40, 60
LOOKING_SECONDS, GIVING_WAY = 0.25, 2.5
"""How often a swarm looks for texts that have come, and the share of its way aside that it goes in a second."""
FINEST = 8
"""A swarm that gives way looks for room in up to this many places for each copy."""
TEXT_ROOM, SEEN = 0.12, 0.05
"""Units that a swarm keeps from texts, and how opaque those are that it sees."""
GOLDEN = 0.618034
"""Multiples of the golden ratio are spread evenly and never repeat: chance without a seed."""


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

    def enter(self, scene: Scene) -> None:
        """Take a look at the scene in which the copies come into being."""

    def reveal(self) -> Animation:
        """The copies come into being, moving already."""
        return ShowCrowd(self, run_time=0.8)


class ShowCrowd(Animation):
    """A crowd becomes visible while it moves."""

    def __init__(self, crowd: Crowd, **kwargs: Any) -> None:
        super().__init__(crowd, introducer=True, suspend_mobject_updating=False, rate_func=linear, **kwargs)

    def _setup_scene(self, scene: Scene) -> None:
        super()._setup_scene(scene)
        self.mobject.enter(scene)

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

    @property
    def clocks(self) -> tuple[float, ...]:
        """How far the copies are on the way to the next one's place, from 0 to 1: they are alike."""
        return (self.time / self.seconds * len(self._phases) % 1.0,)

    @clocks.setter
    def clocks(self, shares: Any) -> None:
        self.time = float(shares[0]) * self.seconds / len(self._phases)
        self.draw()

    def _find_shares(self, time: float) -> Any:
        return (self._phases + time / self.seconds) % 1.0


class Swarm(Crowd):
    """Copies of a thing that wander about, each around a place of its own in the area, clear of texts on screen."""

    def __init__(self, count: int, thing: VMobject, area: Area) -> None:
        self._area, self._size = area, np.array([thing.width, thing.height])
        number = np.arange(count)
        self._homes, cell = _lay_grid(count, area)
        self._reach = np.maximum(0.0, cell - self._size / 2)
        self._goals, self._far = self._homes, self._reach
        self._speeds = 2 * np.pi / (3.5 + 3 * (number[:, None] * np.array([GOLDEN, GOLDEN**2]) % 1))
        self._starts = 2 * np.pi * (number[:, None] * np.array([GOLDEN**2, GOLDEN]) % 1)
        self._scene: ReferenceType[Scene] | None = None
        self._looked = 0.0
        super().__init__(thing, count)
        self.draw()

    def spots(self, time: float) -> Any:
        flat = self._homes + self._reach * np.sin(self._speeds * time + self._starts)
        return np.concatenate([flat, np.zeros((len(flat), 1))], axis=1)

    def enter(self, scene: Scene) -> None:
        self._scene = ref(scene)  # a copy of the swarm, as animations make, must not copy the scene
        self.make_way(find_texts(scene))
        self._homes, self._reach = self._goals, self._far

    def step(self, dt: float) -> None:
        scene = self._scene and self._scene()
        if scene is not None and self.time - self._looked >= LOOKING_SECONDS:
            self._looked = self.time
            self.make_way(find_texts(scene))
        share = min(1.0, GIVING_WAY * dt)
        self._homes = self._homes + share * (self._goals - self._homes)
        self._reach = self._reach + share * (self._far - self._reach)
        super().step(dt)

    def make_way(self, texts: Any) -> None:
        """Find other places, from now on, if copies come over `texts`, boxes (n, 4): left, bottom, right, top.

        Where texts leave no room for all, the copies stay where they are.
        """
        count = len(self._goals)
        if not _find_covered(self._goals, self._far + self._size / 2, texts).any():
            return
        for cells in range(count, FINEST * count + 1):
            homes, cell = _lay_grid(cells, self._area)
            free = homes[~_find_covered(homes, np.maximum(cell, self._size / 2), texts)]
            if len(free) >= count:
                self._goals = free[np.arange(count) * len(free) // count]
                self._far = np.maximum(0.0, cell - self._size / 2)
                return


def find_texts(scene: Scene) -> Any:
    """Find the boxes (n, 4) of the texts that are on screen: left, bottom, right, top."""
    boxes = []
    for each in scene.get_mobject_family_members():
        if isinstance(each, TEXT_KINDS) and any(part.get_fill_opacity() > SEEN for part in each.get_family()):
            boxes.append([each.get_left()[0], each.get_bottom()[1], each.get_right()[0], each.get_top()[1]])
    return np.array(boxes).reshape(-1, 4)


def _lay_grid(count: int, area: Area) -> tuple[Any, Any]:
    """Return `count` places (n, 2) spread over an area in rows, and half the size of the room that each has."""
    number = np.arange(count)
    columns = max(1, round(float(np.sqrt(count * area.width / max(area.height, 1e-6)))))
    rows = -(-count // columns)
    half = np.array([area.width / columns, area.height / rows]) / 2
    corner = np.array([area.left, area.bottom])
    return corner + half * (2 * np.stack([number % columns, number // columns], axis=1) + 1), half


def _find_covered(homes: Any, half: Any, texts: Any) -> Any:
    """Return which of the boxes around `homes`, `half` as wide and as high, share room with a text."""
    if not len(texts):
        return np.zeros(len(homes), dtype=bool)
    low, high = homes - half - TEXT_ROOM, homes + half + TEXT_ROOM
    apart = (low[:, None] >= texts[None, :, 2:]) | (high[:, None] <= texts[None, :, :2])
    return (~apart.any(axis=2)).any(axis=1)


def stream(path: VMobject, thing: Any, rate: float = 2.0, seconds: float = 3.0) -> ThingStream:
    """Copies of `thing` run along `path` for ever: `water = stream(root, drop)`, then `self.play(water.reveal())`.

    `rate` of them start each second, and each takes `seconds`. `FadeOut(water)` ends it.
    """
    if not 0 < rate <= 20 or not seconds > 0:
        raise ValueError(f"stream(path, thing, rate={rate!r}): start up to 20 a second, each for more than 0 seconds")
    return ThingStream(path, thing, rate=rate, seconds=seconds)


def swarm(n: int, thing: Any, area: Area | None = None) -> Swarm:
    """`n` copies of `thing` wander about in `area`, by default the body: `gas = swarm(30, Dot(), stage["left"])`.

    `self.play(gas.reveal())`; at most 60. They never meet, and keep clear of texts.
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
