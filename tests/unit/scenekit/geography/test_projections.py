"""Maps keep areas, and rings are cut at the edge of a window."""

from __future__ import annotations

import numpy as np
import pytest

from lectern.scenekit.geography.projections import Project, clip_ring, measure_turn, project_around, project_world
from lectern.scenekit.geography.views import bend_edges, find_roomiest, turn_ring

SQUARE = np.array([[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], dtype=float)


def measure(ring: np.ndarray) -> float:
    return abs(float(np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]))) / 2


def draw_cell(project: Project, longitude: float, latitude: float) -> np.ndarray:
    """A cell of 2 by 2 degrees."""
    side = np.linspace(-1, 1, 41)
    x = np.concatenate([side, np.ones(41), side[::-1], -np.ones(41), [-1]]) + longitude
    y = np.concatenate([-np.ones(41), side, np.ones(41), side[::-1], [-1]]) + latitude
    return np.stack(project(x, y), axis=1)


@pytest.mark.parametrize("project", [project_world(11), project_around(10, 50)], ids=["world", "around"])
def test_areas_are_those_on_the_globe_wherever_a_country_lies(project: Project) -> None:
    for longitude, latitude in ((0, 0), (10, 50), (-40, 72), (60, -30)):
        true = np.radians(2) * (np.sin(np.radians(latitude + 1)) - np.sin(np.radians(latitude - 1)))
        assert measure(draw_cell(project, longitude, latitude)) == pytest.approx(true, rel=1e-3)


def test_a_ring_is_cut_at_the_edges_of_its_window() -> None:
    assert measure(clip_ring(SQUARE, (1, 1), (9, 9))) == pytest.approx(9)
    assert measure(clip_ring(SQUARE, (-1, -1), (9, 9))) == pytest.approx(16)
    assert not len(clip_ring(SQUARE, (5, 5), (9, 9)))
    cut = clip_ring(SQUARE, (1, 1), (2, 9))
    assert (cut[0] == cut[-1]).all()


def test_a_ring_over_the_date_line_has_no_leap_and_one_round_the_pole_is_closed_over_it() -> None:
    over = bend_edges([(170, 60), (-170, 60), (-170, 65), (170, 65), (170, 60)])
    assert np.abs(np.diff(over[:, 0])).max() < 5
    around = bend_edges([(-180, -70), (-90, -70), (0, -70), (90, -70), (180, -70), (-180, -70)])
    assert around[:, 1].min() < -89
    assert (turn_ring(over[:, 0], -169) > 160).all()


def test_long_straight_borders_bend_with_the_map() -> None:
    border = bend_edges([(-120, 49), (-95, 49), (-95, 55), (-120, 55), (-120, 49)])
    assert np.abs(np.diff(border, axis=0)).max() <= 3


def test_a_name_stands_where_land_has_most_room() -> None:
    shape = np.array([[0, 0], [6, 0], [6, 3], [1, 3], [1, 8], [0, 8], [0, 0]], dtype=float)
    x, y = find_roomiest(shape)
    assert 2 < x < 4.5
    assert 1 < y < 2


def test_angles_are_seen_from_the_middle_of_the_earth() -> None:
    assert measure_turn((0, 0), [0, 90, 180, 0], [0, 0, 0, 90]).tolist() == pytest.approx([0, 90, 180, 90])
