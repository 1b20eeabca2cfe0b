"""The theme as scene code reads it."""

from __future__ import annotations

import pytest
from manim import Circle, ManimColor

from lectern.scenekit.labels import Label
from lectern.scenekit.style import theme, use_theme


def test_a_fill_has_two_tones_and_is_a_colour_for_manim() -> None:
    sun = theme.fill.sun
    circle = Circle(fill_color=sun, stroke_color=sun.shade)
    assert circle.get_fill_color() == ManimColor("#FFCE3D")
    assert circle.get_stroke_color() == sun.shade != circle.get_fill_color()


def test_a_sun_is_never_brown() -> None:
    tones = set()
    for name in ("midnight", "paper", "chalkboard", "contrast"):
        with use_theme(name):
            tones.add(theme.fill.sun.to_hex())
    assert tones == {"#FFCE3D"}


def test_chinese_characters_have_the_shapes_of_the_films_language() -> None:
    shapes = {}
    for script in ("Hans", "Hant", "Jpan"):
        with use_theme("midnight", script=script):
            shapes[script] = Label("\u76f4\u9aa8").get_all_points().round(3).tobytes()
    assert len(set(shapes.values())) == 3


def test_a_brands_font_comes_before_that_of_chinese_characters() -> None:
    with use_theme("midnight", font="Liberation Serif", script="Hant"):
        assert theme.font == "Liberation Serif, Noto Sans CJK TC"


def test_an_unknown_fill_is_refused_with_a_near_one() -> None:
    with pytest.raises(AttributeError, match="did you mean water"):
        theme.fill.watre  # noqa: B018


def test_lines_have_three_weights() -> None:
    assert theme.line.bold > theme.line.normal > theme.line.fine


@pytest.mark.parametrize(
    ("name", "dark"),
    [("midnight", True), ("dark", True), ("chalkboard", True), ("contrast", True), ("paper", False), ("light", False)],
)
def test_a_theme_knows_whether_it_is_dark(name: str, dark: bool) -> None:
    with use_theme(name):
        assert theme.dark is dark
