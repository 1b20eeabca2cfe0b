"""Finding room for a label beside a thing: inside the view, clear of texts and lines, off other things. Pure geometry.

Boxes are (left, bottom, right, top) and rows of arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

DISTANCES = (0.16, 0.4, 0.8, 1.3, 1.9, 2.6)
"""Units between a label and its thing, the nearest first."""
LEADER_FROM = 0.3
"""Units; farther labels have a line that leads to their thing."""
TEXT_MARGIN, LINE_MARGIN = 0.14, 0.08
"""Units that a label keeps from texts and from lines."""
DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""Sides of a thing, the ones that read best first."""
COST_OF_SIDE = 0.04
COST_OF_LINE, COST_OF_FILL, COST_OF_LEADER = 3.5, 3.0, 0.35
"""What it costs, in units of distance, to lie on a line or on a filled thing, or to need a line that leads."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a label must keep clear of. `lines` are straight segments (n, 4): x, y, x, y; the others are boxes."""

    view: Any
    texts: Any = field(default_factory=lambda: np.zeros((0, 4)))
    fills: Any = field(default_factory=lambda: np.zeros((0, 4)))
    lines: Any = field(default_factory=lambda: np.zeros((0, 4)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """A place for a label: its centre, and the point of the thing that it names, the `index`th of those given."""

    center: Any
    anchor: Any
    index: int
    cost: float


def find_spot(size: tuple[float, float], anchors: Sequence[tuple[Any, Any]], around: Surroundings) -> Spot:
    """Find the best place for a label of this size. `anchors` are points of the thing, each with a direction.

    When all places are taken, the one that covers least is chosen.
    """
    spots = [_rate(spot, size, around) for spot in _list_spots(size, anchors)]
    return min(spots, key=lambda spot: spot.cost)


def _list_spots(size: tuple[float, float], anchors: Sequence[tuple[Any, Any]]) -> Iterator[Spot]:
    half = np.array(size) / 2
    for rank, (anchor, direction) in enumerate(anchors):
        for distance in DISTANCES:
            toward = np.asarray(direction, dtype=float)
            # the nearest corner or side of the label is `distance` away from the anchor
            center = (
                np.asarray(anchor)[:2]
                + toward / np.linalg.norm(toward) * distance
                + np.sign(toward) * half * (np.abs(toward) > 0.3)
            )
            leader = COST_OF_LEADER if distance > LEADER_FROM else 0.0
            cost = distance + leader + rank * COST_OF_SIDE
            yield Spot(center=center, anchor=np.asarray(anchor)[:2], index=rank, cost=cost)


def _rate(spot: Spot, size: tuple[float, float], around: Surroundings) -> Spot:
    half = np.array(size) / 2
    box = np.concatenate([spot.center - half, spot.center + half])
    view = np.asarray(around.view)
    beyond = float(np.clip([view[0] - box[0], view[1] - box[1], box[2] - view[2], box[3] - view[3]], 0, None).sum())
    cost = spot.cost + (50 + 10 * beyond if beyond > 1e-6 else 0.0)
    area = float(np.prod(size))
    covered = _measure_shared(_widen(box, TEXT_MARGIN), around.texts)
    cost += 20 * float((covered > 0).sum()) + 20 * float(covered.sum()) / area
    hidden = min(1.0, float(_measure_shared(_widen(box, LINE_MARGIN), around.fills).max(initial=0.0)) / area)
    cost += COST_OF_FILL * (hidden > 0) + hidden
    cost += COST_OF_LINE * float(np.count_nonzero(find_crossed(around.lines, _widen(box, LINE_MARGIN))) > 0)
    leader = np.array([*spot.anchor, *spot.center])[None]
    if np.linalg.norm(spot.anchor - np.clip(spot.anchor, box[:2], box[2:])) > LEADER_FROM:
        cost += 4 * sum(bool(find_crossed(leader, _widen(text, 0.05)).any()) for text in around.texts)
    return replace(spot, cost=cost)


def _widen(box: Any, margin: float) -> Any:
    return np.add(box, [-margin, -margin, margin, margin])


def _measure_shared(box: Any, boxes: Any) -> Any:
    """Return the area that each of `boxes` has in common with `box`."""
    if not len(boxes):
        return np.zeros(0)
    width = np.minimum(box[2], boxes[:, 2]) - np.maximum(box[0], boxes[:, 0])
    height = np.minimum(box[3], boxes[:, 3]) - np.maximum(box[1], boxes[:, 1])
    return np.clip(width, 0, None) * np.clip(height, 0, None)


def find_crossed(lines: Any, box: Any) -> Any:
    """Return which segments (n, 4) pass through a box, by Liang and Barsky's method."""
    if not len(lines):
        return np.zeros(0, dtype=bool)
    begins, step = lines[:, :2], lines[:, 2:] - lines[:, :2]
    flat = np.abs(step) < 1e-9
    safe = np.where(flat, 1.0, step)
    one, other = (box[:2] - begins) / safe, (box[2:] - begins) / safe
    within = (begins >= box[:2]) & (begins <= box[2:])
    enter = np.where(flat, np.where(within, -np.inf, np.inf), np.minimum(one, other))
    leave = np.where(flat, np.where(within, np.inf, -np.inf), np.maximum(one, other))
    return np.maximum(enter.max(axis=1), 0.0) <= np.minimum(leave.min(axis=1), 1.0)
