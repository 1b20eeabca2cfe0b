"""Quicker forms of lengths and angles give manim's numbers."""

from __future__ import annotations

import math
from typing import Any

import manim.mobject.geometry.line as line
import manim.utils.space_ops as space
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from manim import UP

from lectern.scenekit.quick_vectors import quicken_vectors

COORDINATES = [0.0, -0.0, 1e-160, 1.0, -2.0, 0.3, 1e200, math.nan, math.inf]
spots = st.tuples(*[st.sampled_from(COORDINATES) | st.floats(-9, 9)] * 3).map(np.array)


@given(spots, spots)
def test_ways_and_angles_are_manims(one: Any, other: Any) -> None:
    names = ("normalize", "angle_of_vector", "cartesian_to_spherical")

    def compute() -> list[Any]:
        with np.errstate(all="ignore"):
            return [getattr(space, name)(one) for name in names] + [space.angle_between_vectors(one, other)]

    plain = compute()
    with quicken_vectors():
        found = compute()
    for here, there in zip(plain, found, strict=True):
        assert type(here) is type(there)
        np.testing.assert_allclose(there, here, rtol=1e-12, atol=1e-12)


def test_a_way_that_is_a_list_or_nothing_is_manims() -> None:
    with quicken_vectors():
        assert space.normalize((3.0, 0.0, 4.0)).tolist() == [0.6, 0.0, 0.8]
        assert space.normalize(np.zeros(3), UP) is UP
        assert space.angle_of_vector([0, 1]) == math.pi / 2


def test_modules_that_call_by_a_name_of_their_own_get_the_quicker_forms_and_give_them_back() -> None:
    plain = space.normalize
    with quicken_vectors():
        assert line.normalize is space.normalize is not plain
    assert line.normalize is space.normalize is plain
