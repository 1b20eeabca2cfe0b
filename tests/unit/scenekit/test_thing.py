"""Drawn things in a scene: parts by name, sizes, rims, and names that do not exist."""

from __future__ import annotations

import numpy as np
import pytest

from lectern.scenekit import Thing, theme
from lectern.scenekit.style import use_theme


def test_a_thing_is_as_high_as_asked_and_in_the_middle() -> None:
    tree = Thing("tree", height=3)
    assert tree.height == pytest.approx(3, abs=0.01)
    assert np.allclose(tree.get_center(), 0, atol=1e-6)


def test_its_parts_are_reached_by_name_and_stay_its_own() -> None:
    leaf = Thing("leaf")
    assert leaf["vein"] in leaf.submobjects
    assert leaf[0] is leaf[leaf.parts[0]]
    with pytest.raises(KeyError, match="did you mean 'vein'"):
        leaf["vien"]


def test_it_is_found_by_synonyms_and_other_forms_and_falls_back_to_an_icon() -> None:
    assert Thing("Leaves").kind == "leaf"
    assert Thing("forklift").parts == ("icon",)
    assert Thing("forklift", color=theme.bad)["icon"][0].get_fill_color() == theme.bad


def test_an_unknown_thing_is_refused_with_similar_names() -> None:
    with pytest.raises(KeyError, match="did you mean 'leaf'"):
        Thing("laef")


def test_a_light_surface_gets_a_rim_on_light_ground_that_scales_with_it() -> None:
    with use_theme("light"):
        cloud, sun = Thing("cloud"), Thing("leaf")
        width = cloud["puff"][0].get_stroke_width(background=True)
        assert width > 0
        assert sun["blade"][0].get_stroke_width(background=True) == 0
        assert cloud.scale(0.5)["puff"][0].get_stroke_width(background=True) == pytest.approx(width / 2)
    with use_theme("dark"):
        assert Thing("cloud")["puff"][0].get_stroke_width(background=True) == 0


def test_its_entrance_ends_with_the_thing_as_it_was() -> None:
    sun = Thing("sun")
    before = [(part.points.copy(), part.get_fill_rgbas().copy()) for part in sun.family_members_with_points()]
    entrance = sun.reveal()
    entrance.begin()
    entrance.interpolate(0.2)
    assert sun.height < 2
    entrance.interpolate(1)
    for part, (points, rgbas) in zip(sun.family_members_with_points(), before, strict=True):
        assert np.allclose(part.points, points)
        assert np.allclose(part.get_fill_rgbas(), rgbas)
