"""Paths built in one go are the paths that manim draws curve by curve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from manim import Annulus, Camera, Circle, DashedLine, Star, Text, VMobject, tempconfig

from lectern.scenekit.cairo_paths import PathAppender, build_path


@pytest.fixture(autouse=True)
def _small(tmp_path: Path) -> Iterator[None]:
    with tempconfig({"pixel_width": 64, "pixel_height": 36, "media_dir": str(tmp_path)}):
        yield


def assert_same_path(shape: Any) -> None:
    """Assert that cairo has the same path by manim's way and by ours."""
    camera = Camera()
    context = camera.get_cairo_context(camera.pixel_array)
    camera.set_cairo_context_path(context, shape)
    expected = list(context.copy_path())
    data = build_path(shape.points, shape.tolerance_for_point_equality)
    assert data is not None
    context.new_path()
    PathAppender().append(context, data)
    assert list(context.copy_path()) == expected
    assert expected


@pytest.mark.parametrize("make", [lambda: Text("a&8%"), Circle, Star, Annulus, DashedLine])
def test_shapes_have_the_path_that_manim_gives_them(make: Any) -> None:
    for part in make().family_members_with_points():
        assert_same_path(part)


# a third of these points lie within manim's tolerance of another, so that subpaths go on, break off and close
spots = st.tuples(*[st.sampled_from([0.0, 1e-7, 1.0, 1.00001, -2.0])] * 2)


@given(st.lists(spots, min_size=4, max_size=40))
def test_any_points_break_and_close_where_manim_breaks_and_closes_them(places: list[tuple[float, float]]) -> None:
    points = np.array([(x, y, 0.0) for x, y in places[: len(places) // 4 * 4]])
    shape = VMobject()
    shape.points = points
    assert_same_path(shape)


def test_points_that_are_no_curves_are_left_to_manim() -> None:
    assert build_path(np.zeros((6, 3)), 1e-6) is None
    assert build_path(np.zeros((0, 3)), 1e-6) is None
