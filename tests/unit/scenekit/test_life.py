"""Things live by themselves, the eye is led, pieces stay rigid, and entrances fit what enters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Lock

import numpy as np
import pytest
from manim import (
    DL,
    PI,
    RIGHT,
    UP,
    UR,
    Circle,
    Create,
    Dot,
    GrowFromEdge,
    Indicate,
    Line,
    Polygon,
    Rectangle,
    ScaleInPlace,
    Scene,
    Square,
    VGroup,
    tempconfig,
    there_and_back,
)
from unit.scenekit.forked_jobs import run_in_fork
from unit.scenekit.job_folders import frames_of, job_folder

from lectern.scenekit.crowds import stream, swarm
from lectern.scenekit.emphasis import Spotlight, ring, spotlight
from lectern.scenekit.entrances import Pop, enter, move
from lectern.scenekit.labels import Label, Title
from lectern.scenekit.layout import Area
from lectern.scenekit.life import alive, calm
from lectern.scenekit.motion import Appear, focus
from lectern.scenekit.number import Number
from lectern.scenekit.style import theme, use_theme


@pytest.fixture(autouse=True)
def _themed(tmp_path: Path) -> Iterator[None]:
    with tempconfig({"media_dir": str(tmp_path), "frame_width": 128 / 9, "frame_height": 8.0}), use_theme("dark"):
        yield


@pytest.mark.parametrize("kind", ["sway", "drift", "pulse"])
def test_a_living_thing_moves_a_little_goes_where_it_is_sent_and_comes_to_rest(kind: str) -> None:
    thing = Rectangle(width=1, height=2)
    alive(thing, kind)
    before = thing.points.copy()
    seen = []
    for _ in range(60):
        thing.update(0.1)
        seen.append(thing.points.copy())
    spread = np.abs(np.array(seen) - before).max()
    assert 0.03 < spread < 0.5
    thing.shift(3 * RIGHT)
    rest = calm(thing)
    rest.begin()
    rest.interpolate(1.0)
    rest.finish()
    assert thing.points == pytest.approx(before + 3 * RIGHT, abs=0.02)
    thing.update(1.0)
    assert thing.points == pytest.approx(before + 3 * RIGHT, abs=0.02), "it is calm for good"


@pytest.mark.parametrize("kind", ["sway", "drift", "pulse"])
def test_a_part_of_a_living_thing_that_is_animated_stays_in_its_place(kind: str) -> None:
    scene = Scene()
    thing = VGroup(Rectangle(width=2, height=2), Square(0.5).shift(0.4 * UP))
    twin = alive(thing.copy(), kind)
    alive(thing, kind)
    scene.add(thing, twin)
    for number in range(43):
        scene.update_mobjects(0.1)
        if number == 12:
            grows = thing[1].animate(run_time=1, rate_func=there_and_back).scale(2).build()
            grows.begin()
        if 12 <= number < 24:
            grows.interpolate((number - 12) / 12)
        if number == 24:
            grows.finish()
    scene.update_mobjects(0)
    assert np.abs(twin[1].points - Square(0.5).shift(0.4 * UP).points).max() > 0.02, "it has moved"
    assert thing[1].points == pytest.approx(twin[1].points, abs=0.006)
    assert thing[0].points == pytest.approx(twin[0].points, abs=0.006)


def test_a_part_that_is_animated_moves_along_with_its_thing() -> None:
    scene = Scene()
    thing = alive(VGroup(Square(), Dot()), "drift")
    scene.add(thing)
    for _ in range(10):
        scene.update_mobjects(0.1)
    turns_red = thing[1].animate(run_time=1).set_color("#ff0000").build()
    turns_red.begin()
    for number in range(10):
        turns_red.interpolate(number / 10)
        scene.update_mobjects(0.1)
        assert thing[1].get_center() == pytest.approx(thing[0].get_center(), abs=1e-6)


def test_a_copy_of_a_living_thing_does_not_move_it_twice() -> None:
    thing = alive(Square(), "drift")
    twin = thing.copy()
    twin.update(1.0)
    assert thing.get_center() == pytest.approx([0, 0, 0])


def test_an_unknown_way_to_be_alive_is_refused_with_a_similar_one() -> None:
    with pytest.raises(KeyError, match="did you mean 'sway'"):
        alive(Square(), "swai")


def test_a_stream_runs_along_its_path_at_an_even_pace() -> None:
    path = VGroup(Line([0, 0, 0], [1, 0, 0]), Line([1, 0, 0], [4, 0, 0]))
    whole = Line([0, 0, 0], [4, 0, 0])
    drops = stream(whole, Dot(), rate=2, seconds=4)
    drops.shown = 1.0
    assert len(drops) == 8
    before = np.array([each.get_x() for each in drops])
    drops.update(0.25)
    after = np.array([each.get_x() for each in drops])
    stayed = after > before
    assert after[stayed] - before[stayed] == pytest.approx(0.25, abs=0.01)
    assert stayed.sum() >= 7
    assert drops[0].get_fill_opacity() < drops[4].get_fill_opacity(), "it comes into being at the start"
    with pytest.raises(ValueError, match="one path"):
        stream(path, Dot())


def test_a_swarm_stays_in_its_area_and_is_the_same_each_time() -> None:
    area = Area(left=-3, right=1, bottom=-2, top=2)
    one, other = swarm(12, Dot(), area), swarm(12, Dot(), area)
    for _ in range(50):
        one.update(0.3)
        other.update(0.3)
        places = np.array([each.get_center() for each in one])
        assert places[:, 0].min() >= area.left
        assert places[:, 0].max() <= area.right
        assert places[:, 1].min() >= area.bottom
        assert places[:, 1].max() <= area.top
    assert np.array([each.get_center() for each in other]) == pytest.approx(places)
    with pytest.raises(ValueError, match="1 to 60"):
        swarm(500, Dot())


def test_a_swarm_keeps_clear_of_texts_that_are_there_and_of_those_that_come() -> None:
    scene, area = Scene(), Area(left=-5, right=5, bottom=-3, top=3)
    bees = swarm(20, Square(0.5), area)
    first, later = Label("a long label in the middle"), Label("later").move_to(2 * UP + 3 * RIGHT)

    def is_clear(text: Label) -> bool:
        low, high = text.get_corner(DL), text.get_corner(UR)
        return all(
            bee.get_right()[0] <= low[0]
            or bee.get_left()[0] >= high[0]
            or bee.get_top()[1] <= low[1]
            or bee.get_bottom()[1] >= high[1]
            for bee in bees
        )

    scene.add(first)
    bees.reveal()._setup_scene(scene)
    for _ in range(60):
        scene.update_mobjects(0.1)
        assert is_clear(first)
    scene.add(later)
    for _ in range(40):
        scene.update_mobjects(0.1)
    for _ in range(60):
        scene.update_mobjects(0.1)
        assert is_clear(first)
        assert is_clear(later)


def test_a_swarm_that_came_in_can_be_copied_without_its_scene_as_animations_do_that_take_it_away() -> None:
    scene, bees = Scene(), swarm(4, Square(0.5), Area(left=-2, right=2, bottom=-2, top=2))
    scene.unlike_anything = Lock()
    bees.reveal()._setup_scene(scene)
    assert len(bees.copy()) == 4


def test_a_swarm_that_texts_leave_no_room_stays_where_it_is() -> None:
    bees = swarm(6, Square(), Area(left=-2, right=2, bottom=-1, top=1))
    before = bees.spots(0.0)
    bees.make_way(np.array([[-2, -1, 2, 1]]))
    assert bees.spots(0.0) == pytest.approx(before)


def shine(animation: Spotlight, scene: Scene) -> None:
    animation._setup_scene(scene)
    animation.begin()
    animation.interpolate(1.0)


def test_a_spotlight_makes_the_rest_recede_and_brings_it_back() -> None:
    scene, title = Scene(), Title("A heading")
    one, other = Square(fill_opacity=0.8), VGroup(Circle(fill_opacity=0.5), Label("word"))
    scene.add(title, one, other)
    shine(spotlight(one), scene)  # type: ignore[arg-type]
    assert one.get_fill_opacity() == pytest.approx(0.8)
    assert other[0].get_fill_opacity() == pytest.approx(0.14)
    assert title.words.family_members_with_points()[0].get_fill_opacity() == 1
    shine(spotlight(other), scene)  # type: ignore[arg-type]
    assert one.get_fill_opacity() == pytest.approx(0.224)
    assert other[0].get_fill_opacity() == pytest.approx(0.5)
    shine(spotlight(), scene)  # type: ignore[arg-type]
    assert one.get_fill_opacity() == pytest.approx(0.8)


def test_a_ring_goes_around_its_thing() -> None:
    thing = Rectangle(width=3, height=0.5).shift(UP)
    mark = ring(thing).mobject
    assert mark.width > 3.3
    assert mark.height > 0.7
    assert mark.get_center() == pytest.approx(thing.get_center(), abs=0.01)


def test_a_rigid_piece_keeps_its_shape_on_the_way() -> None:
    piece = Polygon([0, 0, 0], [3, 0, 0], [0, 4, 0])
    sides = np.linalg.norm(np.diff(piece.get_vertices(), axis=0), axis=1)
    start = piece.get_center()
    going = move(piece, to=start + 5 * RIGHT + UP, turn=PI / 2)
    going.begin()
    for share in (0.2, 0.5, 0.9, 1.0):
        going.interpolate(share)
        assert np.linalg.norm(np.diff(piece.get_vertices(), axis=0), axis=1) == pytest.approx(sides)
    assert piece.get_center() == pytest.approx(start + 5 * RIGHT + UP, abs=1e-6)
    edge = piece.get_vertices()[1] - piece.get_vertices()[0]
    assert edge == pytest.approx([0, 3, 0], abs=1e-6), "turned by a quarter, against the clock"
    with pytest.raises(ValueError, match="not both"):
        move(piece, to=start, by=RIGHT)


def test_things_enter_by_what_they_are() -> None:
    assert isinstance(enter(Line()), Create)
    assert isinstance(enter(Rectangle(width=0.4, height=2, fill_opacity=1)), GrowFromEdge)
    assert isinstance(enter(Circle(fill_opacity=1)), Pop)
    assert isinstance(enter(Label("word")), Appear)
    number = Number(40)
    counting = enter(number)
    counting.begin()
    counting.interpolate(0.1)
    assert 0 < float(number.text) < 40
    counting.interpolate(1.0)
    assert number.text == "40"


def test_focus_leaves_a_thing_its_own_colour() -> None:
    assert isinstance(focus(Square(color=theme.good)), ScaleInPlace)
    assert isinstance(focus(Label("plain")), Indicate)


SCENE = """
    from lectern.scenekit import *

    class Alive(NarratedScene):
        def construct(self):
            leaf = Square(1.0, color=theme.good, fill_opacity=1).shift(3 * LEFT)
            drops = stream(Line(ORIGIN, 4 * RIGHT), Dot(radius=0.2))
            with self.beat():
                self.add(alive(leaf, "sway"))
                self.play(AnimationGroup(drops.reveal(), enter(Circle(0.5).shift(2 * UP))))
            with self.beat():
                self.play(AnimationGroup(spotlight(leaf), ring(leaf)))
            with self.beat():
                self.play(spotlight(), calm(leaf), FadeOut(drops))
"""


def test_a_living_picture_never_stands_still_and_is_drawn_as_it_changes(tmp_path: Path) -> None:
    folder = job_folder(tmp_path / "job", SCENE, beats=[(2, "One."), (2, "Two."), (2, "Three.")], fps=5)
    result = run_in_fork(folder)
    assert result["error"] is None
    assert not [each for each in result["findings"] if each["rule"] == "nothing-moves"]
    pictures = [picture.astype(int) for picture in frames_of(folder / "footage.mp4")]
    assert np.abs(pictures[9] - pictures[7]).max() > 12, "held, the leaf sways and the drops run"
    assert np.abs(pictures[-1] - pictures[-3]).max() < 12, "calm at last"
    right = slice(130, None)
    assert pictures[14][:60, right].max() < pictures[9][:60, right].max() - 40, "the circle has receded"
