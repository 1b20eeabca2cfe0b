# mypy: disallow-subclassing-any=False
"""Trees: nodes with children, laid out so that no two touch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from manim import Animation, Line, RoundedRectangle, VGroup

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import frame, place
from lectern.scenekit.motion import appear
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.parts import Glide, animate_parts
from lectern.scenekit.style import theme

MOST_APART = 2.6
"""Units between neighbours, and between levels; a tree of three would fall apart otherwise."""


@dataclass(kw_only=True, slots=True, eq=False)
class Branch:
    """A value with its children; None is a place that is left free."""

    value: Any
    children: list[Branch | None] = field(default_factory=list)
    column: float = 0.0
    depth: int = 0

    def walk(self) -> Iterator[Branch]:
        """Go through this branch and all below it, from the top."""
        yield self
        for child in self.children:
            if child is not None:
                yield from child.walk()


class TreeNode(VGroup):
    """A value in a rounded box: `node.box`, `node.words`."""

    def __init__(self, value: Any, size: float) -> None:
        super().__init__()
        self.words = Label(str(value), size=size, weight="MEDIUM")
        high = self.words.height + 0.42
        self.box = RoundedRectangle(width=max(high, self.words.width + 0.5), height=high, corner_radius=high / 2.2)
        self.box.set_style(fill_color=theme.surface, fill_opacity=1, stroke_color=theme.border, stroke_width=4)
        self.add(self.box, self.words.middle_on(self.box.get_center()))


class Tree(VGroup):
    """A tree from nested lists, `Tree([8, [3, 1, 6], [10, None, 14]])`: a list is a node and its children, None a free
    place; or from dicts, `Tree({"West": {"English": {}, "German": {}}})`. `tree[6]` is a node, `tree.edge(6)` the line
    above it. `self.play(tree.reveal())` level by level; `tree.path(6)` lights the way down; `tree.insert(5)` puts a
    number where a search tree has it, `tree.insert("Dutch", under="West")` adds a child; others make room.
    """

    def __init__(self, nested: Any, size: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.root = _read_branch(nested)
        self.size = size or (theme.label if frame.portrait else theme.body)
        self.nodes: dict[str, TreeNode] = {}
        self.edges: dict[str, Any] = {}
        self.lines, self.boxes = VGroup(), VGroup()
        self.add(self.lines, self.boxes)
        for branch in self.root.walk():
            self._add_node(branch)
        for name, spot in self._find_spots().items():
            self.nodes[name].move_to(spot)
        for branch in self.root.walk():
            for child in filter(None, branch.children):
                self._add_edge(branch, child)
        place(self)

    def __getitem__(self, value: Any) -> Any:
        """A node by its value. Raises KeyError."""
        return self.nodes[self._find(value)]

    def __len__(self) -> int:
        return len(self.submobjects)

    def __iter__(self) -> Any:
        return iter(self.submobjects)

    def edge(self, value: Any) -> Any:
        """The line from a node to the one above it. Raises KeyError for the root."""
        name = self._find(value)
        if name not in self.edges:
            raise refuse_name("line above", name, self.edges)
        return self.edges[name]

    def reveal(self) -> Animation:
        """It grows level by level from the top."""
        levels: dict[int, list[Any]] = {}
        for branch in self.root.walk():
            parts = [self.nodes[str(branch.value)], self.edges.get(str(branch.value))]
            levels.setdefault(branch.depth, []).extend(appear(part) for part in parts if part is not None)
        return animate_parts(self, [animate_parts(self, each) for each in levels.values()], lag_ratio=0.6)

    def path(self, value: Any, color: Any = None) -> Animation:
        """The way from the top to a node is lit, node after node."""
        shade = theme.accent if color is None else color
        lights: list[Any] = []
        for branch in self._find_way(self._find(value)):
            name = str(branch.value)
            if name in self.edges:
                lights.append(self.edges[name].animate(run_time=0.4).set_stroke(shade, width=8))
            lights.append(self._light(name, shade))
        return animate_parts(self, lights, lag_ratio=0.7)

    def light(self, *values: Any, color: Any = None) -> Animation:
        """Nodes are lit in the accent colour, or in `color`; without a value all nodes and lines are plain."""
        if values:
            shade = theme.accent if color is None else color
            return animate_parts(self, [self._light(self._find(value), shade) for value in values])
        lines = [line.animate.set_stroke(theme.border, width=5) for line in self.lines]
        plain = {"stroke_color": theme.border, "stroke_width": 4, "fill_color": theme.surface}
        return animate_parts(self, [*lines, *(node.box.animate.set_style(**plain) for node in self.boxes)])

    def insert(self, value: Any, under: Any = None) -> Animation:
        """A node comes in: a number where a search tree has it, or anything as the last child of `under`."""
        if str(value) in self.nodes:
            raise ValueError(f"the tree has {value!r} already")
        fresh = Branch(value=value)
        parent = self._choose_parent(fresh) if under is None else self._find_way(self._find(under))[-1]
        if under is not None:
            parent.children.append(fresh)
        node = self._add_node(fresh)
        node.scale(self.boxes[0].height / node.height)
        before = {name: each.get_center() for name, each in self.nodes.items()}
        spots = self._find_spots()
        wide = max(each.width for each in self.nodes.values())
        extent = np.ptp(list(spots.values()), axis=0)
        ratio = min(1.0, frame.body.width / (extent[0] + wide), frame.body.height / (extent[1] + node.height))
        spots = {name: frame.body.center + ratio * (spot - frame.body.center) for name, spot in spots.items()}
        node.scale(ratio).move_to(spots[str(value)])
        edge = self._add_edge(parent, fresh, spots)
        moves: list[Any] = [
            Glide(each, spots[name] - before[name], scale=ratio)
            for name, each in self.nodes.items()
            if each is not node
        ]
        for branch in self.root.walk():
            for child in filter(None, branch.children):
                name = str(child.value)
                if child is not fresh:
                    ends = spots[str(branch.value)], spots[name]
                    moves.append(self.edges[name].animate(run_time=0.8).put_start_and_end_on(*ends))
        return animate_parts(self, [*moves, appear(edge), appear(node)])

    def _light(self, name: str, shade: Any) -> Any:
        fill = theme.surface.interpolate(shade, 0.28)
        return (
            self.nodes[name]
            .box.animate(run_time=0.5)
            .set_style(stroke_color=shade, stroke_width=7, fill_color=fill, fill_opacity=1)
        )

    def _add_node(self, branch: Branch) -> TreeNode:
        name = str(branch.value)
        if name in self.nodes:
            raise ValueError(f"the tree has {name!r} twice; nodes are found by their value")
        self.nodes[name] = TreeNode(branch.value, self.size)
        self.boxes.add(self.nodes[name])
        return self.nodes[name]

    def _add_edge(self, parent: Branch, child: Branch, spots: Any = None) -> Any:
        ends = [str(parent.value), str(child.value)]
        start, end = [spots[name] for name in ends] if spots else [self.nodes[name].get_center() for name in ends]
        line = Line(start, end, color=theme.border, stroke_width=5)
        self.edges[ends[1]] = line
        self.lines.add(line)
        return line

    def _find(self, value: Any) -> str:
        if str(value) not in self.nodes:
            raise refuse_name("node", value, self.nodes)
        return str(value)

    def _find_way(self, name: str) -> list[Branch]:
        def search(branch: Branch) -> list[Branch]:
            if str(branch.value) == name:
                return [branch]
            for child in filter(None, branch.children):
                if found := search(child):
                    return [branch, *found]
            return []

        return search(self.root)

    def _choose_parent(self, fresh: Branch) -> Branch:
        """Put a number where a search tree has it; return its parent."""
        branch = self.root
        while True:
            if not all(isinstance(each, int | float) for each in (branch.value, fresh.value)):
                raise ValueError(f"insert({fresh.value!r}): say under which node, insert({fresh.value!r}, under=...)")
            branch.children += [None] * (2 - len(branch.children))
            side = 0 if fresh.value < branch.value else 1
            below = branch.children[side]
            if below is None:
                branch.children[side] = fresh
                return branch
            branch = below

    def _find_spots(self) -> dict[str, Any]:
        """Return where each node's centre is, in a tree that fills the body, or as much of it as it needs."""
        slots = _lay_out(self.root)
        branches = list(self.root.walk())
        levels = max(branch.depth for branch in branches)
        wide = max(each.width for each in self.nodes.values())
        high = max(each.height for each in self.nodes.values())
        body, gap = frame.body, 0.35 * high
        sideways = frame.portrait and wide + (slots - 1) * (wide + gap) > 1.15 * body.width
        rooms = (body.height, body.width) if sideways else (body.width, body.height)
        sizes = (high, wide) if sideways else (wide, high)
        step = max((min(rooms[0], MOST_APART * (slots - 1) + sizes[0]) - sizes[0]) / max(slots - 1, 1), sizes[0] + gap)
        down = max((min(rooms[1], MOST_APART * levels + sizes[1]) - sizes[1]) / max(levels, 1), sizes[1] + 1.2 * gap)
        spots = {}
        for branch in branches:
            across, along = (branch.column - (slots - 1) / 2) * step, (branch.depth - levels / 2) * down
            offset = [along, -across, 0.0] if sideways else [across, -along, 0.0]
            spots[str(branch.value)] = body.center + np.array(offset)
        return spots


