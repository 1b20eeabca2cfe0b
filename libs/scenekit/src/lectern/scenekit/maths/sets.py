# mypy: disallow-subclassing-any=False
"""Sets as circles that overlap."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import LEFT, RIGHT, UP, Animation, Circle, Create, Intersection, Mobject, VGroup

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import Area, frame
from lectern.scenekit.motion import appear
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.parametric import Enter, Join
from lectern.scenekit.style import theme

OVERLAP = 1.15
"""Distance of two centres in radii."""


class Sets(VGroup):
    """Two or three sets that overlap: `s = Sets("swim", "fly")`; `self.play(s.put("penguin", "swim"))` writes into the
    part of "swim" alone, `s.put("duck", "swim", "fly")` into what both share. `s["swim"]` is a circle."""

    def __init__(self, *names: str, area: Area | None = None) -> None:
        super().__init__()
        if len(names) not in (2, 3) or len(set(names)) != len(names):
            raise ValueError(f'Sets{names} needs two or three different names: Sets("swim", "fly")')
        self.set_names = names
        area = frame.body if area is None else area
        upright = area.height > 1.2 * area.width
        if len(names) == 2:
            ways = [np.array([0, 0.5, 0]), np.array([0, -0.5, 0])] if upright else [0.5 * LEFT, 0.5 * RIGHT]
        else:
            ways = [np.array([np.cos(a), np.sin(a), 0]) / 3**0.5 for a in np.radians((90, 210, 330))]
        span = np.ptp(ways, axis=0) * OVERLAP + 2
        radius = min(area.width / span[0], (area.height - 1.0) / span[1])
        colors = (theme.primary, theme.accent, theme.violet)
        middle = area.center - 0.25 * UP if not upright else area.center
        self.circles = VGroup(
            *(
                Circle(radius, color=color, stroke_width=5, fill_opacity=0.2).move_to(middle + way * OVERLAP * radius)
                for way, color in zip(ways, colors, strict=False)
            )
        )
        self.labels = VGroup()
        for circle, name, way, color in zip(self.circles, names, ways, colors, strict=False):
            label = Label(name, color=color, weight="SEMIBOLD", width=1.6 * radius)
            side = UP if way[1] >= -0.01 or (len(names) == 2 and not upright) else -UP
            label.next_to(circle, side, buff=0.15)
            label.set_x(min(max(label.get_x(), area.left + label.width / 2), area.right - label.width / 2))
            self.labels.add(label)
        self.add(self.circles, self.labels)
        self._counts: dict[tuple[int, ...], int] = {}

    def __getitem__(self, key: Any) -> Any:
        return self.circles[self._index(key)] if isinstance(key, str) else super().__getitem__(key)

    def put(self, what: Any, *names: str) -> Animation:
        """A word or a thing appears in the part that these sets, and no others, share; without sets, outside."""
        thing = what if isinstance(what, Mobject) else Label(str(what), size=theme.small)
        chosen = sorted({self._index(name) for name in names})
        key = tuple(chosen)
        number = self._counts[key] = self._counts.get(key, -1) + 1
        row = ((number + 1) // 2) * (1 if number % 2 else -1) if number else 0
        thing.move_to(self.find_middle(chosen) + row * (thing.height + 0.22) * UP)
        return Join(self, thing, appear(thing))

    def meet(self, *names: str, color: Any = None) -> Animation:
        """What some sets share is filled: `self.play(s.meet("swim", "fly"))`."""
        shared = Intersection(*(self.circles[self._index(name)] for name in names))
        shared.set_stroke(width=0).set_fill(theme.accent if color is None else color, opacity=0.25)
        return Join(self, shared, appear(shared, shift=0 * UP), behind=True)

    def reveal(self) -> Animation:
        """The circles are drawn, and their names appear."""
        return Enter(self, *(Create(each, run_time=1.0) for each in self.circles), *map(appear, self.labels))

    def find_middle(self, chosen: list[int]) -> Any:
        """Return the middle of the part that only these circles cover, from a grid of points."""
        radius = self.circles[0].width / 2
        low, high = self.circles.get_critical_point(LEFT - UP), self.circles.get_critical_point(RIGHT + UP)
        x, y = np.meshgrid(np.linspace(low[0], high[0], 60), np.linspace(low[1], high[1], 60))
        distances = np.array([np.hypot(x - c.get_x(), y - c.get_y()) - radius for c in self.circles])
        inside = np.array([-distances[n] if n in chosen else distances[n] for n in range(len(self.circles))])
        depth = inside.min(axis=0)  # how far the point is from the nearest edge of the part
        best = np.unravel_index(int(depth.argmax()), depth.shape)
        return np.array([x[best], y[best], 0.0])

    def _index(self, name: str) -> int:
        if name not in self.set_names:
            raise refuse_name("set", name, self.set_names)
        return self.set_names.index(name)
