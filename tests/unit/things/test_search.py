"""Things are found by words, whatever their grammatical forms; nothing is found for words that mean none."""

from __future__ import annotations

import pytest

from lectern.things import find_thing, find_things, list_icons, list_things
from lectern.things.search import name_of


@pytest.mark.parametrize(
    ("words", "thing"),
    [
        ("leaf", "leaf"),
        ("Leaves", "leaf"),
        ("the leaves of a plant", "leaf"),
        ("It was raining heavily", "rain"),
        ("sunlight", "sun"),
        ("red blood cells", "blood cell"),
        ("kitten", "cat"),
        ("water", "drop"),
        ("Forklift", "forklift"),
        ("glass", "glass"),
        ("my glasses", "glasses"),
        ("coins", "coins"),
        ("a solar panel", "solar panel"),
    ],
)
def test_a_thing_is_found_by_its_name_and_synonyms(words: str, thing: str) -> None:
    assert find_thing(words) == thing


@pytest.mark.parametrize("words", ["", "although", "!!!", "the end of the line", "0", "of", "next level", "光"])
def test_words_that_mean_no_thing_find_none(words: str) -> None:
    assert find_thing(words) is None


def test_a_longer_name_is_more_exact_and_a_word_counts_once() -> None:
    assert find_things("a white blood cell meets a virus") == ("white blood cell", "virus")


def test_a_drawn_thing_comes_before_an_icon() -> None:
    assert find_things("a forklift and a tree") == ("tree", "forklift")


def test_every_name_is_found_by_itself() -> None:
    assert {name for name in list_things() if find_thing(name) != name} == set()
    assert {name for name in list_icons() if name_of(name) is None} == set()
