"""SVG path data as cubic curves."""

from __future__ import annotations

import pytest

from lectern.things.svg_paths import trace_path


def ends(data: str) -> list[tuple[float, float]]:
    (outline,) = trace_path(data)
    return [(round(x, 6), round(y, 6)) for x, y in outline[::3]]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("M0 0 L4 0 L4 4 Z", [(0, 0), (4, 0), (4, 4), (0, 0)]),
        ("m1,1 h3 v2 h-3", [(1, 1), (4, 1), (4, 3), (1, 3), (1, 1)]),
        ("M0 0 4 0 4 4z", [(0, 0), (4, 0), (4, 4), (0, 0)]),
        ("M0 0C0 1 1 1 1 0S2 -1 2 0Z", [(0, 0), (1, 0), (2, 0), (0, 0)]),
        ("M0 0Q1 2 2 0T4 0Z", [(0, 0), (2, 0), (4, 0), (0, 0)]),
        ("M-.5.5L1e1-2", [(-0.5, 0.5), (10, -2), (-0.5, 0.5)]),
    ],
)
def test_each_command_ends_where_it_says(data: str, expected: list[tuple[float, float]]) -> None:
    assert ends(data) == expected


def test_an_arc_stays_on_its_circle_whichever_way_it_turns() -> None:
    for flags, side in (("0 1", 1), ("0 0", -1)):
        (outline,) = trace_path(f"M10 0A10 10 0 {flags} -10 0")
        middles = [y for x, y in outline[::3] if abs(x) < 1]
        assert [round(y, 3) for y in middles][:1] == [10 * side]


def test_flags_of_an_arc_may_stand_without_spaces() -> None:
    assert ends("M0 0a2 2 0 012 2z") == ends("M0 0 a 2 2 0 0 1 2 2 z")


def test_each_move_begins_an_outline() -> None:
    assert len(trace_path("M0 0h1v1zM5 5h1v1zm2 2h1v1z")) == 3


@pytest.mark.parametrize("data", ["M0", "5 5", "M0 0 L", "M0 0 ? 3", "M0 0 A1 1 0 7 0 1 1"])
def test_what_is_no_path_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match=r"needs|no path|without"):
        trace_path(data)
