"""A map shows its region in every shape of frame, with countries, places and routes where they belong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from manim import RIGHT, Scene, tempconfig
from unit.scenekit.playing import play

from lectern.scenekit import WorldMap, frame, theme
from lectern.scenekit.style import use_theme

SHAPES = {"16:9": (14.2, 8.0), "9:16": (8.0, 14.2), "1:1": (8.0, 8.0)}


@pytest.fixture(params=["16:9", "9:16", pytest.param("1:1", marks=pytest.mark.long)], autouse=True)
def shape(request: pytest.FixtureRequest) -> Iterator[str]:
    width, height = SHAPES[request.param]
    with tempconfig({"frame_width": width, "frame_height": height}), use_theme("dark"):
        yield request.param


def is_seen(point: np.ndarray) -> bool:
    safe = frame.safe
    return bool(safe.left - 0.01 <= point[0] <= safe.right + 0.01 and safe.bottom - 0.01 <= point[1] <= safe.top + 0.01)


def test_the_whole_region_is_seen_and_land_goes_on_to_the_edges_of_the_frame() -> None:
    europe = WorldMap("Europe")
    assert all(is_seen(europe.at(*each)) for each in ((38.7, -9.1), (41.0, 29.0), (60.2, 24.9), (50.0, 8.3)))
    assert europe.sea.width > frame.width
    assert europe.sea.height > frame.height
    assert europe.land.width > 0.9 * frame.width


def test_all_continents_are_seen_in_every_shape_and_nothing_is_cut(shape: str) -> None:
    world = WorldMap()
    for name in ("United States", "Brazil", "South Africa", "Australia", "Japan", "Russia", "Iceland", "New Zealand"):
        assert is_seen(world[name].get_center()), name
    below = world["Brazil"].get_center()[1] > world["Norway"].get_center()[1]
    assert below == (shape == "9:16"), "an upright frame shows the Americas above the other half"


def test_areas_of_countries_compare_truly() -> None:
    def measure(name: str) -> float:
        total = 0.0
        for ring in world.rings[name]:
            total += float(np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1])) / 2
        return abs(total)

    world = WorldMap()
    # land and waters inside by the United Nations' Demographic Yearbook, in millions of square kilometres
    areas = {"Brazil": 8.51, "Algeria": 2.38, "Argentina": 2.78, "Mongolia": 1.56, "Australia": 7.69, "Russia": 17.1}
    sizes = np.array([measure(name) for name in areas]) / list(areas.values())
    assert sizes.min() / sizes.max() > 0.95


def test_countries_take_colours_and_lie_on_the_land_they_are_part_of() -> None:
    scene, europe = Scene(), WorldMap("Europe")
    scene.add(europe)
    france = europe["France"]
    assert europe["france"] is france
    assert france.get_fill_color() == europe.land_color
    play(scene, europe.light("France", "UK", color=theme.teal))
    assert france.get_fill_color() == europe["United Kingdom"].get_fill_color() != europe.land_color
    play(scene, europe.light("France", color=False))
    assert france.get_fill_color() == europe.land_color


def test_places_names_and_routes_stay_on_a_map_that_moves() -> None:
    scene, europe = Scene(), WorldMap("Europe")
    scene.add(europe)
    mainz, venice = europe.place("Mainz", 50.0, 8.3), europe.place("Venice", 45.4, 12.3)
    way = europe.route("Mainz", venice, "Spain")
    play(scene, mainz.reveal(), venice.reveal())
    play(scene, way.reveal())
    assert np.allclose(way.points[0], europe.at(50.0, 8.3))
    assert all(np.allclose(one[3], other[0]) for one, other in pairwise(way.points.reshape(-1, 4, 3)))
    europe.scale(0.5).shift(2 * RIGHT)
    assert np.allclose(mainz.get_center(), europe.at(50.0, 8.3), atol=1e-6)
    assert np.allclose(way.points[0], europe.at(50.0, 8.3), atol=1e-6)
    assert np.allclose(europe.label("Spain").get_center(), way.points[-1], atol=1e-6)
    assert europe["Spain"].width < 3


def test_names_of_places_keep_clear_of_each_other() -> None:
    europe = WorldMap("Europe")
    marks = [europe.place(name, *at) for name, at in {"Mainz": (50.0, 8.3), "Frankfurt": (50.1, 8.7)}.items()]
    one, other = (each.label for each in marks)
    apart_x = abs(one.get_x() - other.get_x()) - (one.width + other.width) / 2
    apart_y = abs(one.get_y() - other.get_y()) - (one.height + other.height) / 2
    assert max(apart_x, apart_y) > 0


def test_a_country_and_a_box_are_regions_too() -> None:
    assert is_seen(WorldMap("Japan").at(35.7, 139.7))
    assert is_seen(WorldMap((-11, 49, 16, 60)).at(51.5, -0.1))
    assert WorldMap("France")["France"].width > 0.3 * frame.safe.width, "Guiana is far away, and does not count"


def test_unknown_names_and_places_off_the_map_are_refused_in_every_shape_alike() -> None:
    with pytest.raises(KeyError, match="did you mean 'Europe'"):
        WorldMap("Eurpe")
    with pytest.raises(ValueError, match=r"west, south, east, north"):
        WorldMap((30, 36, -10, 65))
    with pytest.raises(ValueError, match=r"west, south, east, north"):
        WorldMap(7)
    europe = WorldMap("Europe")
    with pytest.raises(KeyError, match="did you mean 'Germany'"):
        europe["Germny"]
    with pytest.raises(KeyError, match="on a map of Europe called 'Japan'"):
        europe.light("Japan")
    with pytest.raises(ValueError, match="not on a map of Europe"):
        europe.place("Tokyo", 35.7, 139.7)
    with pytest.raises(ValueError, match="latitude first"):
        europe.at(139.7, 35.7)
    with pytest.raises(ValueError, match="two stops"):
        europe.route("France")
    with pytest.raises(KeyError, match="country 'Mainz'"):
        europe.route("Mainz", "France")


def test_a_map_takes_few_points() -> None:
    """A close camera draws them in every frame."""
    assert len(WorldMap("Europe").land.points) < 30_000
    assert len(WorldMap().land.points) < 35_000
