"""The camera comes closer: things grow, while lines, dots, labels and headings keep their size on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from manim import DOWN, LEFT, RIGHT, UP, Animation, Arrow, Dot, Line, Mobject, Square, VGroup, tempconfig
from unit.scenekit.filmed_jobs import film
from unit.scenekit.forked_jobs import run_in_fork
from unit.scenekit.job_folders import frames_of, job_folder

from lectern.scenekit.camera import CameraView, FilmCamera
from lectern.scenekit.camera_moves import CameraFollow, CameraMove, find_view, find_whole_view, list_way, mix_views
from lectern.scenekit.canvas import Canvas
from lectern.scenekit.flow import Box
from lectern.scenekit.labels import Label, Title
from lectern.scenekit.layout import frame
from lectern.scenekit.number import Number
from lectern.scenekit.style import use_theme

WIDTH, HEIGHT = 128 / 9, 8.0
ONE = [(3.0, "One two.")]


@pytest.fixture(autouse=True)
def _small(tmp_path: Path) -> Iterator[None]:
    with (
        tempconfig({"pixel_width": 640, "pixel_height": 360, "frame_width": WIDTH, "frame_height": HEIGHT,
                    "media_dir": str(tmp_path)}),
        use_theme("dark"),
    ):  # fmt: skip
        yield


def measure_drawn(camera: FilmCamera, things: list[Any], only: Any) -> tuple[int, int]:
    """Draw `things` as the camera sees them; return width and height in pixels of what `only` adds to the picture."""
    pictures = []
    for shown in (things, [each for each in things if each is not only]):
        camera.list_things = lambda shown=shown: shown  # type: ignore[misc]
        canvas = Canvas(camera)
        canvas.begin([])
        canvas.draw(shown)
        pictures.append(camera.pixel_array.astype(int))
    rows, columns = np.nonzero(np.abs(pictures[0] - pictures[1]).max(axis=2) > 40)
    return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


SAME_SIZE = {
    "label": lambda: Label("here", size=60),
    "title": lambda: Title("A heading"),
    "dot": lambda: Dot(radius=0.2),
    "number": lambda: Number(12, size=60),
    "tip": lambda: Arrow(LEFT * 2, RIGHT * 2).tip,
}


@pytest.mark.parametrize("name", SAME_SIZE)
def test_labels_headings_dots_and_tips_keep_their_size_on_the_screen(name: str) -> None:
    thing = SAME_SIZE[name]()
    if name != "title":
        thing.move_to([0, 0, 0])
    camera = FilmCamera()
    wide = measure_drawn(camera, [thing], thing)
    camera.show(CameraView(x=0.0, y=0.0, width=WIDTH / 3))
    close = measure_drawn(camera, [thing], thing)
    assert close == pytest.approx(wide, abs=3)


def test_a_line_keeps_its_width_and_a_thing_grows() -> None:
    camera = FilmCamera()
    line, square = Line(LEFT * 20, RIGHT * 20, stroke_width=12).shift(UP * 0.8), Square(0.5, fill_opacity=1)
    _, thick = measure_drawn(camera, [line, square], line)
    side, _ = measure_drawn(camera, [line, square], square)
    camera.show(CameraView(x=0.0, y=0.0, width=WIDTH / 4))
    assert measure_drawn(camera, [line, square], line)[1] == pytest.approx(thick, abs=1)
    assert measure_drawn(camera, [line, square], square)[0] == pytest.approx(4 * side, rel=0.1)


def test_the_text_in_a_box_grows_with_its_box() -> None:
    camera, box = FilmCamera(), Box("word")
    wide = measure_drawn(camera, [box], box)
    camera.show(CameraView(x=0.0, y=0.0, width=WIDTH / 2))
    assert measure_drawn(camera, [box], box)[0] == pytest.approx(2 * wide[0], rel=0.1)
    camera.place_parts()
    assert all(camera.placing_of(part) is None for part in box.get_family())


def test_a_label_stays_beside_its_thing() -> None:
    camera, square = FilmCamera(), Square(1.0)
    label = Label("side").next_to(square, DOWN, buff=0.2)
    things = VGroup(square, label).shift(2 * RIGHT)
    camera.list_things = lambda: [things]
    camera.show(CameraView(x=2.0, y=0.0, width=WIDTH / 4))
    camera.place_parts()
    letter = label.family_members_with_points()[0]
    gap = square.get_bottom()[1] - camera.place_points(letter, letter.points)[:, 1].max()
    assert gap * 4 == pytest.approx(0.2, abs=0.12), "as far away, on the screen, as it was"


def test_what_stays_on_the_screen_is_placed_only_while_the_camera_is_close() -> None:
    camera, dot = FilmCamera(), Dot()
    camera.list_things = lambda: [dot]
    camera.show(CameraView(x=1.0, y=0.0, width=WIDTH / 2))
    camera.place_parts()
    assert camera.placing_of(dot) is not None
    camera.show(find_whole_view())
    camera.place_parts()
    assert camera.placing_of(dot) is None


def finish(move: Animation) -> None:
    move.begin()
    for share in (0.3, 0.7, 1.0):
        move.interpolate(share)


@pytest.mark.parametrize("shape", [(2.0, 0.5), (0.5, 2.0)])
def test_a_close_up_shows_the_thing_in_the_middle_of_the_body_as_large_as_asked(shape: tuple[float, float]) -> None:
    thing = Square().stretch_to_fit_width(shape[0]).stretch_to_fit_height(shape[1]).shift(2 * LEFT + UP)
    camera = FilmCamera()
    finish(CameraMove(camera, lambda _: [find_view(thing, 0.5)], run_time=1))
    scale = camera.view.scale
    assert max(thing.width / scale / frame.body.width, thing.height / scale / frame.body.height) == pytest.approx(0.5)
    on_screen = (thing.get_center() - [camera.view.x, camera.view.y, 0]) / scale
    assert on_screen == pytest.approx(frame.body.center)


@pytest.mark.parametrize("corner", [(-6.5, 3.5), (6.5, -3.5)])
def test_a_close_up_of_a_thing_in_a_corner_shows_nothing_beyond_the_frame(corner: tuple[float, float]) -> None:
    view = find_view(Square(0.8).move_to([*corner, 0]), 0.5)
    height = view.width * HEIGHT / WIDTH
    assert abs(view.x) + view.width / 2 == pytest.approx(WIDTH / 2)
    assert abs(view.y) + height / 2 == pytest.approx(HEIGHT / 2)
    assert (view.x * corner[0], view.y * corner[1]) > (0, 0)


def test_a_close_up_of_a_thing_that_reaches_beyond_the_frame_has_it_in_the_middle() -> None:
    view = find_view(Square(3).move_to([9, 0, 0]), 0.5)
    assert view.x == pytest.approx(9 - view.scale * frame.body.center[0])


def test_the_camera_never_goes_farther_away_than_the_whole_picture() -> None:
    assert find_view(Square(40), 0.5).width == pytest.approx(WIDTH)
    middle = mix_views(CameraView(x=-6, y=0, width=WIDTH), CameraView(x=6, y=0, width=WIDTH), 0.5)
    assert middle.width == pytest.approx(WIDTH)


def test_the_larger_its_share_the_closer_a_point_is_looked_at() -> None:
    scales = [find_view([1, 1, 0], share).scale for share in (0.02, 0.1, 0.2, 0.5, 1.0)]
    assert scales[0] == pytest.approx(1, abs=0.02)
    assert all(one > other + 0.05 for one, other in pairwise(scales))
    assert scales[-1] == pytest.approx(0.2)


def test_a_scene_that_begins_close_is_close_in_its_first_frame(tmp_path: Path) -> None:
    code = """
        class Close(NarratedScene):
            def construct(self):
                thing = Square(2, fill_opacity=1, color=WHITE)
                self.add(thing)
                self.begin_close(thing, fill=0.9)
                with self.beat():
                    self.play(self.wide())
    """
    filmed = film(job_folder(tmp_path / "1", code, beats=[(2.0, "One two.")]))
    bright = [(picture[..., :3] > 128).mean() for picture in (filmed.first, filmed.last)]
    assert bright[0] > 5 * bright[1] > 0


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="fill is the share"):
        find_view(Square(), 3)


def test_a_travel_begins_at_the_first_thing_unless_the_camera_is_there() -> None:
    one, other = CameraView(x=-3, y=0, width=4), CameraView(x=3, y=0, width=4)
    assert list_way(find_whole_view(), one, other) == [one, other]
    assert list_way(one, one, other) == [other]


def test_on_a_long_way_the_camera_steps_back() -> None:
    one, other = CameraView(x=-4, y=0, width=3), CameraView(x=4, y=0, width=3)
    assert mix_views(one, other, 0.5).width > 4
    assert (mix_views(one, other, 0).width, mix_views(one, other, 1).width) == pytest.approx((3, 3))


def test_the_camera_follows_a_thing_until_its_next_move() -> None:
    camera, car = FilmCamera(), Square(0.4).shift(4 * LEFT)
    finish(CameraFollow(camera, car, 0.5, run_time=1))
    before = car.get_x() - camera.view.x
    car.shift(6 * RIGHT)
    assert car.get_x() - camera.view.x == pytest.approx(before)
    finish(CameraMove(camera, lambda _: [find_whole_view()], run_time=1))
    assert not camera.zoomed
    car.shift(RIGHT)
    assert not camera.zoomed


def test_the_marker_of_a_move_draws_nothing() -> None:
    assert not FilmCamera().marker.has_points()
    assert isinstance(FilmCamera().marker, Mobject)


SCENE = """
    from lectern.scenekit import *

    class Near(NarratedScene):
        def construct(self):
            dot = Square(0.5, color=theme.accent, fill_opacity=1).shift(3 * LEFT)
            with self.beat():
                self.add(Title("A heading"), dot)
                self.play(self.close_up(dot, fill=0.6))
            with self.beat():
                self.play(self.follow(dot), dot.animate.shift(4 * RIGHT))
            with self.beat():
                self.play(self.wide())
