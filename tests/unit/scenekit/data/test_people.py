"""Every person stays one person, whatever is lit and however they are grouped."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from manim import Scene
from unit.scenekit.playing import play

from lectern.scenekit import People, frame, theme
from lectern.scenekit.style import use_theme


@pytest.fixture(autouse=True)
def midnight() -> Iterator[None]:
    with use_theme("dark"):
        yield


def count(people: People, color: object) -> int:
    return sum(len(each.members) for each in people.crowds if each.get_fill_color() == color)


def test_the_first_are_lit_and_all_fit_the_body() -> None:
    people = People(35, of=100)
    assert (count(people, theme.accent), count(people, theme.border)) == (35, 65)
    assert people.width <= frame.body.width + 0.01
    assert people.height <= frame.body.height + 0.01


def test_gathered_into_blocks_people_are_lit_within_them() -> None:
    scene, people = Scene(), People(of=1000)
    scene.add(people)
    play(scene, people.light(10, theme.bad))
    play(scene, people.gather(sick=10, well=990))
    play(scene, people.light(89, of="well"))
    assert (count(people, theme.bad), count(people, theme.accent), count(people, theme.border)) == (10, 89, 901)
    assert people["sick"].get_right()[0] < people["well"].get_left()[0]
    assert [label.text for label in people.labels] == ["sick 10", "well 990"]
    assert sorted(member for crowd in people.crowds for member in crowd.members) == list(range(1000))
    assert np.isfinite(people._find_icons()).all()


def test_mixed_people_are_spread_and_walk_to_their_block_without_crossing_their_neighbours() -> None:
    scene, people = Scene(), People(10, of=100, mixed=True)
    assert people[:10].height > 0.5 * people.height
    spread = people._find_icons().mean(axis=1)
    scene.add(people)
    play(scene, people.gather(sick=10, well=90))
    sick = people._find_icons().mean(axis=1)[:10]
    top, bottom = spread[:10, 1].argmax(), spread[:10, 1].argmin()
    assert sick[top, 1] >= sick[bottom, 1]
    assert len({tuple(spot) for spot in people._find_icons().mean(axis=1).round(4)}) == 100
    assert count(people, theme.accent) == 10


def test_numbers_that_do_not_add_up_and_unknown_blocks_are_refused() -> None:
    people = People(of=10)
    with pytest.raises(ValueError, match="not all 10"):
        people.gather(a=3, b=3)
    with pytest.raises(ValueError, match="there are 10"):
        people.light(11)
    with pytest.raises(ValueError, match="1 to 2000"):
        People(of=5000)
    people.gather(yes=4, no=6)
    with pytest.raises(KeyError, match="did you mean 'yes'"):
        people.light(1, of="yess")
