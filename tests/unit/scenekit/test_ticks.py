"""Axes get round numbers, written for people."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lectern.scenekit.ticks import choose_ticks, format_number


@given(st.lists(st.floats(min_value=-1e6, max_value=1e6), min_size=1, max_size=9))
def test_ticks_cover_the_values_and_zero(values: list[float]) -> None:
    ticks = choose_ticks(values)
    tolerance = 1e-6 * max(1.0, *map(abs, values))
    assert ticks[0] <= min(0, *values) + tolerance
    assert ticks[-1] >= max(0, *values) - tolerance
    assert 2 <= len(ticks) <= 8
    assert 0.0 in ticks


def test_numbers_are_formatted_for_people() -> None:
    assert [format_number(1500000), format_number(-2.5, "t"), format_number(40, "%"), format_number(1999)] == [
        "1\u2009500\u2009000",
        "\u22122.5\u2009t",
        "40%",
        "1999",
    ]
