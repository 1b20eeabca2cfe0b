"""A listing lights its lines on the words that are spoken, and shows variables."""

from __future__ import annotations

from pathlib import Path

import pytest
from manim import Scene, tempconfig
from unit.scenekit.forked_jobs import run_in_fork
from unit.scenekit.job_folders import job_folder
from unit.scenekit.playing import play

from lectern.scenekit.code_listing import CodeListing
from lectern.scenekit.contrast import contrast_ratios, to_rgb
from lectern.scenekit.style import theme, use_theme

SCENE = """
from lectern.scenekit import *

class Walk(NarratedScene):
    def construct(self):
        code = CodeListing("low = 0\\nhigh = 9\\nreturn low")
        self.add(code)
        with self.beat():
            self.play(code.variables(low=0), code.follow())
        with self.beat():
            self.play(code.follow({"seven": 2}), code.variables(low=7))
"""


def test_lines_light_on_their_words(tmp_path: Path) -> None:
    beats = [(4.0, "Then it sets high and later it will return it"), (2.0, "and seven")]
    result = run_in_fork(job_folder(tmp_path / "job", SCENE, beats=beats, mode="measure"))
    assert result["ok"], result["error"]
    measured = [beat["measured"] for beat in result["beats"]]
    assert measured[0] >= 0.8 + 2 * 0.6, "the variables, then two lines"
    assert measured[1] >= 0.6 + 0.6
    assert not [each for each in result["findings"] if each["rule"] == "word-missing"]


@pytest.mark.parametrize("name", ["midnight", "paper", "chalkboard", "contrast"])
def test_lines_that_are_not_spoken_of_are_quiet_and_readable(name: str, tmp_path: Path) -> None:
    with tempconfig({"media_dir": str(tmp_path)}), use_theme(name):
        code = CodeListing("def double(x):\n    return x * 2", language="python")
        own = [letter.get_fill_color() for letter in code.line(2).family_members_with_points()]
        play(Scene(), code.highlight(1))
        inks = {str(letter.get_fill_color()) for letter in code.line(2)[-1].family_members_with_points()}
        assert len(inks) == 1
        assert contrast_ratios(to_rgb(inks.pop()), to_rgb(theme.surface)) >= 4.5
        play(Scene(), code.highlight(2))
        assert [letter.get_fill_color() for letter in code.line(2).family_members_with_points()] == own
