"""What is measured of a film is what a viewer would see in it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from manim import tempconfig

from lectern.media import (
    BODIES,
    find_empty,
    find_motion,
    measure_body,
    measure_ink,
    measure_lead,
    measure_stillness,
    name_shape,
)
from lectern.scenekit import frame
from lectern.scenekit.renderer import frame_shape

SIZES = {"16:9": (320, 180), "1:1": (240, 240), "9:16": (180, 320)}


def picture(aspect: str = "16:9", box: tuple[float, float, float, float] | None = None) -> npt.NDArray[np.uint8]:
    """A dark picture with a bright box (left, right, top, bottom as shares)."""
    width, height = SIZES[aspect]
    drawn = np.full((height, width), 20, dtype=np.uint8)
    if box is not None:
        left, right, top, bottom = box
        drawn[round(top * height) : round(bottom * height), round(left * width) : round(right * width)] = 200
    return drawn


def test_motion_is_what_differs_from_the_frame_before() -> None:
    here, there = picture(box=(0.1, 0.2, 0.4, 0.5)), picture(box=(0.2, 0.3, 0.4, 0.5))
    assert find_motion([here, here, there, there + np.uint8(4)]).tolist() == [False, True, False]


def test_stillness_is_counted_where_somebody_speaks() -> None:
    moving = np.array([1, 0, 0, 0, 1, 0, 0, 1, 0, 0], dtype=bool)
    still = measure_stillness(moving, 10, np.array([1] * 8 + [0] * 2, dtype=bool))
    assert still.share == pytest.approx(5 / 8)
    assert (still.longest, still.at) == pytest.approx((0.3, 0.1))


@pytest.mark.parametrize("aspect", SIZES)
def test_the_body_is_the_scene_kits(aspect: str) -> None:
    width, height = frame_shape(*(10 * side for side in SIZES[aspect]))
    with tempconfig({"frame_width": width, "frame_height": height}):
        body = frame.body
        shares = (
            0.5 + body.left / width,
            0.5 + body.right / width,
            0.5 - body.top / height,
            0.5 - body.bottom / height,
        )
    assert BODIES[aspect] == pytest.approx(shares, abs=0.005)
    assert name_shape(picture(aspect)) == aspect


def test_a_picture_is_as_large_as_what_is_drawn_in_the_body() -> None:
    left, right, top, bottom = BODIES["16:9"]
    half = (left, left + (right - left) / 2, top, bottom)
    assert measure_body(picture(box=half)) == pytest.approx((0.5, 1.0), abs=0.02)
    assert measure_body(picture(box=(0.05, 0.5, 0.02, 0.1))) == (0.0, 0.0), "a heading is not in the body"


def test_a_picture_without_anything_in_it_is_empty() -> None:
    assert find_empty([picture(), picture(box=(0.4, 0.6, 0.4, 0.6))]).tolist() == [True, False]
    assert measure_ink(picture(box=(0.25, 0.75, 0.4, 0.6))) == pytest.approx((0.5, 0.2), abs=0.02)


def test_motion_leads_or_follows_its_word() -> None:
    moving = np.zeros(60, dtype=bool)
    moving[28:50] = True  # it is seen in frame 29, at 1.93 s
    assert measure_lead(moving, 15, 2.05) == pytest.approx(-0.117, abs=0.01)
    assert measure_lead(moving, 15, 1.6) == pytest.approx(0.333, abs=0.01)
    assert measure_lead(moving, 15, 3.0) is None, "it was moving already"
