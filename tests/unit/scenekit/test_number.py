"""A live number: it follows its value, keeps its place, and sets no text while it does."""

from __future__ import annotations

import numpy as np
import pytest
from manim import DOWN, PI, RIGHT, UP, FadeIn, SVGMobject, ValueTracker

from lectern.scenekit import Label, Number, theme
from lectern.scenekit.patching import patch_attribute


def test_it_shows_the_current_value_with_its_decimals_and_unit() -> None:
    tracker = ValueTracker(1.5)
    number = Number(lambda: tracker.get_value(), decimals=2, unit="m/s")
    assert number.text == "1.50"
    tracker.set_value(-0.126)
    number.update()
    assert number.text == "\u22120.13"
    assert len(number.family_members_with_points()) == len("-0.13") + len("m/s") + 1  # and an invisible mark


@pytest.mark.parametrize(("value", "shown"), [(-0.001, "0.0"), (float("nan"), "\u2212"), (1234.56, "1234.6")])
def test_odd_values_are_shown_plainly(value: float, shown: str) -> None:
    assert Number(value, decimals=1).text == shown


def test_following_a_value_sets_no_text() -> None:
    tracker = ValueTracker(0)
    number = Number(lambda: tracker.get_value(), decimals=3)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("text was set")

    with patch_attribute(SVGMobject, "__init__", refuse):
        for value in (1.25, -3.5, 99999.0):
            tracker.set_value(value)
            number.update()
    assert number.text == "99999.000"


def test_its_left_edge_and_width_stay_while_digits_change() -> None:
    tracker = ValueTracker(0.111)
    number = Number(lambda: tracker.get_value(), decimals=3, unit="s").move_to(2 * RIGHT)
    start = number.get_left()[0], number.width
    for value in (0.888, 4.747, 9.191):
        tracker.set_value(value)
        number.update()
        assert (number.get_left()[0], number.width) == pytest.approx(start, abs=0.08)


def test_it_keeps_the_place_size_angle_and_colour_it_was_given() -> None:
    tracker = ValueTracker(1)
    number = Number(lambda: tracker.get_value(), size=40, color=theme.good)
    number.scale(0.5).rotate(PI / 2).move_to(3 * RIGHT + UP)
    bottom = number.get_critical_point(DOWN)[1]
    tracker.set_value(238)
    number.update()
    assert number.font_size == pytest.approx(20)
    assert number.height > number.width  # it reads upwards
    assert number.get_critical_point(DOWN)[1] == pytest.approx(bottom, abs=0.05)
    visible = [part for part in number.family_members_with_points() if part.get_fill_opacity() > 0]
    assert len(visible) == 3
    assert {part.get_fill_color().to_hex() for part in visible} == {theme.good.to_hex()}


def test_it_is_as_large_as_a_label_of_the_same_size() -> None:
    assert Number(1111, size=34).height == pytest.approx(Label("1111", size=34).height, rel=0.02)
    assert np.isclose(Number(5, size=34).font_size, 34)


def test_it_can_be_faded_in_while_its_value_gets_more_digits() -> None:
    tracker = ValueTracker(9)
    number = Number(tracker.get_value, unit="m")
    entrance = FadeIn(number)
    entrance.begin()

    tracker.set_value(1234)
    entrance.update_mobjects(0.1)
    entrance.interpolate(0.5)
    entrance.finish()
    number.update()

    assert number.text == "1234"


def test_a_unit_of_several_words_keeps_the_spaces_between_them() -> None:
    together, apart = Number(5, unit="aday"), Number(5, unit="a day")
    assert apart.width > together.width + 0.15 * apart.height
