"""The rule about labels: a label belongs to the thing beside which it first came to rest, and goes where that goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lectern.scenekit.labels import Title

from .picture import Box, Picture, TextPiece
from .rules import LABEL_LEFT_BEHIND, Fault

BESIDE = 0.5
"""Units between a label and the thing that it names."""
CLEARLY_NEAREST = 2.0
"""How many times as far the next thing must be, for it to be clear which one the label names."""
GONE_FAR = 1.2
"""Units that the thing must have moved away by."""
LARGEST_LABEL = 36.0
"""Font size; larger text is a heading."""
LARGEST_THING = 5.0
"""Units; larger things are grounds that labels stand on, not things that they name."""
SEEN_OPACITY = 0.35


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bond:
    """A label and the nearest shape of its thing, as they were when they were first seen side by side."""

    thing: Any
    name: str
    label_box: Box
    distance: float


class LabelCheck:
    """Follows the labels of a scene and their things from picture to picture."""

    def __init__(self) -> None:
        self._bonds: dict[int, _Bond | None] = {}
        self._labels: list[Any] = []  # kept alive, so that their ids stay theirs

    def check(self, picture: Picture) -> Iterator[Fault]:
        """Find labels whose thing has moved away or left while they stayed."""
        things = _find_things(picture)
        shapes = {id(shape.mobject): shape.box for shape in picture.shapes}
        for piece in picture.pieces:
            if piece.opacity < SEEN_OPACITY or isinstance(piece.owner, Title) or piece.size > LARGEST_LABEL:
                continue
            if piece.owner is not piece.mobject and any(shape.owner is piece.owner for shape in picture.shapes):
                continue  # the number of an axis, say: it belongs to what it is a part of
            key = id(piece.mobject)
            if key not in self._bonds:
                self._labels.append(piece.mobject)
                self._bonds[key] = _bind(piece, things, picture)
                continue
            bond = self._bonds[key]
            if bond is None:
                continue
            if not np.allclose(bond.label_box, piece.box, atol=0.1):
                self._bonds[key] = _bind(
                    piece, things, picture
                )  # the label has moved itself: it may belong elsewhere now
                continue
            now = shapes.get(id(bond.thing))
            away = np.inf if now is None else _distance(piece.box, now)
            alone = all(_distance(piece.box, box) > 2 * BESIDE for _, box in things)
            if away > bond.distance + GONE_FAR and alone:
                gone = "is gone" if now is None else f"has moved {away - bond.distance:.1f} away"
                what = f"{piece.name} stays where it named {bond.name}, which {gone}"
                yield Fault(rule=LABEL_LEFT_BEHIND, what=what, name=piece.name)
                self._bonds[key] = None


def _find_things(picture: Picture) -> list[tuple[Any, Box]]:
    """Return the things in the picture that labels may name, with their boxes; the parts of a thing count as one."""
    by_owner: dict[int, tuple[Any, list[Box]]] = {}
    for shape in picture.shapes:
        owner = shape.owner if shape.owner is not None else shape.mobject
        if not isinstance(owner, Title):
            by_owner.setdefault(id(owner), (owner, []))[1].append(shape.box)
    found = []
    for owner, boxes in by_owner.values():
        low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
        box = (float(low[0]), float(low[1]), float(high[2]), float(high[3]))
        if max(box[2] - box[0], box[3] - box[1]) <= LARGEST_THING:
            found.append((owner, box))
    return found


def _bind(piece: TextPiece, things: list[tuple[Any, Box]], picture: Picture) -> _Bond | None:
    """Find the one thing that the label clearly stands beside, if there is one."""
    near = sorted(((_distance(piece.box, box), number) for number, (_, box) in enumerate(things)))
    if not near or near[0][0] > BESIDE:
        return None
    if len(near) > 1 and near[1][0] < max(BESIDE, near[0][0] * CLEARLY_NEAREST):
        return None
    owner = things[near[0][1]][0]
    shapes = [each for each in picture.shapes if each.owner is owner or each.mobject is owner]
    nearest = min(shapes, key=lambda each: _distance(piece.box, each.box))
    distance = _distance(piece.box, nearest.box)
    return _Bond(thing=nearest.mobject, name=picture.name_of(owner), label_box=piece.box, distance=distance)


def _distance(one: Box, other: Box) -> float:
    across = max(one[0] - other[2], other[0] - one[2], 0.0)
    up = max(one[1] - other[3], other[1] - one[3], 0.0)
    return float(np.hypot(across, up))
