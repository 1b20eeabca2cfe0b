"""Which atoms a formula has, how they are bound, and where they stand in the plane. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter as Tally
from dataclasses import dataclass, field

from lectern.scenekit.near_names import refuse_name

COLOURS = {
    "H": "#EEF1F6", "C": "#4B5362", "N": "#3F6FE0", "O": "#E2493D", "F": "#8FDD5A", "Cl": "#3FBF56", "Br": "#A8412F",
    "I": "#7B3AA8", "S": "#F0CB3C", "P": "#F08C2E", "Na": "#9A62DE", "K": "#8246BE", "Li": "#B57BE0", "Ca": "#64B96A",
    "Mg": "#7CC24A", "Fe": "#C46A32", "Cu": "#C58048", "Zn": "#7C83B5", "Al": "#AAB1BD", "Si": "#D2AE82",
    "He": "#BFEFEF", "Ne": "#B0E2F2", "Ar": "#84CFE3", "Ag": "#C4C9D2", "Au": "#E8C04A", "Pb": "#5C6474",
    "Hg": "#B8BED0", "Mn": "#9C7AC7", "Ti": "#BFC2C7", "Ni": "#57C257", "Co": "#E07C9A", "B": "#F2B0A8", "U": "#2E8FD0",
}  # fmt: skip
"""Colours of elements after Corey, Pauling and Koltun, the convention of chemistry's models."""
RADII = {"H": 0.31, "C": 0.76, "N": 0.71, "O": 0.66, "F": 0.57, "Cl": 1.02, "S": 1.05, "P": 1.07, "Na": 1.66, "K": 2.03}
"""Covalent radii in ångström (Cordero et al., Dalton Transactions 2008); others are drawn like 1.2."""
VALENCES = {"C": 4, "N": 3, "O": 2, "S": 2, "P": 3}

SHAPES = {
    "H2": "H-H", "O2": "O=O", "N2": "N#N", "F2": "F-F", "Cl2": "Cl-Cl", "Br2": "Br-Br", "I2": "I-I", "HF": "H-F",
    "HCl": "H-Cl", "HBr": "H-Br", "CO": "C#O", "NO": "N=O", "CO2": "C(=O)=O", "H2O": "O", "H2S": "S", "H2O2": "O-O",
    "O3": "O(=O)-O", "SO2": "S(=O)=O", "SO3": "S(=O)(=O)=O", "NO2": "N(=O)-O", "N2O": "N(#N)-O", "NH3": "N",
    "CH4": "C", "C2H6": "C-C", "C2H4": "C=C", "C2H2": "C#C", "C3H8": "C-C-C", "C4H10": "C-C-C-C",
    "CH3OH": "C-O", "C2H5OH": "C-C-O", "CH2O": "C=O", "HCOOH": "C(=O)-O", "CH3COOH": "C-C(=O)-O", "HCN": "C#N",
    "H2CO3": "C(=O)(-O)-O", "HNO3": "N(=O)(=O)-O", "H2SO4": "S(=O)(-O)(=O)-O", "H3PO4": "P(=O)(-O)(-O)-O",
    "C6H6": "C1-C=C-C=C-C1", "C6H12O6": "C1(-C-O)-O-C(-O)-C(-O)-C(-O)-C1(-O)",
}  # fmt: skip
"""Bonds of common molecules; hydrogen fills what is free. `1` opens and closes the one ring."""
RING_BONDS = {"C6H6": 2}
"""The order of the bond that closes a ring, where it is not a single one."""
ALIASES = {"C2H6O": "C2H5OH", "CH4O": "CH3OH", "C2H4O2": "CH3COOH", "CH2O2": "HCOOH"}
IONS = {
    "NaCl": ("Na+", "Cl-"),
    "KCl": ("K+", "Cl-"),
    "NaF": ("Na+", "F-"),
    "MgO": ("Mg2+", "O2-"),
    "CaO": ("Ca2+", "O2-"),
}
"""Salts: ions beside each other, without a bond."""
BEND = {"O": 104.5, "S": 104.5}
"""The angle between two single bonds, in degrees (water's)."""
RING_SIDE = 1.3


@dataclass(kw_only=True, slots=True)
class AtomPlace:
    """An atom: its element, where it stands in units of a bond, and its charge, such as "2+"."""

    element: str
    x: float = 0.0
    y: float = 0.0
    charge: str = ""


