"""Molecules have their atoms by name, and react without losing one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from manim import DOWN, LEFT, RIGHT, Scene, VGroup
from unit.scenekit.playing import play

from lectern.scenekit import Molecule, combine, fill
from lectern.scenekit.chemistry.molecules import SMALLEST_LETTERS
from lectern.scenekit.layout import Area
from lectern.scenekit.style import use_theme


@pytest.fixture(autouse=True)
def midnight() -> Iterator[None]:
    with use_theme("dark"):
        yield


def test_atoms_are_found_by_element_and_number() -> None:
    water = Molecule("H2O")
    assert water["O"].element == "O"
    assert water["H"] is water["H1"] is not water["H2"]
    assert len(water.bond("O", "H2")) == 1
    assert len(Molecule("CO2").bond("C", "O2")) == 2
    with pytest.raises(KeyError, match="no atom of H2O called 'H3'; there are 'O1', 'H1', 'H2'"):
        water["H3"]
    with pytest.raises(KeyError, match="H1 and H2 are not bound"):
        water.bond("H1", "H2")


def test_in_a_reaction_every_atom_moves_to_its_new_place_and_the_old_molecules_are_gone() -> None:
    scene = Scene()
    water = VGroup(Molecule("H2O"), Molecule("H2O").shift(3 * RIGHT))
    gases = VGroup(Molecule("H2"), Molecule("H2").shift(2 * LEFT), Molecule("O2").shift(2 * RIGHT)).shift(2 * DOWN)
    places = [atom.ball.get_center() for gas in gases for atom in gas.atoms]
    scene.add(water)
    play(scene, combine(*water, into=gases))
    assert np.allclose([atom.ball.get_center() for gas in gases for atom in gas.atoms], places)
    shown = set(map(id, scene.get_mobject_family_members()))
    assert not shown & {id(atom) for each in water for atom in each.atoms}
    assert {id(atom) for gas in gases for atom in gas.atoms} <= shown


def test_a_reaction_that_loses_atoms_is_refused_with_the_ones_that_are_left() -> None:
    with pytest.raises(ValueError, match=r"H2O -> H2 does not balance: 1 O left over"):
        Molecule("H2O").split(Molecule("H2"))
    with pytest.raises(ValueError, match=r"1 O missing"):
        combine(Molecule("H2"), into=Molecule("H2O"))


def test_letters_grow_in_atoms_that_are_made_small_and_go_where_they_would_be_illegible() -> None:
    water = Molecule("H2O")
    atom = water["O"]
    large = read_share(atom)
    group = VGroup(water)
    fill(group, Area(left=0, right=1.3, bottom=0, top=1.3))
    assert read_share(atom) > 1.15 * large
    assert atom.letter[0].font_size == pytest.approx(SMALLEST_LETTERS)
    assert water.copy().scale(0.4)["O"].letter[0][0].get_fill_opacity() == 0
    water.rotate(0.7).scale(0.4).scale(5)
    assert atom.letter[0][0].get_fill_opacity() == 1
    assert read_share(water.rotate(-0.7)["O"]) == pytest.approx(large, rel=0.05)


def read_share(atom: Any) -> float:
    return float(atom.letter[0].font_size / atom.ball.width)
