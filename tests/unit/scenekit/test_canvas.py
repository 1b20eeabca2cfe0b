"""Redrawing only what changed gives the same picture as drawing everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from manim import (
    BLUE,
    DOWN,
    GREEN,
    LEFT,
    RED,
    RIGHT,
    UP,
    Camera,
    Circle,
    Line,
    MovingCamera,
    Polygon,
    Square,
    Star,
    Surface,
    Text,
    ThreeDAxes,
    ThreeDCamera,
    ValueTracker,
    VGroup,
    tempconfig,
)

from lectern.scenekit.canvas import Canvas
from lectern.scenekit.regions import Region, align, area, disjoin, intersect, merge
from lectern.scenekit.space_camera import SpaceCamera


@pytest.fixture(autouse=True)
def _small(tmp_path: Path) -> Iterator[None]:
    with tempconfig({"pixel_width": 640, "pixel_height": 360, "frame_width": 14.222, "frame_height": 8.0,
                     "media_dir": str(tmp_path)}):  # fmt: skip
        yield


def draw_everything(camera: Camera, things: list[Any]) -> Any:
    """Draw the picture the way manim does, from the background up."""
    fresh = type(camera)()
    if isinstance(camera, MovingCamera):
        fresh.frame.become(camera.frame)
    fresh.capture_mobjects(things)
    return fresh.pixel_array.astype(int)


def scenery() -> tuple[list[Any], list[Any]]:
    """Return static objects, and moving ones above them, with sharp corners and translucent fills."""
    static = [Text("behind", font_size=96), Square(3, color=BLUE, fill_opacity=0.5)]
    spike = Polygon([-1, 0, 0], [1, 0.1, 0], [1, -0.1, 0], color=RED, stroke_width=12)
    moving = [spike, Circle(1, color=GREEN, fill_opacity=0.6).shift(RIGHT * 2), Text("above").shift(DOWN * 2)]
    return static, moving


STEPS: list[Callable[[list[Any]], Any]] = [
    lambda moving: moving[1].shift(LEFT * 0.3),
    lambda moving: moving[0].rotate(0.4),
    lambda moving: moving[1].set_fill(RED, opacity=0.3),
    lambda moving: moving.append(Line(LEFT * 4, UP * 3, stroke_width=20)),
    lambda moving: moving.reverse(),
    lambda moving: moving.pop(0),
    lambda moving: moving[0].become(Star(color=BLUE, fill_opacity=1)),
    lambda moving: moving[0].set_stroke(width=30),
    lambda moving: moving[0].shift(RIGHT * 20),
    lambda moving: moving.append(VGroup(*(Circle(0.1).shift(RIGHT * x * 0.4) for x in range(-9, 9)))),
    lambda moving: moving[-1].set_color_by_gradient(RED, BLUE),
]


def test_every_change_is_drawn() -> None:
    camera = Camera()
    canvas = Canvas(camera)
    static, moving = scenery()
    canvas.begin(static)
    canvas.draw(moving)
    for step in STEPS:
        step(moving)
        canvas.draw(moving)
        assert_alike(camera, draw_everything(camera, [*static, *moving]))


def test_unchanged_objects_are_not_redrawn() -> None:
    canvas = Canvas(Camera())
    static, moving = scenery()
    canvas.begin(static)
    assert canvas.draw(moving) == [(0, 0, 640, 360)]
    assert canvas.draw(moving) == []
    moving[2].shift(RIGHT * 0.01)
    changed = canvas.draw(moving)
    assert sum(map(area, changed)) < 640 * 360 / 8


@pytest.mark.parametrize("kind", [Camera, SpaceCamera])
def test_a_tracker_among_things_does_not_have_all_of_them_redrawn(kind: type[Camera]) -> None:
    camera = kind()
    canvas = Canvas(camera)
    static, moving = scenery()
    tracker = ValueTracker(1)
    canvas.begin([*static, ValueTracker(2)])
    canvas.draw([*moving, tracker])
    tracker.increment_value(1)
    assert canvas.draw([*moving, tracker]) == []
    moving[2].shift(RIGHT * 0.01)
    changed = canvas.draw([*moving, tracker])
    assert 0 < sum(map(area, changed)) < 640 * 360 / 8
    assert_alike(camera, draw_everything(camera, [*static, *moving]))


def test_a_moving_camera_redraws_what_it_has_moved() -> None:
    camera = MovingCamera()
    canvas = Canvas(camera)
    _, moving = scenery()
    canvas.begin([])
    canvas.draw(moving)
    camera.frame.scale(0.5).shift(UP)
    assert canvas.draw(moving) != []
    assert_alike(camera, draw_everything(camera, moving))


def test_a_camera_in_space_draws_what_manims_draws() -> None:
    camera, plain = SpaceCamera(phi=1.1, theta=-0.6), ThreeDCamera(phi=1.1, theta=-0.6)
    hill = Surface(lambda u, v: np.array([u, v, np.sin(u) * np.cos(v)]), u_range=[-2, 2], v_range=[-2, 2], resolution=6)
    name, flat = Text("upright").shift(RIGHT * 3), Text("flat").to_corner(UP + LEFT)
    things = [ThreeDAxes(), hill, name, flat]
    for each in (camera, plain):
        each.add_fixed_orientation_mobjects(name)
        each.add_fixed_in_frame_mobjects(flat)
    canvas = Canvas(camera)
    canvas.begin([])
    for change in (
        lambda: None,
        lambda: [each.set_theta(0.3) for each in (camera, plain)],
        lambda: hill.shift(UP * 0.5).set_fill(RED, opacity=0.7),
        lambda: [each.set_zoom(0.7) for each in (camera, plain)],
        lambda: name.shift(LEFT),
    ):
        change()
        canvas.draw(things)
        plain.reset()
        plain.capture_mobjects(things)
        assert_alike(camera, plain.pixel_array.astype(int))


def assert_alike(camera: Camera, expected: Any) -> None:
    """Assert that a camera's picture is as expected: cairo rounds an edge where a region cuts it."""
    difference = np.abs(camera.pixel_array.astype(int) - expected)
    assert difference.max() <= 24
    assert (difference > 3).sum() <= 100


