"""Formulas turn into others part by part, take numbers in, and light up as they are spoken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from manim import DOWN, MathTypst
from unit.scenekit.forked_jobs import run_in_fork
from unit.scenekit.job_folders import job_folder

from lectern.scenekit import Equation, Label, theme
from lectern.scenekit.equation import FORMULA_SCALE
from lectern.scenekit.following import Following, SpokenCue
from lectern.scenekit.formula_shapes import BAR, EM, WEIGHT


def play(animation: object) -> None:
    animation.begin()  # type: ignore[attr-defined]
    animation.interpolate(0.5)  # type: ignore[attr-defined]
    animation.finish()  # type: ignore[attr-defined]


def test_bars_are_as_thick_as_letters_are_heavy_and_scale_with_the_formula() -> None:
    formula = Equation("a / b", size=40)
    bar = min(formula.family_members_with_points(), key=lambda part: part.height)
    thickness = (BAR + 2 * WEIGHT) * EM * formula[0].font_size
    assert bar.height == pytest.approx(thickness, rel=0.02)
    assert bar.get_stroke_width() == 0
    formula.scale(2)
    assert bar.height == pytest.approx(2 * thickness, rel=0.02)


def test_letters_are_heavier_on_both_sides_of_their_stems() -> None:
    formula = Equation("o", size=40)
    plain = MathTypst("o", font_size=40 * FORMULA_SCALE)
    own, other = (each.family_members_with_points()[0] for each in (formula, plain))
    by = WEIGHT * EM * 40 * FORMULA_SCALE
    assert own.width - other.width == pytest.approx(2 * by, rel=0.2)
    outer, inner = own.get_subpaths()
    outer_before, inner_before = other.get_subpaths()
    assert np.ptp(inner, axis=0)[0] < np.ptp(inner_before, axis=0)[0] < np.ptp(outer_before, axis=0)[0]
    assert np.ptp(outer, axis=0)[0] > np.ptp(outer_before, axis=0)[0]


def test_what_both_formulas_have_moves_and_the_rest_goes_and_comes() -> None:
    formula = Equation("a + b = c", colors={"a": theme.primary})
    letters = [part.points.copy() for part in formula.part("b")]
    morph = formula.morph("c - b = a")
    morph.begin()
    assert any(np.allclose(start, letters[0]) for _, start, _ in morph.moves)
    assert len(morph.coming) == 1, "the minus sign"
    assert len(morph.going) == 1, "the plus sign"
    morph.finish()
    assert formula.sources == ("c - b = a",)
    assert formula.part("a")[0].get_fill_color() == theme.primary
    assert len(formula.family_members_with_points()) == 5


def test_a_number_flies_in_from_its_label_and_keeps_the_letters_colour() -> None:
    formula = Equation("a^2 + b^2", colors={"a": theme.good})
    three = Label("3 cm").move_to(3 * DOWN)
    filling = formula.fill("a", three, "b", 4)
    filling.begin()
    start = next(start for glyph, start, _ in filling.moves if id(glyph) in filling.origins)
    assert np.linalg.norm(start.mean(axis=0) - three.get_center()) < 0.5
    filling.finish()
    assert formula.sources == ("3^2 + 4^2",)
    assert formula.part("3")[0].get_fill_color() == theme.good


def test_a_part_that_is_not_there_cannot_be_filled() -> None:
    with pytest.raises(KeyError, match="no formula contains 'x'"):
        Equation("a + b").fill("x", 3)


def test_cues_are_played_in_the_order_they_are_spoken_and_once() -> None:
    cues = [
        SpokenCue(phrases=("a squared", "a"), play=str),
        SpokenCue(phrases=("b",), play=str),
        SpokenCue(phrases=("z",), play=str),
    ]
    words = ["now", "b", "and", "a", "squared", "and", "b"]
    assert [phrase for phrase, _ in Following(cues).find_spoken(words)] == ["b", "a squared"]


SCENE = """
    class Spoken(NarratedScene):
        def construct(self):
            formula = Equation("a^2 + b^2 = c^2", size=80)
            self.add(formula)
            with self.beat():
                self.play(formula.follow())
                self.at("again")
"""


def test_parts_light_up_on_their_words(tmp_path: Path) -> None:
    beats = [(6.0, "a squared plus b squared equals c squared again")]
    result = run_in_fork(job_folder(tmp_path, SCENE, beats=beats, mode="measure"))
    assert result["ok"], result["error"]
    assert [each for each in result["findings"] if each["rule"] == "word-missing"] == []
    assert result["beats"][0]["measured"] == pytest.approx(5.0), "five parts, a second each"
