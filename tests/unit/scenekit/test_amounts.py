"""Two texts that count the same can be drawn on one scale; yes and no become a tick and a cross."""

from __future__ import annotations

import pytest

from lectern.scenekit.amounts import compare_amounts, read_answer


@pytest.mark.parametrize(
    ("one", "other", "shares"),
    [
        ("two cells", "four cells", (0.5, 1.0)),
        ("1,200 km", "300 km", (1.0, 0.25)),
        ("12 %", "6 %", (1.0, 0.5)),
        ("two cells", "four legs", None),
        ("identical", "all different", None),
        ("0 km", "0 km", None),
        ("", "four", None),
    ],
)
def test_amounts_of_the_same_are_compared(one: str, other: str, shares: tuple[float, float] | None) -> None:
    assert compare_amounts(one, other) == shares


@pytest.mark.parametrize(
    ("text", "answer", "rest"),
    [
        ("yes, identical", True, "identical"),
        ("No", False, "No"),
        ("✗ slow", False, "slow"),
        ("+ cheap", True, "cheap"),
        ("not now", None, "not now"),
    ],
)
def test_answers_are_read(text: str, answer: bool | None, rest: str) -> None:
    assert read_answer(text) == (answer, rest)