@dataclass(kw_only=True, slots=True)
class Skeleton:
    """Atoms, and bonds between them as (index, index, order). `known` is false when the atoms only stand in a row."""

    atoms: list[AtomPlace] = field(default_factory=list)
    bonds: list[tuple[int, int, int]] = field(default_factory=list)
    known: bool = True


def count_atoms(formula: str) -> tuple[dict[str, int], str]:
    """Return how many atoms of each element a formula has, and its charge: "Ca(OH)2", "Na+", "SO4 2-".

    Raises ValueError for what is no formula, and KeyError with similar names for an unknown element.
    """
    match = re.fullmatch(r"(.*?)(?:\s+(\d?[+-])|(?<=[A-Za-z])(\d?[+-])|([+-]))?", formula.strip())
    body, charge = (match[1], match[2] or match[3] or match[4] or "") if match else ("", "")
    plain = body.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
    stack: list[Tally[str]] = [Tally()]
    rest = plain
    while rest:
        token = re.match(r"([A-Z][a-z]?)(\d*)|(\()|\)(\d*)", rest)
        if token is None or (rest[0] == ")" and len(stack) < 2):
            raise ValueError(f'{formula!r} is no formula; write Molecule("CO2"), Molecule("C2H5OH") or Molecule("Na+")')
        if token[1]:
            if token[1] not in COLOURS:
                raise refuse_name("element", token[1], COLOURS)
            stack[-1][token[1]] += int(token[2] or 1)
        elif token[3]:
            stack.append(Tally())
        else:
            inner = stack.pop()
            for element, count in inner.items():
                stack[-1][element] += count * int(token[4] or 1)
        rest = rest[token.end() :]
    if len(stack) > 1 or not stack[0]:
        raise ValueError(f'{formula!r} is no formula; write Molecule("CO2"), Molecule("C2H5OH") or Molecule("Na+")')
    return dict(stack[0]), charge


def build_skeleton(formula: str) -> Skeleton:
    """Return the atoms and bonds of `formula`; one without a known shape is a row of its atoms. Raises ValueError."""
    counts, charge = count_atoms(formula)
    name = formula.strip().translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
    name = ALIASES.get(name, name)
    if name in IONS:
        return _place_ions(IONS[name])
    if name in SHAPES:
        return _draw_shape(name, counts)
    atoms = [element for element, count in counts.items() for _ in range(count)]
    places = [AtomPlace(element=element, x=float(index)) for index, element in enumerate(atoms)]
    places[-1].charge = charge
    return Skeleton(atoms=places, known=len(atoms) == 1)


def _place_ions(ions: tuple[str, ...]) -> Skeleton:
    skeleton = Skeleton()
    for index, ion in enumerate(ions):
        counts, charge = count_atoms(ion)
        skeleton.atoms.append(AtomPlace(element=next(iter(counts)), x=float(index), charge=charge))
    return skeleton


def _draw_shape(name: str, counts: dict[str, int]) -> Skeleton:
    skeleton, ring = _read_bonds(SHAPES[name], RING_BONDS.get(name, 1))
    _add_hydrogen(skeleton, counts.get("H", 0) - sum(each.element == "H" for each in skeleton.atoms))
    neighbours: dict[int, list[int]] = {index: [] for index in range(len(skeleton.atoms))}
    for one, other, _ in skeleton.bonds:
        neighbours[one].append(other)
        neighbours[other].append(one)
    placed: set[int] = set(ring)
    for number, index in enumerate(ring):
        angle = math.radians(120 - 60 * number)
        skeleton.atoms[index].x, skeleton.atoms[index].y = RING_SIDE * math.cos(angle), RING_SIDE * math.sin(angle)
    starts = ring or [0]
    placed |= set(starts)
    for index in starts:
        out = math.degrees(math.atan2(skeleton.atoms[index].y, skeleton.atoms[index].x))
        _place_around(skeleton, index, neighbours, placed, out if ring else None, -1 if ring else 1)
    return skeleton


