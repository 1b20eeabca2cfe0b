"""Number lines, fractions, sets, trees of chances, grids: what they say is right, and wrong input is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from unit.scenekit.forked_jobs import run_in_fork
from unit.scenekit.job_folders import job_folder

from lectern.scenekit import CountingLine, Fraction, NumberGrid, ProbabilityTree, Sets, UnitSquares, brace, frame

SCENE = """
    class Words(NarratedScene):
        def construct(self):
            with self.beat():
                line = CountingLine(0, 10)
                dot = line.mark(2)
                self.play(line.reveal())
                self.play(dot.reveal(), line.jump(2, 5, "+3"))
                self.play(dot.slide(5))
                assert np.allclose(dot.dot.get_center(), line.at(5)) and self.mobjects == [line]
                self.play(FadeOut(line))
            with self.beat():
                pie = Fraction(2, 5, "pie")
                self.play(pie.reveal())
                assert [round(piece.get_fill_opacity(), 1) for piece in pie] == [0.9, 0.9, 0, 0, 0]
                text = brace(pie, "two of five")
                self.play(text.reveal())
                self.play(pie.animate.shift(UP * 0.5))
                assert text.label.get_top()[1] < pie.get_bottom()[1]
                self.play(FadeOut(pie))
                assert not self.mobjects, "the brace left with its thing"
            with self.beat():
                grid = NumberGrid([[1, 2], [3, 4]])
                self.play(grid.reveal())
                self.play(grid.light((0, 1)))
                self.play(grid.write(0, 1, 17))
                assert self.mobjects == [grid]
                self.play(FadeOut(grid))
            with self.beat():
                sets = Sets("swim", "fly")
                self.play(sets.reveal())
                self.play(sets.put("duck", "swim", "fly"), sets.put("crow", "fly"), sets.meet("swim", "fly"))
                self.play(FadeOut(sets))
            with self.beat():
                tree = ProbabilityTree({"rain": (0.3, {"late": 0.5, "on time": 0.5}), "dry": 0.7})
                self.play(tree.reveal())
                self.play(tree.path("rain", "late"))
"""


def test_they_are_played_and_the_check_finds_no_fault_in_the_pictures(tmp_path: Path) -> None:
    beats = [(5.0, "one two three")] * 5
    result = run_in_fork(job_folder(tmp_path, SCENE, beats=beats, mode="measure"))
    assert result["ok"], result["error"]
    assert [each for each in result["findings"] if "text" in each["rule"] or each["level"] == "error"] == []


def test_a_number_has_its_place_on_the_line() -> None:
    line = CountingLine(-5, 5)
    assert np.allclose(line.at(0), (line.at(-5) + line.at(5)) / 2)
    assert line.width > 0.9 * frame.body.width


def test_the_chance_of_a_path_is_the_product_along_it() -> None:
    tree = ProbabilityTree({"ill": (0.01, {"positive": 0.9, "negative": 0.1}), "well": 0.99})
    assert tree.chance("ill", "positive") == pytest.approx(0.009)
    with pytest.raises(KeyError, match="did you mean 'positive'"):
        tree.chance("ill", "positiv")


def test_each_part_of_sets_is_where_only_these_circles_are() -> None:
    sets = Sets("a", "b", "c")
    for chosen in ([0], [1, 2], [0, 1, 2]):
        point = sets.find_middle(chosen)
        inside = [float(np.linalg.norm(point - circle.get_center())) < circle.width / 2 for circle in sets.circles]
        assert inside == [number in chosen for number in range(3)]


def test_cells_rows_and_columns_are_addressed() -> None:
    grid = NumberGrid([[1, 2, 3], [4, 5, 6]])
    assert [cell[1].text for cell in grid.row(1)] == ["4", "5", "6"]
    assert [cell[1].text for cell in grid.column(2)] == ["3", "6"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CountingLine(3, 3), "below the second"),
        (lambda: Fraction(5, 4), "from 0 to all"),
        (lambda: ProbabilityTree({"a": 0.5, "b": 0.6}), "add up to 1.1"),
        (lambda: Sets("a"), "two or three"),
        (lambda: NumberGrid([[1], [2, 3]]), "equal length"),
        (lambda: NumberGrid([[1]]).cell(1, 0), "1 rows and 1 columns"),
        (lambda: UnitSquares(50, 50), "1 to 400"),
        (lambda: Fraction(1, 2, "cake"), "there are 'bar', 'pie'"),
        (lambda: Sets("swim", "fly").put("duck", "swims"), "did you mean 'swim'"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_remedy(make: object, message: str) -> None:
    with pytest.raises((ValueError, KeyError, IndexError), match=message):
        make()  # type: ignore[operator]


def test_a_brace_is_as_long_as_its_thing() -> None:
    bar = Fraction(1, 3)
    assert brace(bar, "all").brace.width == pytest.approx(bar.width, rel=0.02)
