"""What preflight foretells of a render, and how it names the line that costs most."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from unit.scenekit.job_folders import job_folder

from lectern.scenekit.frame_costs import PlayCost, count_frames
from lectern.scenekit.job import run
from lectern.scenekit.timing import BeatPlan, build_timetable

BEATS = [(4.0, "One two three four five six seven eight.")]
SCENE = """
class Mine(NarratedScene):
    def construct(self):
        value = ValueTracker(0)
        with self.beat():
            {body}
"""
LABEL_ANEW = """self.add(Square())
            self.add(always_redraw(
                lambda: Label(f"{value.get_value():.3f}")
            ))
            self.play(value.animate.set_value(9), run_time=4)"""
MANY_DOTS = """dots = VGroup(*(Dot([x / 10 - 5, y / 10 - 3, 0]) for x in range(50) for y in range(20)))
            self.play(dots.animate.shift(RIGHT), run_time=4)"""
CHEAP = """self.play(Create(Square()), run_time=2)"""


def foretell(folder: Path, body: str, **settings: Any) -> dict[str, Any]:
    result = run(job_folder(folder, SCENE.format(body=body), beats=BEATS, mode="measure", **settings))
    assert result["ok"], result["error"]
    return result


def find_dear(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for finding in result["findings"] if finding["rule"] == "too-dear"]


@pytest.mark.slow
def test_a_scene_that_sets_text_anew_in_every_frame_is_told_in_which_line(tmp_path: Path) -> None:
    (finding,) = find_dear(foretell(tmp_path, LABEL_ANEW, allowed_seconds=0.05))
    assert finding["level"] == "error"
    assert finding["line"] == 7
    assert 'line 7 (`lambda: Label(f"{value.get_value():.3f}")`)' in finding["message"]
    assert "set text anew only when it changes" in finding["message"]


@pytest.mark.slow
def test_a_scene_with_thousands_of_moving_points_is_told_which_animation_is_too_dear(tmp_path: Path) -> None:
    (finding,) = find_dear(foretell(tmp_path, MANY_DOTS, allowed_seconds=1.0))
    assert finding["line"] == 6
    assert "animate fewer and simpler things at once" in finding["message"]


@pytest.mark.slow
def test_a_scene_within_its_computing_has_no_finding_but_a_forecast(tmp_path: Path) -> None:
    result = foretell(tmp_path, CHEAP, allowed_seconds=60.0)
    assert find_dear(result) == []
    assert 0 < result["render_seconds"] < 60


@pytest.mark.slow
def test_the_forecast_grows_with_the_frames_that_are_drawn(tmp_path: Path) -> None:
    few = foretell(tmp_path / "few", MANY_DOTS, fps=15, allowed_seconds=1.0)["render_seconds"]
    many = foretell(tmp_path / "many", MANY_DOTS, fps=60, allowed_seconds=1.0)["render_seconds"]
    assert many > 2 * few


@pytest.mark.slow
def test_a_render_foretells_nothing_and_draws_the_same_pictures(tmp_path: Path) -> None:
    folders = [
        job_folder(tmp_path / name, SCENE.format(body=LABEL_ANEW), beats=BEATS, allowed_seconds=seconds)
        for name, seconds in [("with", 0.05), ("without", None)]
    ]
    for folder in folders:
        assert find_dear(run(folder)) == []
        assert json.loads((folder / "result.json").read_text())["render_seconds"] == 0
    first, second = [(folder / "footage.mp4").read_bytes() for folder in folders]
    assert first == second


def _play(**changes: Any) -> PlayCost:
    play: dict[str, Any] = {"beat": 0, "run": 0, "seconds": 1.0, "per_frame": 0.1, "line": 1}
    return PlayCost(**(play | {"redrawn": False, "lasting": False} | changes))


def test_frames_are_counted_as_planned_and_the_rest_of_a_beat_goes_to_what_moves_by_itself() -> None:
    table = build_timetable(fps=10, seconds=6.0, beats=[(0, 2), (2, 6)])
    plans = [
        BeatPlan(starts=(0.0,), ratios=(0.5,), overrun=False),
        BeatPlan(starts=(0.0, 2.0), ratios=(1.0, 0.8), overrun=False),
    ]
    plays = [_play(seconds=4.0), _play(beat=1), _play(beat=1, run=1, lasting=True)]
    assert count_frames(plays, plans, table) == [20, 10, 30]
