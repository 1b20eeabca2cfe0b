"""A cast, and things that cross cuts: one scene's last frame is the next one's first."""

from __future__ import annotations

import itertools
import textwrap
from pathlib import Path

import numpy as np
import pytest
from unit.scenekit.filmed_jobs import film
from unit.scenekit.forked_jobs import run_in_fork
from unit.scenekit.job_folders import frames_of, job_folder

CAST = """
    WHEEL = 0.3

    def car():
        body = VGroup(Rectangle(width=2, height=1, fill_opacity=1, color=theme.primary))
        wheels = VGroup(*(Circle(WHEEL, color=theme.accent, fill_opacity=1).shift(x * RIGHT) for x in (-1, 1)))
        return VGroup(body, wheels)
"""
FIRST = """
    class First(NarratedScene):
        def construct(self):
            c = car()
            note = Label("a car").to_edge(UP)
            dots = VGroup(*(Dot(np.random.uniform(-3, 3, 3)) for _ in range(5)))
            with self.beat():
                self.play(FadeIn(c), FadeIn(note))
                c.speed = 7
            with self.beat():
                self.at("drives")
                self.play(c.animate.shift(2 * RIGHT).rotate(0.3), Create(dots))
            self.carry(car=c, dots=dots)
"""
SECOND = """
    class Second(NarratedScene):
        def construct(self):
            c, dots = self.carried("car", "dots")
            assert c.speed == 7
            with self.beat():
                self.at("stops")
                self.play(c.animate.shift(4 * LEFT), FadeOut(dots))
            self.carry(car=c)
"""
THIRD = """
    class Third(NarratedScene):
        def construct(self):
            c = self.carried("car")
            with self.beat():
                self.play(c.animate.scale(2))
"""
BEATS = {
    FIRST: [(1.4, "a car here"), (1.8, "now it drives away")],
    SECOND: [(2.0, "then it suddenly stops there")],
    THIRD: [(1.5, "and it grows")],
}


def carrying_folder(folder: Path, code: str, *before: str, cast: str = CAST, **more: object) -> Path:
    """A job folder with a cast and the scenes before, whose code decides the seed."""
    beats = more.pop("beats", None) or BEATS.get(code) or [(1.5, "one")]
    made = job_folder(folder, code, beats=beats, seed=None, **more)  # type: ignore[arg-type]
    (made / "cast.py").write_text(textwrap.dedent(cast).lstrip("\n"))
    (made / "before").mkdir()
    for number, each in enumerate(before, 1):
        (made / f"before/{number}.py").write_text(textwrap.dedent(each).lstrip("\n"))
    return made


def test_the_last_frame_of_a_scene_is_the_first_of_the_next_along_a_chain(tmp_path: Path) -> None:
    first = film(carrying_folder(tmp_path / "1", FIRST))
    second = film(carrying_folder(tmp_path / "2", SECOND, FIRST))
    third = film(carrying_folder(tmp_path / "3", THIRD, FIRST, SECOND))
    assert first.result["findings"] == second.result["findings"] == third.result["findings"] == []
    assert first.last.std() > 5
    assert np.array_equal(first.last, second.first)
    assert np.array_equal(second.last, third.first)
    assert not np.array_equal(first.last, second.last)


def test_what_is_not_carried_leaves_after_the_last_word_and_what_it_covered_stays_in_place(tmp_path: Path) -> None:
    code = """
        class Leaving(NarratedScene):
            def construct(self):
                back = Square(side_length=3, fill_opacity=1, color=BLUE)
                lid = Square(side_length=1, fill_opacity=1, color=RED)
                front = Circle(radius=0.3, fill_opacity=1, color=GREEN)
                self.add(VGroup(back, lid), front)
                with self.beat():
                    self.wait(1)
                self.carry(back=back, front=front)
    """
    filmed = film(carrying_folder(tmp_path / "1", code, beats=[(2.0, "one two")]))
    middle = (72, 128)
    assert tuple(filmed.first[72, 136][:3]) == (252, 98, 85)
    assert tuple(filmed.last[72, 136][:3]) == (88, 196, 221)
    assert np.array_equal(filmed.first[middle], filmed.last[middle])
    means = [picture[60:84, 120:136].mean() for picture in frames_of(tmp_path / "1/footage.mp4")]
    leaving = [index for index in range(1, 30) if abs(means[index] - means[index - 1]) > 1]
    assert leaving[0] >= 20
    assert leaving[-1] <= 29