"""


def test_a_scene_is_filmed_through_its_camera_and_the_check_sees_what_it_shows(tmp_path: Path) -> None:
    folder = job_folder(tmp_path / "job", SCENE, beats=[(1, "One."), (1, "Two."), (1, "Three.")], fps=5)
    result = run_in_fork(folder)
    assert result["error"] is None
    assert [each["rule"] for each in result["findings"]] == []
    bright = [np.count_nonzero(picture > 100) for picture in frames_of(folder / "footage.mp4")]
    assert bright[5] > 5 * bright[0]
    assert bright[9] == pytest.approx(bright[5], rel=0.1)
    assert bright[-1] == pytest.approx(bright[0], rel=0.3)


def test_a_thing_that_is_drawn_while_the_camera_comes_closer_is_seen_whole(tmp_path: Path) -> None:
    code = """
    from lectern.scenekit import *

    class Ring(NarratedScene):
        def construct(self):
            ring = Circle(2)
            with self.beat():
                self.play(Create(ring), self.close_up(ring, fill=0.8))
            assert self.camera.view.width > 4, self.camera.view
    """
    folder = job_folder(tmp_path / "job", code, beats=[(2, "a ring")], mode="measure")
    assert run_in_fork(folder)["error"] is None


@pytest.mark.parametrize("moves", ["close_up", "follow", "travel"])
def test_a_thing_turns_into_another_after_the_camera_has_moved(tmp_path: Path, moves: str) -> None:
    turn = (
        "line, far = Line(3 * LEFT, 3 * RIGHT, stroke_width=20), Line(3 * LEFT, 3 * RIGHT, stroke_width=20).shift(UP)"
    )
    move = {"travel": "self.travel(line, dot)"}.get(moves, f"self.{moves}(line, fill=0.8)")
    code = f"""
        class Turns(NarratedScene):
            def construct(self):
                {turn}
                dot = alive(Square(0.5).shift(2 * DOWN))
                self.add(dot, line)
                with self.beat():
                    {{}}
                    self.play(Transform(line, far))
    """
    moved = film(
        job_folder(
            tmp_path / "1",
            code.format(f"self.play({move}, run_time=0.4); self.play(self.wide(), run_time=0.4)"),
            beats=ONE,
        )
    )
    still = film(job_folder(tmp_path / "2", code.format("self.wait(0.1)"), beats=ONE))
    band = slice(44, 64)  # of rows, around the line where it ends
    assert (still.last[band, :, :3] > 128).any()
    assert np.abs(moved.last[band].astype(int) - still.last[band]).max() < 3
