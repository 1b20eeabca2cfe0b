"""Stretches of the film that stand still, are empty or small, with the words that are spoken meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.scenekit.checks.scene_findings import find_all, list_rules
from unit.scenekit.job_folders import job_folder

from lectern.scenekit.job import run

LARGE = "self.play(Create(Square(5)))"
WORDS = "one two three four five six seven eight nine ten eleven twelve"


def test_a_picture_that_stands_still_is_found_with_its_time_and_words(tmp_path: Path) -> None:
    (found,) = find_all(tmp_path / "job", LARGE, seconds=6.0, text=WORDS)
    assert (found["rule"], found["level"], found["time"]) == ("nothing-moves", "warning", 1.0)
    assert "for 5.0 s, from 1.0 to 6.0 s" in found["message"]
    assert '"three four five six seven eight nine ten eleven twelve"' in found["message"]


@pytest.mark.parametrize("body", ["self.wait(1)", "self.add(Square(5))"])
def test_a_beat_in_which_nothing_moves_is_found(tmp_path: Path, body: str) -> None:
    assert ("nothing-moves", "warning") in list_rules(tmp_path / "job", body, seconds=6)


@pytest.mark.parametrize(
    "body",
    [
        LARGE + "; self.at('six'); self.play(Rotate(self.mobjects[0], 1))",
        "s = Square(5); s.add_updater(lambda m, dt: m.rotate(dt)); self.add(s); self.play(FadeIn(s))",
        "self.play(Create(Square(5)), run_time=6)",
    ],
)
def test_a_picture_that_moves_soon_enough_is_right(tmp_path: Path, body: str) -> None:
    assert list_rules(tmp_path / "job", body, seconds=4.4, text=WORDS) == []


def test_the_longest_stretches_are_reported_and_not_all(tmp_path: Path) -> None:
    body = LARGE + "\n" + "\n".join("self.wait(3); self.play(Rotate(self.mobjects[0], 1))" for _ in range(6))
    found = find_all(tmp_path / "job", body, seconds=30)
    assert [each["rule"] for each in found] == ["nothing-moves"] * 3
    times = [each["time"] for each in found]
    assert times == sorted(times)


def test_an_empty_picture_is_a_gap_and_for_long_a_fault(tmp_path: Path) -> None:
    gap = LARGE + "\nself.play(FadeOut(*self.mobjects))\nself.wait({})\n" + LARGE
    assert list_rules(tmp_path / "a", gap.format(0.5), seconds=3.5) == []
    assert list_rules(tmp_path / "b", gap.format(1.5), seconds=4.5) == [("empty-picture", "warning")]
    assert ("empty-picture", "error") in list_rules(tmp_path / "c", gap.format(4), seconds=7)


def test_a_thing_that_is_added_without_an_animation_is_seen(tmp_path: Path) -> None:
    body = "self.add(Square(5)); self.at('six'); self.play(Rotate(self.mobjects[0], 1))"
    assert list_rules(tmp_path / "job", body, seconds=4.4, text=WORDS) == []


def test_a_picture_is_small_only_if_it_is_so_in_both_directions_and_for_long(tmp_path: Path) -> None:
    small, long = (f"self.play(Create({each}), run_time=4)" for each in ("Square(2)", "Line(4 * LEFT, 4 * RIGHT)"))
    assert list_rules(tmp_path / "a", small, seconds=4) == [("small-picture", "warning")]
    assert list_rules(tmp_path / "b", long, seconds=4) == []
    assert list_rules(tmp_path / "c", small.replace("4)", "2)"), seconds=2) == []


def test_a_title_alone_is_no_picture(tmp_path: Path) -> None:
    assert list_rules(tmp_path / "job", "self.play(Title('Only a title').reveal(), run_time=4)", seconds=4) == [
        ("small-picture", "warning")
    ]


def test_what_the_camera_comes_close_to_is_large(tmp_path: Path) -> None:
    code = """
        from lectern.scenekit import *

        class Close(NarratedMovingCameraScene):
            def construct(self):
                with self.beat():
                    self.camera.frame.scale(0.3)
                    self.play(Create(Square(2)), run_time=4)
    """
    result = run(job_folder(tmp_path / "job", code, beats=[(4.0, "one")], mode="measure"))
    assert result["findings"] == []


def test_a_picture_that_leaves_one_side_empty_is_reported(tmp_path: Path) -> None:
    aside = "self.play(Rotate(Square(4.5).shift(4 * RIGHT), PI), run_time=5)"
    both = "self.add(Square(3).shift(4 * LEFT)); " + aside
    crossing = (
        "thing = Square(4.5).shift(4 * RIGHT); self.play(FadeIn(thing)); "
        "self.play(thing.animate.shift(8 * LEFT), run_time=4.5)"
    )
    assert list_rules(tmp_path / "a", aside, seconds=5) == [("lopsided-picture", "warning")]
    assert list_rules(tmp_path / "b", both, seconds=5) == []
    assert list_rules(tmp_path / "c", crossing, seconds=5) == []
    assert list_rules(tmp_path / "d", aside.replace("=5", "=3"), seconds=3) == []


def test_a_picture_at_the_foot_of_an_upright_frame_is_reported(tmp_path: Path) -> None:
    low = "Rectangle(width=frame.body.width, height=0.4 * frame.body.height).move_to(frame.body.at(0.5, 0.25))"
    body = f"self.play(Indicate({low}), run_time=5)"
    code = f"class Film(NarratedScene):\n    def construct(self):\n        with self.beat():\n            {body}\n"
    folder = job_folder(tmp_path / "job", code, beats=[(5.0, "one")], mode="measure", size=(144, 256))
    assert [each["rule"] for each in run(folder)["findings"]] == ["lopsided-picture"]
