# mypy: disallow-subclassing-any=False
"""The end of a scene that carries things on: each comes to just where the next scene finds it.

The next scene finds it where it is when the scene is run at natural speed, as the measuring pass runs it. What moves by
itself is elsewhere after the film's own time. The difference is small, and is made up for while the rest leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import Animation, Mobject, Scene
from manim.utils.rate_functions import smooth

from .motion import RGBAS

NEAR = 1e-9
"""Units, or shares of a colour, below which nothing is made up for."""

CLOCKS = "clocks"
"""The attribute of things that run round and round: where they are in each round, from 0 to 1; set, they are drawn."""
Look = dict[str, Any]
"""What a part looks like: its points, colours and clocks by the name of the attribute that has them."""


def describe_looks(things: Sequence[Mobject]) -> list[list[Look]]:
    """Describe how each part of each thing looks now."""
    return [[_describe(part) for part in each.get_family()] for each in things]


def settle(things: Sequence[Mobject], looks: Sequence[Sequence[Look]], run_time: float) -> list[Animation]:
    """Bring each thing to how it looked in the measuring pass. Things whose parts are others now stay as they are."""
    settling: list[Animation] = []
    for thing, targets in zip(things, looks, strict=False):
        family = thing.get_family()
        if len(family) != len(targets):
            continue
        moves = [
            (part, name, getattr(part, name).copy(), target)
            for part, look in zip(family, targets, strict=True)
            for name, target in look.items()
            if name != CLOCKS and _differs(getattr(part, name, None), target)
        ]
        turns = [
            (part, np.array(part.clocks), look[CLOCKS])
            for part, look in zip(family, targets, strict=True)
            if CLOCKS in look and _differs(np.array(part.clocks), look[CLOCKS])
        ]
        if moves or turns:
            settling.append(Settle(thing, moves, turns, run_time=run_time))
    return settling


class Settle(Animation):
    """A thing comes to where its parts are to be: `moves` are (part, attribute, from, to).

    `turns` are (part, clocks now, clocks then): what runs goes on running, until its clocks show the time.
    """

    def __init__(
        self,
        thing: Mobject,
        moves: Sequence[tuple[Mobject, str, Any, Any]],
        turns: Sequence[tuple[Any, Any, Any]],
        *,
        run_time: float,
    ) -> None:
        super().__init__(thing, run_time=run_time, rate_func=smooth)
        self.moves, self.turns = moves, turns

    def is_introducer(self) -> bool:
        """Keep the thing as it is on screen: part by part, perhaps, and where it is in the drawing order."""
        return True

    def _setup_scene(self, scene: Scene) -> None:
        return

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        if share == 1:
            self._run_clocks(1.0)  # first, as they redraw what the moves then bring to its very place
        for part, name, start, target in self.moves:
            setattr(part, name, target.copy() if share == 1 else start + share * (target - start))
        if share < 1:
            self._run_clocks(alpha)

    def _run_clocks(self, alpha: float) -> None:
        for part, start, target in self.turns:
            part.clocks = target if alpha == 1 else (start + alpha * ((target - start) % 1.0)) % 1.0

    def finish(self) -> None:
        super().finish()
        self.mobject.suspend_updating()  # what depends on time would move on at once


def _describe(part: Mobject) -> Look:
    look = {name: getattr(part, name).copy() for name in ("points", *RGBAS) if hasattr(part, name)}
    return look | {CLOCKS: np.array(part.clocks)} if hasattr(part, CLOCKS) else look


def _differs(now: Any, target: Any) -> bool:
    return now is not None and now.shape == target.shape and bool(np.any(np.abs(now - target) > NEAR))
