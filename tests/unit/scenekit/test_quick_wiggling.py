"""Things wiggle as manim lets them wiggle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from manim import DOWN, LEFT, RIGHT, UP, Circle, Dot, Square, Text, ValueTracker, VGroup, VMobject, Wiggle

from lectern.scenekit.quick_wiggling import quicken_wiggling

pytestmark = pytest.mark.usefixtures("media_folder")


class Askew(Square):
    """A shape whose middle is its own affair."""

    def get_center(self) -> Any:
        return super().get_center() + 2 * RIGHT


class Bare(Square):
    """A shape that has no anchor but its first."""

    def get_anchors(self) -> Any:
        return super().get_anchors()[:1]


def _nest() -> Any:
    return VGroup(Circle().add(Dot(3 * UP)), VGroup(Square().shift(LEFT), VGroup()))


WIGGLES: dict[str, Callable[[], Wiggle]] = {
    "a text": lambda: Wiggle(Text("wave")),
    "nested parts, one after another": lambda: Wiggle(_nest(), lag_ratio=0.3, scale_value=1.6, rotation_angle=0.5),
    "about a point": lambda: Wiggle(_nest(), scale_about_point=3 * DOWN),
    "turned about a point": lambda: Wiggle(_nest(), rotate_about_point=3 * DOWN),
    "its own middle": lambda: Wiggle(Askew()),
    "a part with its own anchors": lambda: Wiggle(VGroup(Circle(), Bare().shift(2 * RIGHT))),
    "a point": lambda: Wiggle(ValueTracker(2.0)),
    "nothing": lambda: Wiggle(VGroup()),
}


def move(make: Callable[[], Wiggle]) -> Any:
    wiggling = make()
    wiggling.begin()
    found = []
    for alpha in (0.0, 0.13, 0.5, 0.81, 1.0):
        wiggling.interpolate(alpha)
        found += [part.points.copy() for part in wiggling.mobject.get_family()]
    return np.concatenate(found)


@pytest.mark.parametrize("make", WIGGLES.values(), ids=WIGGLES.keys())
def test_each_part_is_where_manim_puts_it(make: Callable[[], Wiggle]) -> None:
    expected = move(make)
    with quicken_wiggling():
        np.testing.assert_array_equal(move(make), expected)


def test_the_whole_is_not_measured_for_each_part(monkeypatch: pytest.MonkeyPatch) -> None:
    wiggling = Wiggle(VGroup(*(Dot(number * RIGHT) for number in range(20))))
    wiggling.begin()
    asked = []
    plain = VMobject.get_points_defining_boundary
    monkeypatch.setattr(
        VMobject, "get_points_defining_boundary", lambda self: asked.append(len(self.submobjects)) or plain(self)
    )
    with quicken_wiggling():
        wiggling.interpolate(0.3)
    assert asked == []