def _read_bonds(text: str, closing: int) -> tuple[Skeleton, list[int]]:
    """Read a shape such as "C-C(=O)-O". Returns it without places, and the atoms of its ring, in order."""
    skeleton, branches, last, order, opened = Skeleton(), list[int](), -1, 1, -1
    for sign in re.findall(r"[A-Z][a-z]?|[-=#()1]", text):
        if sign in "-=#":
            order = " -=#".index(sign)
        elif sign == "(":
            branches.append(last)
        elif sign == ")":
            last = branches.pop()
        elif sign == "1" and opened < 0:
            opened = last
        elif sign == "1":
            skeleton.bonds.append((last, opened, closing))
        else:
            skeleton.atoms.append(AtomPlace(element=sign))
            if last >= 0:
                skeleton.bonds.append((last, len(skeleton.atoms) - 1, order))
            last, order = len(skeleton.atoms) - 1, 1
    if opened < 0:
        return skeleton, []
    parents = {other: one for one, other, _ in skeleton.bonds[:] if other > one}
    closer = next(one for one, other, _ in skeleton.bonds if other == opened and one > other)
    ring = [closer]
    while ring[-1] != opened:
        ring.append(parents[ring[-1]])
    return skeleton, ring[::-1]


def _add_hydrogen(skeleton: Skeleton, count: int) -> None:
    for index in range(len(skeleton.atoms)):
        taken = sum(order for one, other, order in skeleton.bonds if index in (one, other))
        free = VALENCES.get(skeleton.atoms[index].element, 1) - taken
        for _ in range(min(free, count)):
            skeleton.atoms.append(AtomPlace(element="H"))
            skeleton.bonds.append((index, len(skeleton.atoms) - 1, 1))
            count -= 1
    for index, atom in enumerate(list(skeleton.atoms)):  # acids of sulphur and phosphorus: oxygen binds the rest
        taken = sum(order for one, other, order in skeleton.bonds if index in (one, other))
        if count > 0 and atom.element == "O" and taken == 1:
            skeleton.atoms.append(AtomPlace(element="H"))
            skeleton.bonds.append((index, len(skeleton.atoms) - 1, 1))
            count -= 1


def _place_around(
    skeleton: Skeleton, index: int, neighbours: dict[int, list[int]], placed: set[int], came: float | None, sign: int
) -> None:
    """Place what is bound to atom `index`; `came` is the direction in degrees in which its own bond points.

    `sign` is the side, 1 or -1, to which a chain turns here.
    """
    children = [each for each in neighbours[index] if each not in placed]
    around = len(neighbours[index]) - len(children)
    orders = [order for one, other, order in skeleton.bonds if index in (one, other)]
    alike = len({skeleton.atoms[each].element for each in children}) == 1
    angles = _choose_angles(
        skeleton.atoms[index].element, orders, len(children), around, came, sign if not alike else 0
    )
    for child, angle in zip(children, angles, strict=True):
        here, there = skeleton.atoms[index], skeleton.atoms[child]
        length = 0.82 if "H" in (here.element, there.element) else 1.0
        there.x = here.x + length * math.cos(math.radians(angle))
        there.y = here.y + length * math.sin(math.radians(angle))
        placed.add(child)
    for child, angle in zip(children, angles, strict=True):
        _place_around(skeleton, child, neighbours, placed, angle, -sign)


def _choose_angles(
    element: str, orders: list[int], children: int, around: int, came: float | None, sign: int
) -> list[float]:
    if not children:
        return []
    linear = element in ("C", "N") and sum(orders) >= 4 and len(orders) == 2
    if came is None:
        return _choose_first_angles(element, children, linear=linear)
    if around == 2:  # part of a ring
        return [came] if children == 1 else [came - 30, came + 30]
    if children == 1:
        return [came if linear else came + (sign or 1) * (60 if element != "O" else 75)]
    if children == 2:
        return [came + (sign or 1) * 60, came - (sign or 1) * 60]
    return [came + sign * 60, came - sign * 20, came - sign * 100] if sign else [came + 90, came, came - 90]


def _choose_first_angles(element: str, children: int, *, linear: bool) -> list[float]:
    if children == 1:
        return [0.0]
    if children == 2:
        half = 90.0 if linear else BEND.get(element, 130.0) / 2
        return [270.0 + half, 270.0 - half]
    if children == 3:
        return [200.0, 270.0, 340.0] if element == "N" else [90.0, 210.0, 330.0]
    return [0.0, 90.0, 180.0, 270.0][:children]
