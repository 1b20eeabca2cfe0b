# mypy: disallow-subclassing-any=False
"""Molecules as balls and bonds, from their formulas."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from manim import BLACK, RIGHT, UP, WHITE, Animation, Circle, Ellipse, Line, ManimColor, VGroup

from lectern.scenekit.labels import Label
from lectern.scenekit.layout import place
from lectern.scenekit.motion import appear
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.parts import animate_parts
from lectern.scenekit.style import theme

from .formulas import COLOURS, RADII, build_skeleton
from .reactions import React

SMALLEST_LETTERS = 22
"""Type size below which an atom is drawn without its letter."""
LETTERS, LARGEST_LETTERS = 72, {1: 108, 2: 82}
"""Type sizes in a ball of radius 1: as a rule, and the largest that one letter or two may take to stay legible."""


class Atom(VGroup):
    """A ball with its element's letter: `atom.element`, `atom.ball`. The letter grows in a small ball, then goes."""

    def __init__(self, element: str, *, unit: float, charge: str = "") -> None:
        super().__init__()
        self.element = element
        radius = unit * (0.19 + 0.22 * min(RADII.get(element, 1.2), 1.4))
        color = ManimColor(COLOURS[element])
        edge = color.interpolate(WHITE if theme.background.to_hsl()[2] < 0.5 else BLACK, 0.35)
        self.ball = Circle(radius, stroke_width=4, stroke_color=edge).set_fill(color, opacity=1)
        shine = Ellipse(width=radius * 0.62, height=radius * 0.38, stroke_width=0).set_fill(WHITE, opacity=0.28)
        self.add(self.ball, shine.rotate(0.6).shift(radius * (0.48 * UP - 0.42 * RIGHT)))
        size = min(radius * LETTERS, theme.title)
        light = color.to_rgb() @ np.array([0.3, 0.59, 0.11]) > 0.55
        self.letter: Any = None
        fitting = fit_letters(element, radius)
        if fitting is not None:
            self.letter = Label(element, size=fitting, weight="BOLD", color="#141923" if light else "#FFFFFF")
            self.spread = measure_spread(self.letter) / fitting
            self.add(self.letter)
        if charge:
            sign = Label(charge.replace("-", "\u2212"), size=max(size * 0.8, theme.small), weight="BOLD")
            self.add(sign.move_to(self.ball.get_center() + radius * 1.02 * (UP + RIGHT)))

    def scale(self, *args: Any, **kwargs: Any) -> Self:
        super().scale(*args, **kwargs)
        self.settle_letters()
        return self

    def settle_letters(self) -> None:
        """Set the letter as large as the ball is now; it goes where it would be too small to read."""
        size = 0.0 if self.letter is None else measure_spread(self.letter) / self.spread
        if size < 1e-3:
            return
        fitting = fit_letters(self.element, self.ball.width / 2)
        if fitting is None:
            self.letter.set_opacity(0)
            return
        self.letter.scale(fitting / size)
        if self.letter[0][0].get_fill_opacity() == 0:
            self.letter.set_opacity(self.ball.get_fill_opacity())


class Molecule(VGroup):
    """A molecule or ion as balls and bonds, from its formula: `Molecule("CO2")`, `Molecule("Na+", size=0.6)`.

    Common ones have their shape and double bonds; one whose shape is not known is drawn as its atoms side by side.
    `size` is a bond's length in units. `water["O"]`, `water["H2"]` (the second H) are atoms. Place others first, then
    `self.play(water.split(a, b))` breaks it into them; `combine(a, b, into=water)` is the reverse.
    """

    def __init__(self, formula: str, size: float = 1.3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.formula = formula
        skeleton = build_skeleton(formula)
        self.atoms = VGroup()
        for each in skeleton.atoms:
            atom = Atom(each.element, unit=size, charge=each.charge)
            self.atoms.add(atom.shift(size * np.array([each.x, each.y, 0.0]) - atom.ball.get_center()))
        self.bonds = VGroup(
            *(
                draw_bond(self.atoms[one].ball, self.atoms[other].ball, order, unit=size)
                for one, other, order in skeleton.bonds
            )
        )
        self.add(self.bonds, self.atoms)
        place(self)

    def scale(self, *args: Any, **kwargs: Any) -> Self:
        super().scale(*args, **kwargs)
        for atom in self.atoms:
            atom.settle_letters()
        return self

    def __getitem__(self, name: str) -> Any:
        """An atom by its element, with its number if it is not the first: "O", "H2". Raises KeyError."""
        return self.atoms[self._find(name)]

    def __iter__(self) -> Any:
        return iter(self.submobjects)

    def __len__(self) -> int:
        return len(self.submobjects)

    def bond(self, one: str, other: str) -> Any:
        """The bond between two atoms. Raises KeyError when they are not bound."""
        ends = {self._find(one), self._find(other)}
        for bond, pair in zip(self.bonds, build_skeleton(self.formula).bonds, strict=True):
            if set(pair[:2]) == ends:
                return bond
        raise KeyError(f"{one} and {other} are not bound in {self.formula}")

    def reveal(self) -> Animation:
        """The atoms come in, then the bonds between them."""
        atoms = [appear(atom, run_time=0.5) for atom in self.atoms]
        return animate_parts(self, [*atoms, *(appear(bond, run_time=0.4) for bond in self.bonds)], lag_ratio=0.15)

    def split(self, *products: Any) -> Animation:
        """It breaks up: each atom moves to where it stands in `products`. ValueError unless all atoms are used."""
        return combine(self, into=products)

    def _find(self, name: str) -> int:
        names, seen = {}, Tally[str]()
        for index, atom in enumerate(self.atoms):
            seen[atom.element] += 1
            names[f"{atom.element}{seen[atom.element]}"] = index
        if f"{name}1" in names:
            return names[f"{name}1"]
        if name not in names:
            raise refuse_name(f"atom of {self.formula} called", name, names)
        return names[name]


def combine(*molecules: Any, into: Any) -> Animation:
    """`molecules` become the molecule or molecules `into`, atom by atom: `self.play(combine(c, o2, into=co2))`.

    Place the products first; nothing may be lost or added: ValueError tells which atoms are left over.
    """
    products = list(into) if isinstance(into, Iterable) and not isinstance(into, Molecule) else [into]
    return React(list(molecules), products)


def fit_letters(element: str, radius: float) -> float | None:
    """Return the type size of an atom's letters in a ball of this radius; None where they would be illegible."""
    size = min(max(radius * LETTERS, SMALLEST_LETTERS), radius * LARGEST_LETTERS[len(element)], theme.title)
    return size if size >= SMALLEST_LETTERS else None


def measure_spread(letter: Any) -> float:
    """Return how far the points of a letter lie from their middle, which a turn leaves as it is."""
    points = letter.get_all_points()
    return float(np.linalg.norm(points - points.mean(axis=0), axis=1).mean())


def draw_bond(one: Any, other: Any, order: int, *, unit: float) -> VGroup:
    """Return the lines of a bond between two balls."""
    start, end = one.get_center(), other.get_center()
    way = (end - start) / np.linalg.norm(end - start)
    aside = np.array([-way[1], way[0], 0.0]) * unit * 0.11
    start, end = start + way * one.radius * 0.9, end - way * other.radius * 0.9
    offsets = np.arange(order) - (order - 1) / 2
    width = max(5.0, 9.0 * unit) if order < 3 else max(4.0, 7.0 * unit)
    return VGroup(
        *(
            Line(start + aside * 2 * offset, end + aside * 2 * offset, color=theme.muted, stroke_width=width)
            for offset in offsets
        )
    )
