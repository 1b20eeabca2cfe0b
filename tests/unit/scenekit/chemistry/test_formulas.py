"""Formulas are counted right, and every known shape has exactly the atoms and bonds of its formula."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations

import pytest

from lectern.scenekit.chemistry.formulas import IONS, SHAPES, build_skeleton, count_atoms


@pytest.mark.parametrize(
    ("formula", "counts", "charge"),
    [
        ("C2H5OH", {"C": 2, "H": 6, "O": 1}, ""),
        ("Ca(OH)2", {"Ca": 1, "O": 2, "H": 2}, ""),
        ("CO₂", {"C": 1, "O": 2}, ""),
        ("Na+", {"Na": 1}, "+"),
        ("Ca2+", {"Ca": 1}, "2+"),
        ("SO4 2-", {"S": 1, "O": 4}, "2-"),
    ],
)
def test_atoms_and_charge_are_read(formula: str, counts: dict[str, int], charge: str) -> None:
    assert count_atoms(formula) == (counts, charge)


@pytest.mark.parametrize("formula", [*SHAPES, *IONS])
def test_a_shape_has_the_atoms_of_its_formula_apart_from_each_other(formula: str) -> None:
    skeleton = build_skeleton(formula)
    assert Counter(each.element for each in skeleton.atoms) == count_atoms(formula)[0]
    gaps = [math.dist((a.x, a.y), (b.x, b.y)) for a, b in combinations(skeleton.atoms, 2)]
    assert min(gaps) > 0.6


def test_glucose_is_a_ring_of_five_carbons_and_one_oxygen_with_the_sixth_carbon_outside() -> None:
    skeleton = build_skeleton("C6H12O6")
    heavy = {index for index, each in enumerate(skeleton.atoms) if each.element != "H"}
    bonds = {index: {a + b - index for a, b, _ in skeleton.bonds if index in (a, b)} & heavy for index in heavy}
    ring = set(heavy)
    while ends := {index for index in ring if len(bonds[index] & ring) < 2}:
        ring -= ends
    assert Counter(skeleton.atoms[index].element for index in ring) == {"C": 5, "O": 1}


def test_water_is_bent_and_carbon_dioxide_is_straight() -> None:
    def angle(formula: str) -> float:
        middle, *rest = build_skeleton(formula).atoms
        one, other = (math.atan2(each.y - middle.y, each.x - middle.x) for each in rest)
        return abs(math.degrees((one - other + math.pi) % math.tau - math.pi))

    assert angle("H2O") == pytest.approx(104.5)
    assert angle("CO2") == pytest.approx(180)


def test_a_formula_without_a_known_shape_is_a_row_of_its_atoms() -> None:
    skeleton = build_skeleton("Fe2O3")
    assert not skeleton.known
    assert skeleton.bonds == []
    assert len({each.x for each in skeleton.atoms}) == 5


@pytest.mark.parametrize("formula", ["co2", "", "H2O)", "C(", "water", "2H"])
def test_what_is_no_formula_is_refused_with_an_example(formula: str) -> None:
    with pytest.raises((ValueError, KeyError), match=r"Molecule\(|element"):
        build_skeleton(formula)


def test_an_unknown_element_is_named() -> None:
    with pytest.raises(KeyError, match="no element 'Xy'"):
        build_skeleton("Xy2")
