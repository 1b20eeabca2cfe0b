"""Shortest ways through a network, and places for its nodes. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

SWEEPS = 6
"""Passes over the layers, in which each node moves towards its neighbours; more change nothing in small networks."""

Pair = tuple[str, str]


def find_route(start: str, end: str, pairs: Iterable[Pair]) -> list[str] | None:
    """Return the nodes of a shortest way, both ends included, or None when there is none."""
    neighbours = find_neighbours(pairs)
    before: dict[str, str] = {start: start}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for there in neighbours.get(here, []):
            if there not in before:
                before[there] = here
                queue.append(there)
    if end not in before:
        return None
    route = [end]
    while route[-1] != start:
        route.append(before[route[-1]])
    return route[::-1]


def find_neighbours(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """Return the neighbours of each node, in the order of the links."""
    neighbours: dict[str, list[str]] = {}
    for one, other in pairs:
        neighbours.setdefault(one, []).append(other)
        neighbours.setdefault(other, []).append(one)
    return neighbours


def lay_in_layers(names: Sequence[str], pairs: Sequence[Pair]) -> dict[str, tuple[float, float]]:
    """Return (along, across) of each node, both 0 to 1: layers by their distance from the first node.

    Within a layer, nodes are sorted by the mean place of their neighbours, so that links seldom cross (Sugiyama's
    barycentre method).
    """
    neighbours = find_neighbours(pairs)
    layers: list[list[str]] = []
    left = list(names)
    while left:
        layer, seen = [left[0]], set(left[:1])
        while layer:
            layers.append(layer)
            layer = [
                name for name in left if name not in seen and any(name in neighbours.get(each, []) for each in layer)
            ]
            seen |= set(layer)
        left = [name for name in left if name not in seen]
    across = {name: _spread(index, len(layer)) for layer in layers for index, name in enumerate(layer)}
    for _ in range(SWEEPS):
        for layer in layers:
            means = {
                name: sum(across[each] for each in near) / len(near) if (near := neighbours.get(name)) else across[name]
                for name in layer
            }
            layer.sort(key=means.__getitem__)
            across |= {name: _spread(index, len(layer)) for index, name in enumerate(layer)}
    last = max(len(layers) - 1, 1)
    return {name: (index / last, across[name]) for index, layer in enumerate(layers) for name in layer}


def _spread(index: int, count: int) -> float:
    return 0.5 if count == 1 else index / (count - 1) if count > 2 else 0.15 + 0.7 * index