def test_a_scene_that_carries_nothing_keeps_its_picture_to_the_end(tmp_path: Path) -> None:
    code = FIRST.replace("self.carry(car=c, dots=dots)", "")
    filmed = film(carrying_folder(tmp_path / "1", code, beats=BEATS[FIRST]))
    carried = film(carrying_folder(tmp_path / "2", FIRST))
    assert filmed.last[:30, :, :3].max() > 150 > carried.last[:30, :, :3].max()


def test_what_is_handed_on_and_not_asked_for_leaves_with_the_first_play(tmp_path: Path) -> None:
    code = SECOND.replace('c, dots = self.carried("car", "dots")', 'c = self.carried("car")').replace(
        ", FadeOut(dots)", ""
    )
    first = film(carrying_folder(tmp_path / "1", FIRST))
    second = film(carrying_folder(tmp_path / "2", code, FIRST, beats=BEATS[SECOND]))
    asked = film(carrying_folder(tmp_path / "3", SECOND, FIRST))
    assert np.array_equal(first.last, second.first)
    assert np.array_equal(second.last, asked.last)


def test_the_camera_stays_where_the_scene_before_left_it(tmp_path: Path) -> None:
    closer = FIRST.replace("Create(dots))", "Create(dots), self.close_up(c, fill=0.4))")
    first = film(carrying_folder(tmp_path / "1", closer, beats=BEATS[FIRST]))
    second = film(carrying_folder(tmp_path / "2", SECOND, closer, beats=BEATS[SECOND]))
    wide = film(carrying_folder(tmp_path / "3", FIRST, beats=BEATS[FIRST]))
    assert np.array_equal(first.last, second.first)
    assert not np.array_equal(first.last, wide.last)


def test_a_name_that_was_not_carried_is_an_error_that_names_near_ones(tmp_path: Path) -> None:
    code = SECOND.replace('"car", "dots"', '"care", "dots"')
    error = run_in_fork(carrying_folder(tmp_path / "1", code, FIRST, mode="measure"))["error"]
    assert error["message"] == "there is no carried thing 'care'; did you mean 'car'?"
    assert (error["line"], error["place"]) == (3, "")


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (["class Bad(NarratedScene):\n    def construct(self):\n        1 / 0\n"], "fails in line 3 of its code"),
        (["raise SystemExit(3)"], "fails in line 1 of its code (SystemExit: 3)"),
        ([FIRST.replace("self.carry(car=c, dots=dots)", "")], "carries nothing"),
        (["class Plain(Scene):\n    pass\n"], "carries nothing"),
        ([], "no scene comes before this one"),
    ],
)
def test_the_cast_draws_anew_what_the_scene_before_could_not_hand_on(
    tmp_path: Path, before: list[str], reason: str
) -> None:
    code = THIRD + "            assert c in self.mobjects\n"
    result = run_in_fork(carrying_folder(tmp_path / "1", code, *before, mode="measure", beats=BEATS[THIRD]))
    assert result["ok"], result["error"]
    finding = next(each for each in result["findings"] if each["rule"] == "drawn-anew")
    assert reason in finding["message"]
    assert (finding["level"], finding["line"]) == ("warning", 3)


def test_without_a_maker_in_the_cast_what_was_not_handed_on_is_an_error_with_the_reason(tmp_path: Path) -> None:
    code = THIRD.replace('"car"', '"boat"')
    error = run_in_fork(carrying_folder(tmp_path / "1", code, "1 / 0", mode="measure"))["error"]
    assert error["message"] == (
        "'boat' was not carried: the scene before fails in line 1 of its code (ZeroDivisionError: division by zero); "
        "and the cast has no function boat()"
    )


