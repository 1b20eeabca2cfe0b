"""Places with names: each shape of frame has its own arrangement of the same places."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from manim import Line, Square, tempconfig

from lectern.scenekit.layout import Area, frame
from lectern.scenekit.stage import Stage, fill

SHAPES = {"16:9": (128 / 9, 8.0), "1:1": (8.0, 8.0), "9:16": (8.0, 128 / 9)}


@contextmanager
def shaped(aspect: str, tmp_path: Path) -> Iterator[None]:
    width, height = SHAPES[aspect]
    with tempconfig({"frame_width": width, "frame_height": height, "media_dir": str(tmp_path)}):
        yield


def is_left_of(one: Area, other: Area) -> bool:
    return one.right < other.left and one.top == other.top and one.bottom == other.bottom


def is_above(one: Area, other: Area) -> bool:
    return one.bottom > other.top and one.left == other.left and one.right == other.right


def test_places_lie_side_by_side_in_a_wide_frame_and_below_each_other_in_a_tall_one(tmp_path: Path) -> None:
    with shaped("16:9", tmp_path):
        wide = Stage(wide="left right", tall="top bottom")
        assert is_left_of(wide["left"], wide["right"])
        assert not wide.tall
    with shaped("9:16", tmp_path):
        tall = Stage(wide="left right", tall="top bottom")
        assert is_above(tall["left"], tall["right"])
        assert tall.tall


def test_both_lists_name_the_same_places(tmp_path: Path) -> None:
    for aspect in SHAPES:
        with shaped(aspect, tmp_path):
            stage = Stage(wide="left right", tall="top bottom")
            assert stage["top"] is stage["left"]
            assert stage["bottom"] is stage["right"]


def test_a_square_takes_the_arrangement_whose_places_are_less_narrow(tmp_path: Path) -> None:
    with shaped("1:1", tmp_path):
        assert is_left_of(*Stage(wide="a b"))
        assert Stage(wide="a b c d e f", heading=False).tall


def test_places_share_the_body_by_weight_with_a_gap_between(tmp_path: Path) -> None:
    with shaped("16:9", tmp_path):
        stage = Stage(wide="left:2 right", gap=0.6)
        left, right = stage
        assert left.width == pytest.approx(2 * right.width)
        assert (left.left, right.right) == pytest.approx((frame.body.left, frame.body.right))
        assert right.left - left.right == pytest.approx(0.6)


def test_without_a_heading_the_places_take_its_room(tmp_path: Path) -> None:
    with shaped("16:9", tmp_path):
        assert Stage(wide="left right")["left"].top == frame.body.top
        assert Stage(wide="left right", heading=False)["left"].top == frame.safe.top


def test_an_unknown_place_is_refused_with_a_similar_one(tmp_path: Path) -> None:
    with shaped("16:9", tmp_path), pytest.raises(KeyError, match="did you mean 'right'"):
        Stage(wide="left right")["rigth"]


@pytest.mark.parametrize(
    ("wide", "tall", "says"),
    [
        ("left right", "top", "equally long"),
        ("left:x right", "", "no place"),
        ("left:0 right", "", "no place"),
        (":2 right", "", "no place"),
        ("left left", "", "named twice"),
        ("", "", "needs places"),
    ],
)
def test_places_that_make_no_sense_are_refused(wide: str, tall: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Stage(wide=wide, tall=tall)


@pytest.mark.parametrize("side", [0.3, 30.0])
def test_a_thing_is_enlarged_or_shrunk_to_its_place_and_its_lines_stay(side: float, tmp_path: Path) -> None:
    with shaped("16:9", tmp_path):
        area = Stage(wide="left right")["right"]
        thing = fill(Square(side, stroke_width=5), area)
        assert thing.height == pytest.approx(min(area.width, area.height))
        assert np.allclose(thing.get_center(), area.center)
        assert thing.stroke_width == 5


def test_a_thing_without_height_fills_the_width(tmp_path: Path) -> None:
    with shaped("16:9", tmp_path):
        line = fill(Line(), share=0.5)
        assert line.width == pytest.approx(frame.body.width / 2)


def test_a_point_of_an_area_is_given_by_shares() -> None:
    area = Area(left=-2, right=2, bottom=0, top=3)
    assert list(area.at(0.5, 1)) == [0, 3, 0]
