"""Dates are read as numbers, and lie on a line true to scale."""

from __future__ import annotations

import pytest

from lectern.scenekit.moments import place_to_scale, read_moment, read_moments


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1905", 1905),
        ("44 BC", -44),
        ("c. 300 BCE", -300),
        ("5th century", 450),
        ("the 1960s", 1960),
        ("66 million years ago", 2000 - 66e6),
        ("12:30", 12.5),
        ("May 1915", 1915 + 4 / 12),
        ("2 May 1915", 1915 + 4 / 12 + 1 / 372),
        ("in spring", None),
        ("", None),
    ],
)
def test_dates_are_read(text: str, moment: float | None) -> None:
    assert read_moment(text) == (moment if moment is None else pytest.approx(moment))


def test_dates_that_run_backwards_or_cannot_be_read_are_not_to_scale() -> None:
    assert read_moments(["1915", "1905"]) is None
    assert read_moments(["first", "1905"]) is None
    assert read_moments(["1905"]) is None


def test_distances_are_true_to_scale_where_there_is_room() -> None:
    assert place_to_scale([1900, 1910, 1940], 8.0, 0.5) == pytest.approx([0, 2, 8])


def test_moments_that_are_close_stay_apart_and_the_others_share_what_is_left() -> None:
    places = place_to_scale([1905, 1906, 1955, 2005], 10.0, 1.0)
    assert places == pytest.approx([0, 1, 1 + 9 * 49 / 99, 10])
    assert place_to_scale([1, 2, 3], 1.0, 5.0) == pytest.approx([0, 0.5, 1.0])