@pytest.mark.parametrize(
    ("cast", "kind", "line"),
    [
        ("def car(:\n    pass\n", "SyntaxError", 1),
        ("x = 1\ny = nothing\n", "NameError", 2),
        ("def car():\n    return Circle(radus=[])[3]\n", "TypeError", 2),
    ],
)
def test_an_error_in_the_cast_names_the_cast_and_its_line(tmp_path: Path, cast: str, kind: str, line: int) -> None:
    code = "class One(NarratedScene):\n    def construct(self):\n        car()\n"
    error = run_in_fork(carrying_folder(tmp_path / "1", code, cast=cast, mode="measure"))["error"]
    assert (error["place"], error["type"], error["line"]) == ("cast", kind, line)
    assert error["code"] == cast.splitlines()[line - 1].strip()


def test_names_of_the_cast_win_over_names_of_the_kit_that_a_scene_imports(tmp_path: Path) -> None:
    code = """
        from lectern.scenekit import *

        class One(NarratedScene):
            def construct(self):
                assert row() == "mine" and WHEEL == 2
                with self.beat():
                    self.wait(0.5)
    """
    cast = "WHEEL = 2\ndef row():\n    return 'mine'\n"
    result = run_in_fork(carrying_folder(tmp_path / "1", code, cast=cast, mode="measure"))
    assert result["ok"], result["error"]


def test_each_scene_of_a_chain_gets_a_cast_of_its_own(tmp_path: Path) -> None:
    count = "counted = []\n"
    code = """
        class One(NarratedScene):
            def construct(self):
                counted.append(1)
                assert len(counted) == 1
                dot = self.carried("dot") if {later} else Dot()
                with self.beat():
                    self.play(dot.animate.shift(UP))
                self.carry(dot=dot)
    """
    first, later = code.format(later=False), code.format(later=True)
    result = run_in_fork(carrying_folder(tmp_path / "1", later, first, later, cast=count, mode="measure"))
    assert result["ok"], result["error"]
    assert result["findings"] == []


def test_what_moves_by_itself_is_at_the_cut_where_the_next_scene_finds_it_and_lives_on(tmp_path: Path) -> None:
    living = FIRST.replace(
        "c.speed = 7",
        "c.speed = 7\n                alive(c, 'sway')\n                c[1].add_updater(lambda w, dt: w.rotate(dt))",
    )
    code = SECOND.replace(
        "            self.carry(",
        "                self.wait(0.3)\n                assert c.life.strength > 0\n            self.carry(",
    )
    first = film(carrying_folder(tmp_path / "1", living, beats=BEATS[FIRST]))
    second = film(carrying_folder(tmp_path / "2", code, living, beats=BEATS[SECOND]))
    assert np.array_equal(first.last, second.first)
    pictures = frames_of(tmp_path / "1/footage.mp4")
    assert max(np.abs(a.astype(int) - b).mean() for a, b in itertools.pairwise(pictures[-9:])) < 6


def test_waves_that_are_carried_run_on_at_the_cut_and_do_not_flatten(tmp_path: Path) -> None:
    waves = """
        class Waves(NarratedScene):
            def construct(self):
                one = Wave(wavelength=2, amplitude=0.8, speed=0.37).shift(2 * UP)
                other = Wave(wavelength=1.5, amplitude=0.8, speed=0.23).shift(DOWN)
                self.add(one, other)
                with self.beat():
                    self.at("three")
                self.carry(one=one, other=other)
    """
    code = """
        class On(NarratedScene):
            def construct(self):
                one, other = self.carried("one", "other")
                with self.beat():
                    self.wait(1)
    """
    first = film(carrying_folder(tmp_path / "1", waves, beats=[(4.0, "one two three four")]))
    second = film(carrying_folder(tmp_path / "2", code, waves, beats=[(1.5, "one")]))
    assert np.array_equal(first.last, second.first)
    heights = [np.flatnonzero((frame[:72] > 60).any(axis=1)) for frame in frames_of(tmp_path / "1/footage.mp4")]
    crests = [int(np.ptp(rows)) for rows in heights]
    assert min(crests[-12:]) > 0.85 * max(crests)
