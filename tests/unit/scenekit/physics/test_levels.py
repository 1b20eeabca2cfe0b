"""Levels stand to scale, and a jump's wave has the length of its energy."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from manim import Scene
from unit.scenekit.playing import play

from lectern.scenekit import EnergyLevels
from lectern.scenekit.style import use_theme

HYDROGEN = {"n = 1": -13.6, "n = 2": -3.4, "n = 3": -1.51, "n = 4": -0.85}


@pytest.fixture(autouse=True)
def midnight() -> Iterator[None]:
    with use_theme("dark"):
        yield


def test_levels_stand_to_scale_and_their_labels_apart() -> None:
    levels = EnergyLevels(HYDROGEN, unit="eV")
    heights = [levels[name].get_y() for name in HYDROGEN]
    share = (heights[1] - heights[0]) / (heights[3] - heights[0])
    assert share == pytest.approx((13.6 - 3.4) / (13.6 - 0.85), abs=0.01)
    assert all(low.get_top()[1] < high.get_bottom()[1] for low, high in pairwise(levels.labels))


def test_the_dot_jumps_to_the_level_and_unknown_ones_are_refused() -> None:
    scene, levels = Scene(), EnergyLevels(HYDROGEN, unit="eV")
    with pytest.raises(ValueError, match="before a jump"):
        levels.jump("n = 2")
    play(scene, levels.start("n = 1"))
    play(scene, levels.jump("n = 3"))
    assert levels.dot.get_y() == pytest.approx(levels["n = 3"].get_y(), abs=0.01)
    with pytest.raises(KeyError, match="did you mean"):
        levels.jump("n=2")
