"""A name that does not exist is refused with the names that do."""

from __future__ import annotations

from lectern.scenekit.near_names import refuse_name


def test_similar_names_are_offered_whatever_their_case() -> None:
    assert str(refuse_name("thing", "laef", ["Leaf", "sun", "water"])) == (
        "there is no thing 'laef'; did you mean 'Leaf'?"
    )


def test_without_a_similar_name_the_known_ones_are_told_but_not_hundreds() -> None:
    assert "there are 'a', 'b'" in str(refuse_name("part", "engine", ["a", "b"]))
    assert "and 88 more" in str(refuse_name("part", "engine", range(100)))
    assert str(refuse_name("part", 7, [])) == "there is no part 7; there is none"


def test_it_is_a_key_error() -> None:
    assert isinstance(refuse_name("part", "x", []), KeyError)