regions = st.tuples(*[st.integers(0, 60)] * 2, *[st.integers(1, 40)] * 2).map(
    lambda box: (box[0] * 16, box[1] * 2, (box[0] + box[2]) * 16, (box[1] + box[3]) * 2)
)


@given(st.lists(regions, max_size=6))
def test_disjoined_regions_cover_the_same_pixels_each_once(given_regions: list[Region]) -> None:
    wanted, found = np.zeros((128, 128), int), np.zeros((128, 128), int)
    for left, top, right, bottom in given_regions:
        wanted[top:bottom, left:right] = 1
    for left, top, right, bottom in disjoin(given_regions):
        found[top:bottom, left:right] += 1
    assert np.array_equal(wanted, found)


@given(st.lists(regions, max_size=40))
def test_merged_regions_are_few_and_cover_every_region(given_regions: list[Region]) -> None:
    kept = merge(given_regions)
    assert len(kept) <= 5
    assert all(any(_covers(one, region) for one in kept) for region in given_regions)


@given(st.tuples(*[st.floats(-2000, 2000)] * 2), st.tuples(*[st.floats(0.1, 500)] * 2))
def test_an_aligned_region_covers_its_box_inside_the_picture(
    corner: tuple[float, float], size: tuple[float, float]
) -> None:
    box = (corner[0], corner[1], corner[0] + size[0], corner[1] + size[1])
    region = align(box, 1280, 720)
    if region is None:
        assert box[2] < 0 or box[0] > 1280 or box[3] < 0 or box[1] > 720
    else:
        assert region[0] <= max(0, box[0])
        assert region[1] <= max(0, box[1])
        assert region[2] >= min(1280, box[2])
        assert region[3] >= min(720, box[3])
        assert region[0] % 16 == 0
        assert region[1] % 2 == 0
        assert intersect(region, (0, 0, 1280, 720))


def _covers(one: Region, other: Region) -> bool:
    return one[0] <= other[0] and one[1] <= other[1] and one[2] >= other[2] and one[3] >= other[3]
