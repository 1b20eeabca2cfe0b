"""Shapes beside images, and coloured by one, are drawn as manim draws them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from manim import (
    BLUE,
    DOWN,
    LEFT,
    RED,
    RIGHT,
    UP,
    Camera,
    Circle,
    Dot,
    ImageMobject,
    Line,
    MovingCamera,
    Square,
    Star,
    Text,
    ThreeDAxes,
    VGroup,
    tempconfig,
)
from PIL import Image

from lectern.scenekit.camera import FilmCamera
from lectern.scenekit.quick_drawing import group_by_image, quicken_drawing
from lectern.scenekit.space_camera import SpaceCamera


@pytest.fixture(autouse=True)
def _small(tmp_path: Path) -> Iterator[None]:
    with tempconfig({"pixel_width": 320, "pixel_height": 180, "frame_width": 14.222, "frame_height": 8.0,
                     "media_dir": str(tmp_path)}):  # fmt: skip
        yield


def make_image(seed: int) -> Any:
    """Make an image of every colour, in parts translucent."""
    noise = np.random.default_rng(seed).integers(0, 256, (18, 32, 4), dtype=np.uint8)
    return Image.fromarray(noise).resize((320, 180))


def make_things() -> list[Any]:
    """Make shapes of which some are coloured by one image, some by another, some by none, and an image among them."""
    one, other = make_image(1), make_image(2)
    coloured = VGroup(
        Star(color=RED, fill_opacity=0.6, stroke_width=9), Square(3).shift(LEFT), Line(LEFT * 5, RIGHT * 5 + UP)
    )
    for each in coloured:
        each.color_using_background_image(one)
    last = Circle(1.5, fill_opacity=1, stroke_opacity=0.3).shift(RIGHT * 2).color_using_background_image(other)
    graded = Square(2).shift(DOWN * 2).set_color_by_gradient(RED, BLUE).set_fill(opacity=[0.2, 0.9])
    image = ImageMobject(np.asarray(make_image(3))).scale(0.3)
    return [coloured, last, graded, image, Text("above"), Dot(RIGHT * 4, stroke_width=3, stroke_color=BLUE)]


@pytest.mark.filterwarnings("ignore:.mode. parameter")  # manim's own, for images
@pytest.mark.parametrize("kind", [Camera, MovingCamera, FilmCamera])
def test_shapes_coloured_by_images_look_as_manim_draws_them(kind: type[Camera]) -> None:
    things, plain, quick = make_things(), kind(), kind()
    plain.capture_mobjects(things)
    with quicken_drawing():
        quick.capture_mobjects(things)
    difference = np.abs(quick.pixel_array.astype(int) - plain.pixel_array)
    assert plain.pixel_array[..., :3].any()
    assert difference.max() <= 1


@pytest.mark.filterwarnings("ignore:.mode. parameter")  # manim's own, for images
def test_what_an_image_colours_leaves_nothing_for_the_next_picture() -> None:
    things, plain, quick = make_things(), Camera(), Camera()
    things[0].shift(RIGHT)
    plain.capture_mobjects(things)
    with quicken_drawing():
        quick.capture_mobjects(make_things())
        quick.reset()
        quick.capture_mobjects(things)
    assert np.abs(quick.pixel_array.astype(int) - plain.pixel_array).max() <= 1


def test_only_the_pixels_that_are_drawn_on_are_multiplied_and_overlaid(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    plain = Image.alpha_composite
    monkeypatch.setattr(
        Image,
        "alpha_composite",
        lambda below, above: sizes.append(below.size[0] * below.size[1]) or plain(below, above),
    )
    dot = Dot(radius=0.3).color_using_background_image(make_image(1))
    with quicken_drawing():
        Camera().capture_mobjects([dot])
    assert 0 < sum(sizes) < 320 * 180 / 100


def test_a_space_with_shapes_coloured_by_an_image_looks_as_manim_draws_it() -> None:
    plain, quick = SpaceCamera(phi=1.1, theta=-0.6), SpaceCamera(phi=1.1, theta=-0.6)
    things = [ThreeDAxes(), Square(3, color=RED, fill_opacity=0.5).color_using_background_image(make_image(1))]
    plain.capture_mobjects(things)
    with quicken_drawing():
        quick.capture_mobjects(things)
    assert np.abs(quick.pixel_array.astype(int) - plain.pixel_array).max() <= 1


def test_a_camera_that_draws_its_own_way_keeps_it() -> None:
    class Blind(Camera):  # type: ignore[misc]
        def apply_fill(self, ctx: Any, vmobject: Any) -> Any:
            return self

    blind = Blind()
    with quicken_drawing():
        blind.capture_mobjects([Square(8, fill_opacity=1, stroke_width=0, color=RED)])
    assert not blind.pixel_array[..., :3].any()


def test_shapes_are_grouped_by_images_that_are_the_same_or_alike() -> None:
    one, alike, other = make_image(1), make_image(1), make_image(2)
    shapes = [Dot().color_using_background_image(image) for image in (one, one, alike, other, one)]
    groups = group_by_image([Dot(), *shapes, Dot()])
    assert [len(batch) for _, batch in groups] == [1, 3, 1, 1, 1]
    assert group_by_image([]) == []
