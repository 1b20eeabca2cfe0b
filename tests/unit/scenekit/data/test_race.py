"""A race shows values between its times, the longest bar at the top."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from manim import Scene
from unit.scenekit.playing import play

from lectern.scenekit import Race
from lectern.scenekit.style import use_theme

VALUES = {"Delhi": [2.0, 10.0, 30.0], "Tokyo": [10.0, 20.0, 25.0]}


@pytest.fixture(autouse=True)
def midnight() -> Iterator[None]:
    with use_theme("dark"):
        yield


def test_bars_are_to_scale_and_overtake() -> None:
    scene, race = Scene(), Race(VALUES, times=[1950, 1980, 2010])
    scene.add(race)
    assert race["Delhi"].width == pytest.approx(race["Tokyo"].width * 0.2, rel=0.02)
    assert race["Tokyo"].get_y() > race["Delhi"].get_y()
    play(scene, race.run(1965))
    assert race["Delhi"].width == pytest.approx(race["Tokyo"].width * 6 / 15, rel=0.02)
    assert race.clock.text == "1965"
    play(scene, race.run())
    assert race["Tokyo"].get_y() < race["Delhi"].get_y()


def test_a_race_with_holes_and_unknown_bars_are_refused() -> None:
    with pytest.raises(ValueError, match="a value for each time"):
        Race({"a": [1]}, times=[1, 2])
    with pytest.raises(KeyError, match="did you mean 'Tokyo'"):
        Race(VALUES, times=[1, 2, 3])["Tokio"]
