"""Quicker forms of manim's functions find what manim's own find."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from manim import (
    DOWN,
    LEFT,
    ORIGIN,
    OUT,
    RIGHT,
    UP,
    Arrow,
    Axes,
    Circle,
    CubicBezier,
    Dot,
    MarkupText,
    Mobject,
    Square,
    SVGMobject,
    Text,
    ValueTracker,
    VGroup,
    VMobject,
)
from PIL import Image

from lectern.scenekit.quick_manim import quicken_manim, takes_dt

pytestmark = pytest.mark.usefixtures("media_folder")


class Offset(Square):
    """A shape whose anchors are its own affair."""

    def get_anchors(self) -> Any:
        return [point + 3 * RIGHT for point in super().get_anchors()]


SHAPES: dict[str, Callable[[], Any]] = {
    "a letter": lambda: Text("g"),
    "a group": lambda: VGroup(Circle(), Arrow(LEFT, UP), VGroup(), Dot([2, 3, -1])),
    "axes": Axes,
    "nothing": VMobject,
    "a point": lambda: ValueTracker(3.0),
    "its own anchors": Offset,
    "a group with its own anchors": lambda: VGroup(Circle(), Offset()),
    "in space": lambda: CubicBezier(ORIGIN, UP + OUT, RIGHT + 2 * OUT, DOWN),
}


def measure(shape: Any) -> list[Any]:
    """Measure a shape in the ways that are quickened."""
    found = [shape.get_critical_point(way) for way in (ORIGIN, UP, DOWN + LEFT, OUT + RIGHT)]
    found.append(shape.get_points_defining_boundary())
    if isinstance(shape, VMobject) and len(shape.points):
        found += [shape.point_from_proportion(share) for share in (0, 0.1, 0.77, 1)]
        found.append(np.array([length for _, length in shape.get_curve_functions_with_lengths()]))
        found.append(np.array([length for _, length in shape.get_curve_functions_with_lengths(sample_points=4)]))
    return found


@pytest.mark.parametrize("name", SHAPES)
def test_places_and_lengths_are_manims(name: str) -> None:
    shape = SHAPES[name]()
    expected = measure(shape)
    with quicken_manim():
        found = measure(shape)
    for one, other in zip(expected, found, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(other, one, rtol=0, atol=1e-13)
    after = measure(shape)
    assert all(np.array_equal(one, other) for one, other in zip(expected, after, strict=True))


class Follower:
    """An updater that is an object."""

    def __call__(self, thing: Mobject, dt: float) -> None:
        """Do nothing."""

    def follow(self, thing: Mobject) -> None:
        """Do nothing."""


def _with_dt(thing: Mobject, dt: float) -> None: ...


def _with_a_local(thing: Mobject) -> None:
    dt = 1
    del dt


def _keyword(thing: Mobject, *, dt: float = 0) -> None: ...


def _many(thing: Mobject, *dt: float) -> None: ...


@functools.wraps(_with_dt)
def _wrapped(*args: Any) -> None: ...


@pytest.mark.parametrize(
    "updater",
    [
        _with_dt,
        _with_a_local,
        _keyword,
        _many,
        _wrapped,
        lambda thing: thing,
        lambda thing, dt: dt,
        lambda thing, **dt: dt,
        Follower(),
        Follower().follow,
        functools.partial(_with_dt, dt=2),
    ],
)
def test_a_function_that_takes_time_is_told_from_one_that_does_not(updater: Callable[..., Any]) -> None:
    assert takes_dt(updater) == ("dt" in inspect.signature(updater).parameters)


def test_updaters_are_called_as_manim_calls_them() -> None:
    calls: list[Any] = []
    inner, outer = Square(), VGroup()
    outer.add(inner)
    outer.add_updater(lambda thing: calls.append(thing))
    inner.add_updater(lambda thing, dt: calls.append(dt))
    with quicken_manim():
        outer.update(0.5)
        inner.suspend_updating()
        outer.update(0.25)
    assert calls == [outer, 0.5, outer]


def test_a_copy_shares_what_nobody_changes_and_nothing_else() -> None:
    with quicken_manim():
        letter = Text("g")[0]
        copy = letter.copy()
        assert copy.path_obj is letter.path_obj
        copy.shift(UP).set_fill("#FF0000")
    assert copy.get_fill_color() != letter.get_fill_color()
    assert not np.array_equal(copy.points, letter.points)
    assert letter.copy().path_obj is not letter.path_obj


def test_a_copy_is_coloured_by_the_same_image_and_not_by_a_copy_of_it() -> None:
    image = Image.new("RGBA", (3, 2), "red")
    shape = Square().color_using_background_image(image)
    with quicken_manim():
        assert shape.copy().get_background_image() is image
    assert shape.copy().get_background_image() is not image


def test_a_copy_has_parts_and_values_of_its_own() -> None:
    group = VGroup(Circle(), Square())
    group.both = [group[0], group[1]]
    plain = group.copy()
    with quicken_manim():
        copy = group.copy()
    assert copy.both[0] is copy[0]
    assert copy[0] is not group[0]
    assert copy.original_id == plain.original_id == str(id(group))
    assert {name: type(value) for name, value in vars(copy[0]).items()} == {
        name: type(value) for name, value in vars(plain[0]).items()
    }
    copy[0].points += 1
    assert np.array_equal(group[0].points, plain[0].points)


def test_a_copy_keeps_what_is_the_same_the_same_within_lists_and_tables() -> None:
    group = VGroup(Circle())
    group.found = {"one": group[0], "all": [group[0], {"deep": group}]}
    group.found["self"] = group.found
    with quicken_manim():
        copy = group.copy()
    assert copy.found["one"] is copy[0] is copy.found["all"][0]
    assert copy.found["all"][1]["deep"] is copy
    assert copy.found["self"] is copy.found
    assert copy.found is not group.found


@pytest.mark.parametrize("make", [lambda: Text("a line\nand i"), lambda: MarkupText("<b>bold</b> one")])
def test_a_text_set_again_has_letters_of_its_own_that_are_the_same(make: Callable[[], Any]) -> None:
    plain = make()
    with quicken_manim():
        first = make()
        first.set_color("#FF0000").shift(UP)
        second, third = make(), make().set_color("#00FF00")
    for one, other in zip(plain, second, strict=True):
        np.testing.assert_array_equal(one.points, other.points)
        assert one.get_fill_color() == other.get_fill_color()
    assert second.id_to_vgroup_dict.keys() == plain.id_to_vgroup_dict.keys()
    assert {id(letter) for letter in second}.isdisjoint(id(letter) for letter in [*first, *third])


def test_a_text_that_is_set_again_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []
    plain = SVGMobject.get_mobjects_from

    def get_mobjects_from(self: Any, svg: Any) -> Any:
        read.append(svg)
        return plain(self, svg)

    monkeypatch.setattr(SVGMobject, "get_mobjects_from", get_mobjects_from)
    with quicken_manim():
        for text in ("one", "one", "two", "one"):
            Text(text)
    assert len(read) == 2
