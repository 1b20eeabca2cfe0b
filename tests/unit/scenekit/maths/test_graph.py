"""A graph fills its area in every shape, and what is drawn on it stays on its curves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from manim import RIGHT, tempconfig
from unit.scenekit.forked_jobs import run_in_fork
from unit.scenekit.job_folders import job_folder

from lectern.scenekit import Graph, frame
from lectern.scenekit.renderer import frame_shape
from lectern.scenekit.ticks import choose_ticks_between


@pytest.fixture(params=[(1920, 1080), (1080, 1920), (1080, 1080)], ids=["16:9", "9:16", "1:1"])
def shape(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    width, height = frame_shape(*request.param)
    with tempconfig({"frame_width": width, "frame_height": height, "media_dir": str(tmp_path)}):
        yield


def square(x: float) -> float:
    return x * x


@pytest.fixture(scope="module")
def graph() -> Graph:
    drawn = Graph(x="time (s)", y="distance (m)", x_range=(0, 10), y_range=(0, 100))
    drawn.curve(square, name="car")
    return drawn


@pytest.mark.usefixtures("shape")
def test_it_fills_the_body_in_every_shape() -> None:
    graph = Graph(x="time (s)", y="distance (m)", x_range=(0, 10), y_range=(0, 100))
    body = frame.body
    assert graph.width > 0.9 * body.width
    assert graph.height > 0.9 * body.height
    assert body.left - 0.01 <= graph.get_left()[0]
    assert graph.get_right()[0] <= body.right + 0.01
    assert body.bottom - 0.01 <= graph.get_bottom()[1]
    assert graph.get_top()[1] <= body.top + 0.01


def test_a_curve_passes_through_its_values() -> None:
    graph = Graph(x_range=(-2, 2), y_range=(-1, 4))
    path = graph.curve(square).path
    for share in (0.1, 0.37, 0.5, 0.9):
        left, bottom, right, top = graph.box
        x, y, _ = path.point_from_proportion(share)
        across, up = -2 + 4 * (x - left) / (right - left), -1 + 5 * (y - bottom) / (top - bottom)
        assert up == pytest.approx(square(across), abs=0.01)


def test_a_curve_ends_where_it_leaves_the_plot_and_has_gaps_where_it_has_no_value() -> None:
    graph = Graph(x_range=(-3, 3), y_range=(-5, 5))
    path = graph.curve(lambda x: 1 / x).path
    _, bottom, _, top = graph.box
    assert path.points[:, 1].min() == pytest.approx(bottom, abs=0.02)
    assert path.points[:, 1].max() == pytest.approx(top, abs=0.02)
    assert len(path.get_subpaths()) == 2


def test_a_secant_becomes_the_tangent_when_its_points_meet(graph: Graph) -> None:
    line = graph.secant(3, 8)
    assert line.slope == pytest.approx(11)
    line.b = 3.0
    line.redraw()
    assert line.slope == pytest.approx(6, abs=1e-3)
    start, end = line.line.get_start_and_end()
    unit = graph.at(1, 1) - graph.at(0, 0)
    assert (end - start)[1] / unit[1] / ((end - start)[0] / unit[0]) == pytest.approx(6, abs=0.01)


def test_the_measure_of_an_area_is_the_integral(graph: Graph) -> None:
    assert graph.area(0, 3).value == pytest.approx(9, abs=1e-6)
    assert Graph(y_range=(-2, 2)).curve(np.sin).graph.area(0, np.pi).value == pytest.approx(2, abs=1e-6)


def test_lines_stay_inside_the_plot(graph: Graph) -> None:
    left, bottom, right, top = graph.box
    for line in (graph.tangent(9.9), graph.secant(0, 10), graph.tangent(0)):
        x, y, _ = line.line.points.T
        assert left - 0.01 <= x.min() <= x.max() <= right + 0.01
        assert bottom - 0.01 <= y.min() <= y.max() <= top + 0.01


def test_what_is_drawn_later_lands_where_the_graph_has_been_moved() -> None:
    graph = Graph()
    before = graph.at(5, 5)
    graph.scale(0.5).shift(2 * RIGHT)
    assert not np.allclose(graph.at(5, 5), before)
    assert np.allclose(graph.at(5, 5), (graph.at(0, 0) + graph.at(10, 10)) / 2)


def test_unknown_curves_and_ranges_are_refused_with_the_remedy(graph: Graph) -> None:
    with pytest.raises(KeyError, match="did you mean 'car'"):
        graph["cart"]
    with pytest.raises(ValueError, match="lower number first"):
        Graph(x_range=(5, 1))
    with pytest.raises(ValueError, match="no curve yet"):
        Graph().secant(1, 2)
    with pytest.raises(TypeError, match="from manim"):
        Graph([1, 2], [(1, 2)])


@pytest.mark.parametrize(
    ("low", "high", "ticks"), [(0, 10, [0, 2, 4, 6, 8, 10]), (-1, 1, [-1, -0.5, 0, 0.5, 1]), (3, 17, [5, 10, 15])]
)
def test_ticks_are_round_numbers_inside_the_range(low: float, high: float, ticks: list[float]) -> None:
    assert choose_ticks_between(low, high) == ticks


SCENE = """
    class Slope(NarratedScene):
        def construct(self):
            g = Graph(x="time (s)", y="distance (m)", y_range=(0, 100))
            self.add(g)
            with self.beat():
                line, car = None, g.curve(lambda t: t * t, name="car")
                line = g.secant(3, 8.5)
                slope = g.readout(line, "slope")
                self.play(car.reveal())
                self.play(line.reveal(), slope.reveal())
            with self.beat():
                self.play(line.slide(3, 3))
                assert self.mobjects == [g] and {car, line, slope} <= set(g.submobjects)
                assert slope.number.text == "6.0", slope.number.text
"""


def test_all_that_was_revealed_belongs_to_the_graph_and_the_check_finds_nothing(tmp_path: Path) -> None:
    beats = [(4.0, "Here is a curve with a line"), (3.0, "Now the points meet")]
    result = run_in_fork(job_folder(tmp_path, SCENE, beats=beats, mode="measure"))
    assert result["ok"], result["error"]
    assert [each for each in result["findings"] if each["rule"] != "nothing-moves"] == []
