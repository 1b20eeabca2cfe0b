"""The groups of a text's letters: manim's own, made when somebody asks for them."""

from __future__ import annotations

import numpy as np
import pytest
from manim import Text, VGroup

from lectern.scenekit.letter_groups import LetterGroups
from lectern.scenekit.quick_manim import quicken_manim

pytestmark = pytest.mark.usefixtures("media_folder")


def test_groups_hold_the_letters_that_manims_hold() -> None:
    plain = Text("ab c")
    with quicken_manim():
        quick = Text("ab c")
    assert isinstance(quick.id_to_vgroup_dict, LetterGroups)
    assert list(quick.id_to_vgroup_dict) == list(plain.id_to_vgroup_dict)
    for name, group in plain.id_to_vgroup_dict.items():
        assert [list(plain).index(letter) for letter in group] == [
            list(quick).index(letter) for letter in quick.id_to_vgroup_dict[name]
        ]


def test_a_group_is_made_once() -> None:
    with quicken_manim():
        text = Text("ab")
    assert text.id_to_vgroup_dict["root"] is text.id_to_vgroup_dict["root"]


def test_a_name_that_no_group_has_is_a_key_error() -> None:
    groups = LetterGroups.read({"root": VGroup()})
    assert "a" not in groups
    with pytest.raises(KeyError):
        groups["a"]


def test_a_copys_groups_hold_the_copys_letters() -> None:
    with quicken_manim():
        text = Text("ab")
        text.id_to_vgroup_dict["root"]  # as if an author had looked at it
        copy = text.copy()
        copy.id_to_vgroup_dict["root"].shift([1, 0, 0])
        for name in ("root", "numbered_group_0"):
            assert list(copy.id_to_vgroup_dict[name]) == list(copy)
    np.testing.assert_allclose(copy[0].points[:, 0], text[0].points[:, 0] + 1)


def test_groups_may_be_set_and_removed() -> None:
    groups = LetterGroups.read({"root": VGroup()})
    groups["mine"] = VGroup()
    del groups["root"]
    assert list(groups) == ["mine"]
    assert len(groups) == 1
