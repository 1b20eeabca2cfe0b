"""Quicker forms of how manim makes, colours, lists and places shapes give manim's shapes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from manim import (
    BLUE,
    DOWN,
    HSV,
    LEFT,
    ORIGIN,
    RED,
    RIGHT,
    TEAL,
    UP,
    YELLOW,
    Arc,
    Arrow,
    Circle,
    CurvedArrow,
    CurvedDoubleArrow,
    DashedLine,
    Dot,
    DoubleArrow,
    Line,
    ManimColor,
    Mobject,
    RegularPolygram,
    Square,
    StealthTip,
    ValueTracker,
    Vector,
    VGroup,
    VMobject,
)

from lectern.scenekit.patching import patch_defaults
from lectern.scenekit.quick_manim import copy_thing, quicken_manim
from lectern.scenekit.quick_numbers import LOOKS
from lectern.scenekit.quick_shapes import quicken_shapes

SHAPES: dict[str, Callable[[], Any]] = {
    "an arrow": lambda: Arrow(LEFT, [2, 1, 0.5], color=TEAL, buff=0.1),
    "a short arrow": lambda: Arrow(ORIGIN, [0.02, 0.01, 0], buff=0),
    "an arrow of no length": lambda: Arrow(UP, UP, buff=0),
    "an arrow of another tip": lambda: Arrow(LEFT, DOWN, tip_shape=StealthTip).scale(0.5),
    "an arrow both ways": lambda: DoubleArrow(LEFT, UP, color=RED).put_start_and_end_on(DOWN, 3 * RIGHT),
    "a curved arrow": lambda: CurvedArrow(LEFT, UP, color="#12FF0080"),
    "a curved arrow both ways": lambda: CurvedDoubleArrow(LEFT, UP),
    "an arrow turned back": lambda: Vector([1, 2, 0]).put_start_and_end_on(RIGHT, RIGHT - np.array([1, 2, 0])),
    "an arrow without its tips": lambda: VGroup(arrow := DoubleArrow(LEFT, UP), arrow.pop_tips()),
    "a dashed line": lambda: DashedLine(LEFT, UP, color=YELLOW, dash_length=0.1),
    "a line between shapes": lambda: Line(Square().shift(LEFT), Circle().shift(2 * RIGHT), buff=0.2),
    "a bent line": lambda: Line(LEFT, UP, path_arc=1.0).rotate(0.3).add_tip(),
    "a star": lambda: RegularPolygram(6, density=2, color=[RED, BLUE]).set_fill(opacity=0.4),
    "a glossy dot": lambda: Dot([1, 2, 3], color=BLUE).set_sheen(0.3, UP).set_color(RED).set_fill(opacity=None),
    "a changed look": lambda: Square().set_fill(BLUE).set_stroke(None, 3, 0.5).set_stroke(RED, 9, background=True),
    "two colours": lambda: Circle(color=[RED, BLUE]).set_fill(YELLOW, 0.2).set_opacity(0.5).set_stroke(TEAL),
    "integers moved": lambda: VMobject().set_points(np.array([[1, 2, 3]] * 4)).shift([1, 2, 3]).shift(UP, LEFT),
    "an arc": lambda: Arc(angle=2.0).flip().scale(0.5, about_point=ORIGIN).add_tip(at_start=True),
    "a part twice": lambda: VGroup(VGroup(dot := Dot(), Square()), dot).shift(RIGHT).rotate(1.0),
    "a tracker": lambda: ValueTracker(2.0).set_value(5.0),
    "made into another": lambda: VGroup(Square(), Circle()).become(VGroup(Arrow(LEFT, UP), DashedLine(), Dot())),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_manims(name: str) -> None:
    plain = SHAPES[name]()
    with quicken_manim():
        found = SHAPES[name]()
    assert len(found.get_family()) == len(plain.get_family())
    for one, other in zip(plain.get_family(), found.get_family(), strict=True):
        assert (type(one), one.points.dtype) == (type(other), other.points.dtype)
        np.testing.assert_allclose(other.points, one.points, rtol=0, atol=1e-12)
        assert vars(one).keys() == vars(other).keys()
        assert one.color == other.color
        for look in LOOKS if isinstance(one, VMobject) else ():
            assert type(getattr(one, look)) is type(getattr(other, look))
            np.testing.assert_allclose(getattr(other, look), getattr(one, look), rtol=0, atol=1e-12)


def test_shapes_are_made_with_the_values_that_manim_gives_them() -> None:
    def describe(shape: Any) -> dict[str, str]:
        return {name: repr(value) for name, value in vars(shape).items()}

    plain = [
        VMobject(),
        VMobject(background_stroke_color=RED, n_points_per_cubic_curve=3),
        Square(color=RED, z_index=2),
    ]
    expected = inspect.signature(VMobject.__init__).parameters
    with quicken_shapes():
        found = [
            VMobject(),
            VMobject(background_stroke_color=RED, n_points_per_cubic_curve=3),
            Square(color=RED, z_index=2),
        ]
        parameters = inspect.signature(VMobject.__init__).parameters
        assert VMobject.__init__ is not VMobject._original__init__
    assert [describe(each) for each in found] == [describe(each) for each in plain]
    assert [(each.name, each.default) for each in parameters.values()] == [
        (each.name, each.default) for each in expected.values()
    ]


def test_defaults_of_the_authors_are_kept() -> None:
    with patch_defaults(VMobject, stroke_width=9), quicken_shapes():
        assert VMobject().stroke_width == 9
    with quicken_shapes(), patch_defaults(VMobject, stroke_width=9):
        assert VMobject().stroke_width == 9
    assert VMobject().stroke_width == 4


def test_each_form_is_taken_and_given_back() -> None:
    names = {Mobject: ["get_family", "shift", "put_start_and_end_on"], VMobject: ["update_rgbas_array"]}
    before = {(kind, name): getattr(kind, name) for kind in names for name in names[kind]}
    parse, make = ManimColor.__dict__["parse"], ManimColor.__init__
    with quicken_shapes():
        assert all(getattr(kind, name) is not plain for (kind, name), plain in before.items())
        assert ManimColor.__dict__["parse"] is not parse
    assert {(kind, name): getattr(kind, name) for kind, name in before} == before
    assert (ManimColor.__dict__["parse"], ManimColor.__init__) == (parse, make)


@pytest.mark.parametrize("value", [RED, np.array([0.1, 0.2, 0.3]), "#112233", [1, 2, 3], None, HSV((0.5, 1.0, 1.0))])
def test_colours_made_of_others_are_manims(value: Any) -> None:
    plain = [ManimColor(value, 0.5), ManimColor.parse(value), HSV.parse(value)]
    with quicken_shapes():
        found = [ManimColor(value, 0.5), ManimColor.parse(value), HSV.parse(value)]
    for one, other in zip(plain, found, strict=True):
        assert type(one) is type(other)
        assert type(one) is list or one.to_rgba().tolist() == other.to_rgba().tolist()


def test_a_family_is_listed_as_manim_lists_it() -> None:
    dot, ring = Dot(), VGroup(Circle())
    inner = VGroup(dot, ring)
    ring.submobjects.append(inner)  # a ring of groups, which manim goes round once
    for group in (VGroup(Dot(), VGroup(Square(), VGroup())), VGroup(dot, VGroup(dot)), inner, dot):
        plain, drawn = group.get_family(), group.family_members_with_points()
        with quicken_shapes():
            assert group.get_family() == plain
            assert group.family_members_with_points() == drawn
            group.get_family().clear()
            assert group.get_family() == plain


def test_a_shape_with_its_own_family_or_colours_keeps_them() -> None:
    class Lonely(VGroup):  # type: ignore[misc]
        def _iter_family(self, active_path: Any) -> Any:
            yield self

    class Pale(Square):  # type: ignore[misc]
        def generate_rgbas_array(self, color: Any, opacity: Any) -> Any:
            return super().generate_rgbas_array(color, opacity) * 0.5

    with quicken_shapes():
        assert len(Lonely(Dot(), Dot()).get_family()) == 1
        assert len(VGroup(Lonely(Dot(), Dot()), Dot()).get_family()) == 3
        found = Pale(color=RED).set_stroke(BLUE, opacity=0.4)
    np.testing.assert_array_equal(found.stroke_rgbas, Pale(color=RED).set_stroke(BLUE, opacity=0.4).stroke_rgbas)


def test_a_copy_shares_arrays_within_itself_as_the_original_does() -> None:
    thing = Square()
    thing.corners = thing.middle = np.arange(6.0).reshape(2, 3).T
    thing.names = np.array([{"a": 1}], dtype=object)
    copy = copy_thing(thing, {})
    assert copy.corners is copy.middle is not thing.corners
    assert copy.corners.strides == thing.corners.strides
    assert copy.names[0] is not thing.names[0]
