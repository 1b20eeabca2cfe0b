"""Contrast, and the nearest colour that has enough of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.theme import find_readable, least_contrast, measure_contrast, mix, rgb

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06X}".format)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#777777", "#FFFFFF", 4.48),
        ("#0000FF", "#FFFFFF", 8.59),
        ("#123456", "#123456", 1.0),
    ],
)
def test_contrast_is_what_wcag_defines(one: str, other: str, ratio: float) -> None:
    assert measure_contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert measure_contrast(other, one) == measure_contrast(one, other)


def test_a_readable_colour_is_left_alone() -> None:
    assert find_readable("#62B2FF", ("#10141F",), 4.5) == "#62B2FF"


def test_the_nearest_readable_colour_keeps_the_hue() -> None:
    found = find_readable("#FFD400", ("#FFFFFF",), 4.5)
    red, green, blue = rgb(found)
    assert red > green > blue
    assert 4.5 <= measure_contrast(found, "#FFFFFF") < 4.7


@given(COLOURS, COLOURS)
def test_on_any_one_background_a_readable_colour_is_found(colour: str, background: str) -> None:
    assert least_contrast(find_readable(colour, (background,), 4.5), (background,)) >= 4.5


def test_between_black_and_white_the_better_one_is_returned() -> None:
    assert find_readable("#808080", ("#000000", "#FFFFFF"), 7) in ("#000000", "#FFFFFF")


def test_colours_mix_by_their_share() -> None:
    assert [mix("#000000", "#FFFFFF", share) for share in (0.0, 0.5, 1.0)] == ["#000000", "#808080", "#FFFFFF"]
