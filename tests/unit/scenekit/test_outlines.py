"""Outlines that are built together are those that are built one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from manim import Annulus, Circle, DashedLine, Dot, Line, Square, Star

from lectern.scenekit import outlines
from lectern.scenekit.cairo_paths import build_path
from lectern.scenekit.outlines import LEAST_TOGETHER, build_outlines, find_box

COARSE, FINE = 1e-3, 1e-6
# many of these lie within a tolerance of another, so that shapes close or nearly close, go on or break off
spots = st.tuples(*[st.sampled_from([0.0, 1e-7, 5e-4, 1.0, 1.00001, -2.0])] * 2)


@st.composite
def curves(draw: Any) -> Any:
    """One or two curves, of which most go on where the one before ends and some close."""
    count = draw(st.integers(1, 2))
    places = [[*draw(spots), 0.5] for _ in range(4 * count)]
    for number in range(1, count):
        if draw(st.booleans()):
            places[4 * number] = places[4 * number - 1]
    if draw(st.booleans()):
        places[-1] = places[0]
    return np.array(places)


def assert_as_one_by_one(points: Sequence[Any], tolerances: Sequence[float]) -> None:
    """Assert that each shape has the same path and box, to the last bit, as by itself."""
    for each, tolerance, (path, box) in zip(points, tolerances, build_outlines(points, tolerances), strict=True):
        expected = build_path(each, tolerance)
        assert (path is None) == (expected is None)
        assert path is None or (path.flags.c_contiguous and path.tobytes() == expected.tobytes())  # type: ignore[union-attr]
        assert box == find_box(each)


@given(st.lists(st.tuples(curves(), st.sampled_from([COARSE, FINE])), min_size=LEAST_TOGETHER, max_size=12))
def test_outlines_of_many_shapes_are_those_of_each(shapes: list[tuple[Any, float]]) -> None:
    assert_as_one_by_one([points for points, _ in shapes], [tolerance for _, tolerance in shapes])


def test_shapes_of_all_kinds_keep_their_order() -> None:
    dots = [Dot([x, 2, 1]).points for x in range(5)]
    points = [Line().points, *dots, Annulus().points, np.zeros((3, 3)), Star().points, Circle().points, Square().points]
    points += [each.points for each in DashedLine()]
    assert_as_one_by_one(points, [FINE] * len(points))


def test_numbers_that_are_none_are_drawn_as_before() -> None:
    square = Square().points
    broken = square.copy()
    broken[0], broken[4] = np.inf, np.nan
    points = [square, broken, square.copy()]
    found = build_outlines(points, [FINE] * 3)
    assert [path.tobytes() for path, _ in found if path is not None] == [
        path.tobytes() for each in points if (path := build_path(each, FINE)) is not None
    ]


def test_alike_shapes_are_laid_out_at_once_and_let_go_one_by_one(monkeypatch: Any) -> None:
    monkeypatch.setattr(outlines, "build_path", lambda *_: None)  # one by one
    found = build_outlines([Dot([x, 0, 0]).points for x in range(9)], [FINE] * 9)
    assert all(path is not None and path.base is None for path, _ in found)
