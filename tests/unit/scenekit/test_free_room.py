"""A label finds the nearest room that is free of texts, lines and things."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.scenekit.free_room import DIRECTIONS, Surroundings, find_crossed, find_spot

VIEW = (-6.0, -3.5, 6.0, 3.5)
SIZE = (1.2, 0.3)
AROUND_A_DOT = [((0.1 * x, 0.1 * y), (x, y)) for x, y in DIRECTIONS]


def box_of(center: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    half = np.array(SIZE) / 2
    return np.concatenate([center - half, center + half])


def test_it_stands_on_the_right_where_nothing_else_is() -> None:
    spot = find_spot(SIZE, AROUND_A_DOT, Surroundings(view=VIEW))
    assert spot.center[0] > 0.6
    assert spot.center[1] == pytest.approx(0)


def test_it_goes_elsewhere_for_a_text_a_line_or_a_thing() -> None:
    on_the_right = np.array([[0.2, -0.4, 3.0, 0.4]])
    for obstacle in ({"texts": on_the_right}, {"fills": on_the_right}, {"lines": np.array([[0.5, -3, 0.5, 3]])}):
        spot = find_spot(SIZE, AROUND_A_DOT, Surroundings(view=VIEW, **obstacle))
        assert spot.center[0] < 0.5, obstacle


def test_at_the_edge_of_the_view_it_turns_inwards() -> None:
    anchors = [((5.9 + 0.1 * x, 0.1 * y), (x, y)) for x, y in DIRECTIONS]
    spot = find_spot(SIZE, anchors, Surroundings(view=VIEW))
    assert box_of(spot.center)[2] <= 6.0


def test_inside_a_large_thing_it_goes_outside_of_it() -> None:
    leaf = np.array([[-2.0, -1.0, 2.0, 1.0]])
    spot = find_spot(SIZE, AROUND_A_DOT, Surroundings(view=VIEW, fills=leaf))
    assert not (abs(spot.center[0]) < 2.0 and abs(spot.center[1]) < 1.0)


coordinates = st.floats(-6, 6, width=32)


@given(st.lists(st.tuples(coordinates, coordinates), max_size=12))
def test_it_never_covers_a_text_while_there_is_room(places: list[tuple[float, float]]) -> None:
    texts = np.array([[x, y, x + 0.3, y + 0.2] for x, y in places]).reshape(-1, 4)
    box = box_of(find_spot(SIZE, AROUND_A_DOT, Surroundings(view=VIEW, texts=texts)).center)
    covers = (texts[:, 0] < box[2]) & (texts[:, 2] > box[0]) & (texts[:, 1] < box[3]) & (texts[:, 3] > box[1])
    assert not covers.any()


@given(*([coordinates] * 4))
def test_a_line_is_seen_to_cross_a_box_exactly_if_some_point_of_it_lies_inside(
    x: float, y: float, end_x: float, end_y: float
) -> None:
    box = (-1.0, -1.0, 1.0, 1.0)
    shares = np.linspace(0, 1, 2001)
    along = np.array([x, y]) + shares[:, None] * np.array([end_x - x, end_y - y])
    seen = bool(find_crossed(np.array([[x, y, end_x, end_y]]), np.array(box))[0])
    if (np.abs(along) < 0.99).all(axis=1).any():
        assert seen
    if not (np.abs(along) < 1.01).all(axis=1).any():
        assert not seen
