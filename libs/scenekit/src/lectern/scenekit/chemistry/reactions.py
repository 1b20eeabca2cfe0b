# mypy: disallow-subclassing-any=False
"""Reactions: atoms move from the molecules that they leave to those that they form."""

from __future__ import annotations

from collections import Counter as Tally
from typing import Any

import numpy as np
from manim import Animation, VGroup
from manim.utils.rate_functions import ease_in_out_sine

BREAKING, BINDING = 0.1, 0.9
"""Shares of the time until old bonds are gone, and from which new ones appear."""


class React(Animation):
    """Each atom of `products` comes from the atom of its element in `reactants` that is nearest. ValueError."""

    def __init__(self, reactants: list[Any], products: list[Any], run_time: float = 2.0, **kwargs: Any) -> None:
        self.reactants, self.products = reactants, products
        check_balance(reactants, products)
        kwargs.setdefault("rate_func", ease_in_out_sine)
        super().__init__(VGroup(*reactants, *products), run_time=run_time, introducer=True, **kwargs)

    def begin(self) -> None:
        self.sources = match_atoms(self.reactants, self.products)
        self.routes = [
            (atom, source.ball.get_center() - atom.ball.get_center(), source.ball.width / atom.ball.width)
            for atom, source in self.sources
        ]
        self.shapes = [
            (part, part.points.copy(), atom.ball.get_center(), way, ratio)
            for atom, way, ratio in self.routes
            for part in atom.family_members_with_points()
        ]
        for reactant in self.reactants:
            reactant.atoms.set_opacity(0)
        self.old = [(line, line.get_stroke_opacity()) for each in self.reactants for line in flatten(each.bonds)]
        self.new = [(line, line.get_stroke_opacity()) for each in self.products for line in flatten(each.bonds)]
        super().begin()

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        for part, points, center, way, ratio in self.shapes:
            size = ratio + (1 - ratio) * share
            part.points = (points - center) * size + center + (1 - share) * way
        for line, full in self.old:
            line.set_stroke(opacity=full * max(0.0, 1 - share / BREAKING))
        for line, full in self.new:
            line.set_stroke(opacity=full * max(0.0, (share - BINDING) / (1 - BINDING)))

    def clean_up_from_scene(self, scene: Any) -> None:
        super().clean_up_from_scene(scene)
        for reactant in self.reactants:
            scene.remove(*reactant.get_family())


def check_balance(reactants: list[Any], products: list[Any]) -> None:
    """Raise ValueError with the atoms that are lost or come from nowhere."""
    before, after = (Tally(atom.element for each in side for atom in each.atoms) for side in (reactants, products))
    if before == after:
        return
    told = [f"{count} {element} left over" for element, count in (before - after).items()]
    told += [f"{count} {element} missing" for element, count in (after - before).items()]
    sides = (" + ".join(each.formula for each in side) for side in (reactants, products))
    raise ValueError(f"{' -> '.join(sides)} does not balance: {', '.join(told)}; add the molecules that are lacking")


def match_atoms(reactants: list[Any], products: list[Any]) -> list[tuple[Any, Any]]:
    """Return each atom of the products with the one it comes from, the shortest ways first."""
    sources = [atom for each in reactants for atom in each.atoms]
    targets = [atom for each in products for atom in each.atoms]
    pairs = [
        (float(np.linalg.norm(one.ball.get_center() - other.ball.get_center())), i, j)
        for i, one in enumerate(targets)
        for j, other in enumerate(sources)
        if one.element == other.element
    ]
    chosen: dict[int, int] = {}
    for _, i, j in sorted(pairs):
        if i not in chosen and j not in chosen.values():
            chosen[i] = j
    return [(targets[i], sources[j]) for i, j in chosen.items()]


def flatten(bonds: Any) -> list[Any]:
    """Return the single lines of bonds."""
    return list(bonds.family_members_with_points())
