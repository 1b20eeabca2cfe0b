"""Quicker forms of manim's small computations give manim's numbers."""

from __future__ import annotations

import math
from typing import Any

import manim.utils.space_ops as space
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from manim import BLUE, RED, Circle, Dot, ManimColor, Mobject, Square, VGroup, VMobject

from lectern.scenekit.quick_numbers import LOOKS, quicken_numbers

# some of these are near each other, as manim's tolerance goes, and some are no numbers
COORDINATES = [0.0, 1e-7, 1.0, 1.00001, -2.0, math.nan, math.inf, -math.inf]
spots = st.tuples(*[st.sampled_from(COORDINATES)] * 3)


@given(st.floats(-20, 20), st.tuples(*[st.floats(-5, 5)] * 3))
def test_a_turn_is_manims(angle: float, axis: tuple[float, float, float]) -> None:
    plain = space.rotation_matrix(angle, axis)
    with quicken_numbers():
        found = space.rotation_matrix(angle, axis)
        assert space.rotation_matrix(angle, axis, homogeneous=True).shape == (4, 4)
    np.testing.assert_allclose(found, plain, rtol=0, atol=1e-14)


def test_things_are_turned_by_the_quicker_form() -> None:
    called = space.rotation_matrix
    turned = Square().rotate(0.3, axis=np.array([1, 2, 3])).points
    with quicken_numbers():
        assert space.rotation_matrix is not called
        np.testing.assert_allclose(Square().rotate(0.3, axis=np.array([1, 2, 3])).points, turned, atol=1e-14)
    assert space.rotation_matrix is called


@given(st.lists(spots, max_size=24))
def test_paths_break_where_manim_breaks_them(places: list[tuple[float, float, float]]) -> None:
    points = np.array(places).reshape(-1, 3)
    shape = VMobject()
    plain = [each.tolist() for each in shape.get_subpaths_from_points(points)]
    same = [shape.consider_points_equals(one, other) for one, other in zip(points[1:], points, strict=False)]
    with quicken_numbers():
        found = [each.tolist() for each in shape.get_subpaths_from_points(points)]
        assert [
            shape.consider_points_equals(one, other) for one, other in zip(points[1:], points, strict=False)
        ] == same
    assert repr(found) == repr(plain)


@given(st.lists(spots, min_size=1, max_size=4), spots)
def test_several_points_are_the_same_as_one_where_manim_says_so(
    places: list[tuple[float, float, float]], place: tuple[float, float, float]
) -> None:
    shape, points, other = VMobject(), np.array(places), np.array(place)
    plain = [shape.consider_points_equals(each, other) for each in (points, points[:0], points[0])]
    with quicken_numbers():
        assert [shape.consider_points_equals(each, other) for each in (points, points[:0], points[0])] == plain


def test_a_shape_with_its_own_idea_of_sameness_keeps_it() -> None:
    class Everywhere(VMobject):  # type: ignore[misc]
        def consider_points_equals(self, p0: Any, p1: Any) -> bool:
            return True

    shape = Everywhere()
    with quicken_numbers():
        assert len(shape.get_subpaths_from_points(np.arange(24.0).reshape(8, 3))) == 1


@pytest.mark.parametrize("opacity", [None, 0, 1, 0.25, np.float64(0.5), [0.2, 0.9]])
@pytest.mark.parametrize("color", [None, RED, "#12FF00", "#12FF0080", [RED, BLUE], ManimColor((0.1, 0.2, 0.3, 0.4))])
def test_colours_are_manims(color: Any, opacity: Any) -> None:
    glossy = Square(sheen_factor=0.3)
    plain = [each.generate_rgbas_array(color, opacity) for each in (Square(), glossy)]
    with quicken_numbers():
        found = [each.generate_rgbas_array(color, opacity) for each in (Square(), glossy)]
    for one, other in zip(plain, found, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def test_a_colour_stays_as_it_was_when_its_alpha_is_asked_for() -> None:
    with quicken_numbers():
        RED.to_rgba_with_alpha(0.1)[:] = 0
        Square(color=RED).set_stroke(opacity=0.2).stroke_rgbas[:] = 0
    assert RED.to_hex() == "#FC6255"


def test_a_thing_that_becomes_another_looks_like_it_and_shares_nothing() -> None:
    other = VGroup(Circle(color=BLUE, fill_opacity=0.4).set_stroke(RED, width=7), Dot(sheen_factor=0.2))
    plain: Mobject = VGroup(Square(), Square()).become(other.copy())
    with quicken_numbers():
        found = VGroup(Square(), Square()).become(other)
    for one, same in zip(plain, found, strict=True):
        for name in LOOKS:
            assert type(getattr(one, name)) is type(getattr(same, name))
            np.testing.assert_array_equal(getattr(one, name), getattr(same, name))
    found[0].fill_rgbas[:] = 0
    assert other[0].fill_rgbas.any()
