"""The parts of a formula: how they are spoken, and numbers in their place."""

from __future__ import annotations

import pytest

from lectern.scenekit.formula_words import fill_parts, list_spoken_parts, read_number


def spoken(formula: str) -> dict[str, str]:
    return {part: phrases[0] for _, part, phrases in list_spoken_parts(formula)}


def test_parts_are_spoken_as_people_say_them() -> None:
    assert spoken("a^2 + b^3 = 7") == {
        "a^2": "a squared", "+": "plus", "b^3": "b cubed", "=": "equals", "7": "7",
    }  # fmt: skip
    assert spoken("c = sqrt(a)")["sqrt(a)"] == "square root of a"
    assert spoken('"speed" = x^n') == {'"speed"': "speed", "=": "equals", "x^n": "x to the n"}


@pytest.mark.parametrize(
    ("formula", "numbers", "filled"),
    [
        ("a^2 + b^2 = c^2", {"a": "3", "b": "4"}, "3^2 + 4^2 = c^2"),
        ("a + alpha", {"a": "3"}, "3 + alpha"),
        ("2 a b", {"a": "3", "b": "4"}, "2 dot 3 dot 4"),
        ("2 a b", {"a": "3"}, "2 dot 3 dot  b"),
        ("a times b", {"b": "4"}, "a times 4"),
        ("m/2 v", {"m": "7", "v": "3"}, "7/2 dot 3"),
        ("x^2", {"x": "-3"}, "(-3)^2"),
        ('"a cat" = a', {"a": "3"}, '"a cat" = 3'),
    ],
)
def test_numbers_take_the_place_of_parts(formula: str, numbers: dict[str, str], filled: str) -> None:
    assert fill_parts(formula, numbers) == filled


@pytest.mark.parametrize(("value", "number"), [(3, "3"), (2.5, "2.5"), ("\u22124.0 m/s", "-4.0")])
def test_the_number_of_a_label_is_read(value: object, number: str) -> None:
    assert read_number(value) == number


def test_a_label_without_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="wants a number"):
        read_number("three")
