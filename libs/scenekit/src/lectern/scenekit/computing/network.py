# mypy: disallow-subclassing-any=False
"""Networks: nodes joined by links, and packets that travel along them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Animation, Circle, Cross, Line, Mobject, RoundedRectangle, VGroup
from manim.utils.rate_functions import ease_in_out_sine

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import frame, place
from lectern.scenekit.motion import appear
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.parts import animate_parts
from lectern.scenekit.style import theme

from .paths import find_route, lay_in_layers

RADIUS = 0.42
SIDES = (DOWN, UP, LEFT, RIGHT)
"""Where a name may stand, the usual place first."""


class Packet(VGroup):
    """A small numbered box; `packet.at` is the node where it is."""

    def __init__(self, label: str, at: str, color: Any) -> None:
        super().__init__()
        self.at = at
        self.words = Label(label, size=theme.small, weight="BOLD", color=theme.background)
        self.box = RoundedRectangle(width=max(0.58, self.words.width + 0.28), height=0.5, corner_radius=0.1)
        self.box.set_style(fill_color=color, fill_opacity=1, stroke_color=theme.background, stroke_width=2)
        self.add(self.box)
        if label:
            self.add(self.words.middle_on(self.box.get_center()))


class Network(VGroup):
    """Nodes and links, `Network(["you", "a", "b", "site"], ["you-a", "you-b", "a-site", "b-site"])`, laid out from
    the first node on; or nodes as `{"you": Thing("phone"), "a": None}`, or `{"a": (x, y)}`, x and y from 0 to 1.
    `p = net.packet("you", 1)`, `self.play(net.send(p, "site"))` runs the shortest way; `net.cut("a", "site")` breaks a
    link, and packets sent later avoid it. `net["a"]` is a node, `net.light("you", "a")` lights a way.
    """

    def __init__(self, nodes: Sequence[str] | Mapping[str, Any], links: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        given: dict[str, Any] = dict(nodes) if isinstance(nodes, Mapping) else dict.fromkeys(nodes)
        self.names = tuple(given)
        self.pairs = [self._read_link(link) for link in links]
        places = {name: each for name, each in given.items() if isinstance(each, tuple | list)}
        spots: dict[str, Any] = {**lay_in_layers(self.names, self.pairs), **places}
        self.nodes = {name: _draw_node(name, given[name]) for name in self.names}
        self._stand(spots)
        self.lines = {
            pair: Line(self._middle(pair[0]), self._middle(pair[1]), color=theme.border, stroke_width=7)
            for pair in self.pairs
        }
        self._name_nodes()
        self.broken: set[tuple[str, str]] = set()
        self.marks: dict[tuple[str, str], Any] = {}
        self.add(*self.lines.values(), *self.nodes.values())
        place(self)

    def __getitem__(self, name: str) -> Any:
        """A node by its name. Raises KeyError."""
        return self.nodes[self._check(name)]

    def link(self, one: str, other: str) -> Any:
        """The line between two nodes. Raises KeyError when they are not joined."""
        return self.lines[self._find_pair(one, other)]

    def reveal(self) -> Animation:
        """The nodes come in, then the links between them."""
        parts = [*self.nodes.values(), *self.lines.values()]
        return animate_parts(self, [appear(part, run_time=0.5) for part in parts], lag_ratio=0.12)

    def packet(self, at: str, label: Any = "", color: Any = None) -> Any:
        """A packet at node `at`; it comes into sight when it is first sent."""
        packet = Packet(str(label), self._check(at), theme.accent if color is None else color)
        return packet.move_to(self._middle(at))

    def send(self, packet: Any, to: str, *via: str, run_time: float | None = None) -> Animation:
        """The packet travels to node `to` by the shortest way of unbroken links, or by way of the nodes `via`.

        ValueError when there is no way.
        """
        stops = [packet.at, *map(self._check, via), self._check(to)]
        route = [packet.at]
        for here, there in pairwise(stops):
            way = find_route(here, there, [pair for pair in self.pairs if pair not in self.broken])
            if way is None:
                raise ValueError(f"there is no way from {here!r} to {there!r}: every one has a broken link")
            route += way[1:]
        packet.at = to
        return Travel(packet, [self[name] for name in route], run_time=run_time or max(0.8, 0.7 * (len(route) - 1)))

    def light(self, *names: str, color: Any = None) -> Animation:
        """The way through the nodes `names` is lit in the accent colour, or in `color`; none: all links are plain."""
        color = theme.accent if color is None else color
        if not names:
            plain = [_colour(line, theme.border, 7) for pair, line in self.lines.items() if pair not in self.broken]
            rings = [each[0].animate.set_stroke(theme.text) for each in self.nodes.values() if isinstance(each, Router)]
            return animate_parts(self, [*plain, *rings])
        chosen = [self.link(one, other) for one, other in pairwise(names)]
        nodes = [self[name][0].animate.set_stroke(color) for name in names if isinstance(self[name], Router)]
        return animate_parts(self, [*nodes, *(_colour(line, color, 11) for line in chosen)], lag_ratio=0.1)

    def cut(self, one: str, other: str) -> Animation:
        """The link between two nodes breaks: a cross, and no packet takes it any more."""
        pair = self._find_pair(one, other)
        self.broken.add(pair)
        line = self.lines[pair]
        cross = Cross(stroke_color=theme.bad, stroke_width=9, scale_factor=0.28).move_to(line.get_center())
        self.marks[pair] = cross
        self.add(cross)
        fade = line.animate.set_stroke(theme.bad, width=5, opacity=0.4)
        return animate_parts(self, [fade, appear(cross, run_time=0.5, shift=0.1 * UP)])

    def mend(self, one: str, other: str) -> Animation:
        """A broken link works again."""
        pair = self._find_pair(one, other)
        self.broken.discard(pair)
        moves = [self.lines[pair].animate.set_stroke(theme.border, width=7, opacity=1)]
        if pair in self.marks:
            moves.append(self.marks.pop(pair).animate.set_opacity(0))
        return animate_parts(self, moves)

    def _read_link(self, link: Any) -> tuple[str, str]:
        ends = tuple(link.split("-", 1)) if isinstance(link, str) and "-" in link else tuple(link)
        if len(ends) != 2:
            raise ValueError(f'{link!r} is no link between two nodes; write "a-b"')
        return self._check(str(ends[0]).strip()), self._check(str(ends[1]).strip())

    def _check(self, name: str) -> str:
        if name not in self.names:
            raise refuse_name("node", name, self.names)
        return name

    def _find_pair(self, one: str, other: str) -> tuple[str, str]:
        for pair in ((self._check(one), self._check(other)), (other, one)):
            if pair in self.pairs:
                return pair
        raise refuse_name("link", f"{one}-{other}", [f"{a}-{b}" for a, b in self.pairs])

    def _middle(self, name: str) -> Any:
        node = self.nodes[name]
        return (node[0] if isinstance(node, Router) else node).get_center()

    def _name_nodes(self) -> None:
        """Put each name on the side of its node that is farthest from all links."""
        for name, node in self.nodes.items():
            if isinstance(node, Router):
                ways = [
                    self._middle(a if b == name else b) - self._middle(name) for a, b in self.pairs if name in (a, b)
                ]
                units = [way / max(np.linalg.norm(way), 1e-9) for way in ways]
                node.name_on(min(SIDES, key=lambda side: max((float(side @ unit) for unit in units), default=-1.0)))

    def _stand(self, spots: Mapping[str, tuple[float, float]]) -> None:
        body = frame.body
        for name, (along, across) in spots.items():
            x, y = (across, 1 - along) if frame.portrait else (along, across)
            node = self.nodes[name]
            room = max(node.width, 1.2), max(node.height, 1.0)
            spot = [
                body.left + room[0] / 2 + x * (body.width - room[0]),
                body.bottom + room[1] / 2 + y * (body.height - room[1]),
                0,
            ]
            node.shift(np.array(spot) - self._middle(name))


class Router(VGroup):
    """A round node with its name, in it where it is short."""

    def __init__(self, name: str) -> None:
        super().__init__()
        ring = Circle(RADIUS, stroke_color=theme.text, stroke_width=4).set_fill(theme.surface, opacity=1)
        self.words = Label(name, weight="MEDIUM")
        self.short = self.words.width < 1.5 * RADIUS
        self.add(ring, self.words.middle_on(ring.get_center()))
        if not self.short:
            self.name_on(DOWN)

    def name_on(self, side: Any) -> None:
        """Put a name that is too long for the node on this side of it."""
        if not self.short:
            self.words.next_to(self[0], side, buff=0.14)


class Travel(Animation):
    """A packet runs along nodes, evenly, and pauses a moment at each."""

    sound = "swish"

    def __init__(self, packet: Any, stops: Sequence[Any], **kwargs: Any) -> None:
        kwargs.setdefault("rate_func", lambda t: t)
        super().__init__(packet, introducer=True, **kwargs)
        self.stops = stops

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.spots = [(each[0] if isinstance(each, Router) else each).get_center() for each in self.stops]
        lengths = [float(np.linalg.norm(b - a)) for a, b in pairwise(self.spots)]
        self.times = np.concatenate([[0.0], np.cumsum(lengths) / max(sum(lengths), 1e-9)])
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = min(max(float(self.rate_func(alpha)), 0.0), 1.0)
        leg = min(int(np.searchsorted(self.times, share, side="right")) - 1, len(self.spots) - 2)
        if leg < 0:
            return
        start, end = self.times[leg], self.times[leg + 1]
        part = ease_in_out_sine((share - start) / (end - start)) if end > start else 1.0
        self.mobject.move_to(self.spots[leg] + part * (self.spots[leg + 1] - self.spots[leg]))


def _colour(line: Any, color: Any, width: float) -> Any:
    return line.animate.set_stroke(color, width=width)


def _draw_node(name: str, given: Any) -> Any:
    if isinstance(given, Mobject):
        thing = given.copy()
        if thing.height > 1.5 or thing.width > 2.2:
            thing.scale(min(1.5 / thing.height, 2.2 / thing.width))
        return thing
    return Router(name)
