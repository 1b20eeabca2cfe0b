"""A table keeps its columns, lines up its numbers, and reads from the side that its script begins on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from manim import Scene, tempconfig
from unit.scenekit.playing import play

from lectern.scenekit.data_table import DataTable
from lectern.scenekit.layout import frame
from lectern.scenekit.style import use_theme

SHAPES = {"16:9": (128 / 9, 8.0), "1:1": (8.0, 8.0), "9:16": (8.0, 128 / 9)}
HEADINGS = ["Planet", "Moons", "Diameter", "Year"]
ROWS = [["Earth", "1", "12,742", "1"], ["Mars", "2", "6,779.5", "1.88"], ["Jupiter", "97", "139,820", "11.86"]]


@pytest.fixture(autouse=True)
def _themed(tmp_path: Path) -> Iterator[None]:
    with tempconfig({"media_dir": str(tmp_path), "frame_width": 128 / 9, "frame_height": 8.0}), use_theme("dark"):
        yield


def test_numbers_are_lined_up_by_the_ends_of_their_whole_parts() -> None:
    table = DataTable(HEADINGS, ROWS)
    ends = [
        [cell for cell in row.cells[3][0].submobjects if cell.has_points()][place].get_right()[0]
        for row, place in zip(table.rows, (0, 0, 1), strict=True)
    ]
    assert ends == pytest.approx([ends[0]] * 3, abs=0.02)
    assert len({round(row.cells[3].get_right()[0], 1) for row in table.rows}) > 1


@pytest.mark.parametrize("shape", SHAPES)
def test_a_table_keeps_to_the_body_and_its_cells_to_their_columns(shape: str) -> None:
    width, height = SHAPES[shape]
    with tempconfig({"frame_width": width, "frame_height": height}):
        table = DataTable(HEADINGS, ROWS)
        body = frame.body
        assert table.get_left()[0] >= body.left - 0.01
        assert table.get_right()[0] <= body.right + 0.01
        assert table.get_bottom()[1] >= body.bottom - 0.01
        for row in table.rows:
            cells = row.cells[1:]
            assert all(a.get_right()[0] < b.get_left()[0] for a, b in itertools.pairwise(cells))
            assert row.cells.get_bottom()[1] > row.plate.get_bottom()[1]
            assert row.cells.get_top()[1] < row.plate.get_top()[1]


def test_the_row_that_is_spoken_of_stands_out_until_the_next_one() -> None:
    table, scene = DataTable(HEADINGS, ROWS), Scene()
    play(scene, table.reveal(0))
    assert table[0].edge.get_stroke_opacity() == 1
    play(scene, table.reveal(1))
    assert (table[0].edge.get_stroke_opacity(), table[1].edge.get_stroke_opacity()) == (0, 1)


def test_a_short_row_has_empty_cells_and_a_long_one_is_cut() -> None:
    table = DataTable(["a", "b"], [["1"], ["1", "2", "3"]])
    assert [len(row.cells) for row in table.rows] == [2, 2]


def test_the_headings_live_on_before_the_first_row_and_stay_as_they_were() -> None:
    table, scene = DataTable(HEADINGS, ROWS), Scene()
    scene.add(table.ground)
    before = [part.points.copy() for part in table.heading.family_members_with_points()]
    play(scene, table.dwell(None, 1.0))
    after = [part.points for part in table.heading.family_members_with_points()]
    assert all((a == b).all() for a, b in zip(before, after, strict=True))
    assert scene.mobjects == [table.ground]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_heading_of_two_words_takes_two_lines_before_it_is_shortened(shape: str) -> None:
    width, height = SHAPES[shape]
    with tempconfig({"frame_width": width, "frame_height": height}):
        table = DataTable(["Planet", "Moons", "Diameter (km)", "Year (days)"], ROWS)
        assert not [label for label in table.heading[2:] if "…" in label.text]
        assert all(label.get_bottom()[1] > table.heading[0].get_bottom()[1] for label in table.heading[2:])
        assert table.heading.get_bottom()[1] > table[0].get_top()[1]


@pytest.mark.parametrize("shape", ["16:9", "1:1"])
def test_eight_rows_have_room_for_letters_that_go_below_the_line(shape: str) -> None:
    width, height = SHAPES[shape]
    with tempconfig({"frame_width": width, "frame_height": height}):
        table = DataTable(["Name", "Task"], [["Jpg", "Ägyptisch"]] * 8)
        assert [cell.text for row in table.rows for cell in row.cells] == ["Jpg", "Ägyptisch"] * 8
        assert table.get_bottom()[1] >= frame.body.bottom - 0.01


def test_the_lines_of_a_name_begin_below_each_other() -> None:
    with tempconfig({"frame_width": 8.0, "frame_height": 8.0}):
        table = DataTable(["Part of a plant", "Task"], [["The leaf of a tall tree", "catches light for sugar"]])
    for label in (table.heading[2], table[0].cells[0]):
        assert len({round(line.get_left()[0], 1) for line in label}) == 1
    assert len(table[0].cells[0]) > 1
