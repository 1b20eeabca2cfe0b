# mypy: disallow-subclassing-any=False
"""Trees of chances."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction as Ratio
from typing import Any

import numpy as np
from manim import Animation, AnimationGroup, Create, Dot, LaggedStart, Line, VGroup

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import Area, frame
from lectern.scenekit.motion import appear
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.parametric import Enter, Join
from lectern.scenekit.style import theme
from lectern.scenekit.ticks import format_number

MOST_LEAVES = 9


class ProbabilityTree(VGroup):
    """Chances that branch: `t = ProbabilityTree({"rain": (0.3, {"late": 0.5, "on time": 0.5}), "dry": 0.7})`.

    `self.play(t.reveal())`, or `t.reveal(0)` for the first step alone; `t.path("rain", "late")` lights a path and
    shows the product at its end; `t.chance("rain", "late")` is 0.15.
    """

    def __init__(self, branches: Mapping[str, Any], area: Area | None = None) -> None:
        super().__init__()
        self.edges: dict[tuple[str, ...], VGroup] = {}
        self.chances: dict[tuple[str, ...], float] = {}
        self._area = frame.body if area is None else area
        self._read((), branches)
        self._leaves = [path for path in self.chances if not self._children(path)]
        if len(self._leaves) > MOST_LEAVES:
            raise ValueError(f"a ProbabilityTree has at most {MOST_LEAVES} ends, not {len(self._leaves)}")
        self.steps = max(map(len, self._leaves))
        self._upright = self._area.height > 1.2 * self._area.width
        self.root = Dot(self._point(()), radius=0.1, color=theme.text)
        self.add(self.root)
        for path in self.chances:
            self._draw_edge(path)

    def chance(self, *path: str) -> float:
        """The chance of a whole path: the product along it."""
        self._check(path)
        return float(np.prod([self.chances[path[: n + 1]] for n in range(len(path))]))

    def path(self, *names: str, color: Any = None) -> Animation:
        """A path lights up, and the product of its chances appears at its end."""
        self._check(names)
        color = theme.accent if color is None else color
        lit = [self.edges[names[: n + 1]][0].animate.set_stroke(color, width=8) for n in range(len(names))]
        product = Label(_spell_chance(self.chance(*names)), color=color, weight="SEMIBOLD")
        words = self.edges[names][1]
        beside = np.array([0.0, -1.0, 0.0]) if self._upright else np.array([1.0, 0.0, 0.0])
        product.next_to(words, beside, buff=0.2)
        return Join(self, product, LaggedStart(*lit, appear(product), lag_ratio=0.5))

    def reveal(self, step: int | None = None) -> Animation:
        """The branches are drawn step by step; `reveal(0)` draws the first step."""
        steps = range(self.steps) if step is None else [step]
        shown = [
            AnimationGroup(
                *(Create(edge[0], run_time=0.8) for edge in self._edges_of(each)),
                *(appear(words) for edge in self._edges_of(each) for words in edge[1:]),
            )
            for each in steps
        ]
        drawn = LaggedStart(appear(self.root), *shown, lag_ratio=0.6)
        return Enter(self, drawn) if step is None else drawn

    def _edges_of(self, step: int) -> list[VGroup]:
        return [edge for path, edge in self.edges.items() if len(path) == step + 1]

    def _read(self, path: tuple[str, ...], branches: Mapping[str, Any]) -> None:
        total = 0.0
        for name, value in branches.items():
            chance, more = value if isinstance(value, tuple) else (value, {})
            self.chances[(*path, name)] = float(chance)
            total += float(chance)
            self._read((*path, name), more)
        if branches and abs(total - 1) > 1e-6:
            where = " after " + ", ".join(map(repr, path)) if path else ""
            raise ValueError(f"the chances of {', '.join(map(repr, branches))}{where} add up to {total:g}, not to 1")

    def _children(self, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        return [each for each in self.chances if len(each) == len(path) + 1 and each[: len(path)] == path]

    def _point(self, path: tuple[str, ...]) -> Any:
        """Where a node stands: its ends are spread evenly, and it stands in the middle of its own."""
        own = [n for n, leaf in enumerate(self._leaves) if leaf[: len(path)] == path]
        across = (float(np.mean(own)) + 0.5) / len(self._leaves)
        along = len(path) / (self.steps + 0.35)
        area = self._area
        if self._upright:
            return np.array([area.left + across * area.width, area.top - 0.1 - along * area.height, 0.0])
        return np.array([area.left + 0.1 + along * area.width, area.top - across * area.height, 0.0])

    def _draw_edge(self, path: tuple[str, ...]) -> None:
        start, end = self._point(path[:-1]), self._point(path)
        name = Label(path[-1], size=theme.label, width=self._area.width / (len(self._leaves) if self._upright else 4))
        way = (end - start) / np.linalg.norm(end - start)
        if self._upright:
            name.move_to(end - np.array([0, name.height / 2 + 0.1, 0]))
        else:
            name.move_to(end + np.array([name.width / 2 + 0.1, 0, 0]))
        first = start if not path[:-1] or self._upright else start + np.array([self._name_width(path[:-1]) + 0.2, 0, 0])
        line = Line(first, end, color=theme.muted, stroke_width=4)
        chance = Label(_spell_chance(self.chances[path]), size=theme.small, color=theme.primary)
        normal = np.array([-way[1], way[0], 0.0])
        normal = normal if normal[1] > 0 or (self._upright and normal[0] > 0) else -normal
        reach = abs(normal[0]) * chance.width / 2 + abs(normal[1]) * chance.height / 2 + 0.12
        chance.move_to((first + end) / 2 + normal * reach)
        edge = VGroup(line, name, chance)
        self.edges[path] = edge
        self.add(edge)

    def _name_width(self, path: tuple[str, ...]) -> float:
        return float(self.edges[path][1].width)

    def _check(self, path: tuple[str, ...]) -> None:
        for n in range(len(path)):
            known = [each[-1] for each in self._children(path[:n])]
            if path[n] not in known:
                raise refuse_name("branch", path[n], known)


def _spell_chance(value: float) -> str:
    """Write a chance as a decimal of at most three digits, or as a fraction where it is a simple one."""
    ratio = Ratio(value).limit_denominator(12)
    if abs(float(ratio) - value) < 1e-9 and ratio.denominator in (3, 6, 7, 9, 11, 12):
        return f"{ratio.numerator}/{ratio.denominator}"
    return format_number(round(value, 4))