def _read_branch(nested: Any) -> Branch:
    """Read nested lists or dicts. Raises ValueError."""
    if isinstance(nested, dict):
        if len(nested) != 1:
            raise ValueError('Tree needs one root: Tree({"root": {"left": {}, "right": {}}})')
        ((value, below),) = nested.items()
        listed = below.items() if isinstance(below, dict) else [(each, {}) for each in below or ()]
        return Branch(value=value, children=[_read_branch({name: rest}) for name, rest in listed])
    if isinstance(nested, list | tuple):
        if not nested or isinstance(nested[0], list | tuple | dict):
            raise ValueError("Tree: a list is a node and then its children: [8, [3, 1, 6], [10, None, 14]]")
        return Branch(value=nested[0], children=[None if each is None else _read_branch(each) for each in nested[1:]])
    return Branch(value=nested)


def _lay_out(root: Branch) -> int:
    """Give each branch its depth and column, leaves one of their own. Return how many columns there are."""
    columns = 0

    def visit(branch: Branch, depth: int) -> None:
        nonlocal columns
        branch.depth = depth
        taken: list[float] = []
        for child in branch.children:
            if child is None:
                taken.append(float(columns))
                columns += 1
            else:
                visit(child, depth + 1)
                taken.append(child.column)
        if not taken:
            taken = [float(columns)]
            columns += 1
        branch.column = (taken[0] + taken[-1]) / 2

    visit(root, 0)
    return columns
