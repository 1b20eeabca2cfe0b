"""Cells: pointers that never touch, values that change places, and errors that name what there is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from manim import Scene
from unit.scenekit.playing import play

from lectern.scenekit import Cells
from lectern.scenekit.style import use_theme


@pytest.fixture(autouse=True)
def midnight() -> Iterator[None]:
    with use_theme("dark"):
        yield


def test_a_pointer_stands_below_its_cell_and_glides_to_the_next() -> None:
    scene, cells = Scene(), Cells([4, 8, 15, 16], index=True)
    play(scene, cells.pointer("low", 0))
    assert cells["low"].get_x() == pytest.approx(cells[0].get_x())
    play(scene, cells.pointer("low", 2))
    assert cells["low"].get_x() == pytest.approx(cells[2].get_x())
    assert cells["low"].get_top()[1] < cells.indices.get_bottom()[1]


def test_pointers_at_one_cell_stand_below_each_other_and_close_up_when_one_leaves() -> None:
    scene, cells = Scene(), Cells([4, 8, 15, 16])
    play(scene, cells.pointer("low", 1))
    play(scene, cells.pointer("high", 1))
    assert cells["high"].get_top()[1] < cells["low"].get_bottom()[1]
    play(scene, cells.pointer("low", 3))
    assert cells["high"].get_top()[1] == pytest.approx(cells["low"].get_top()[1], abs=0.1)


def test_a_lit_value_stays_in_front_of_its_box() -> None:
    scene, cells = Scene(), Cells([4, 8])
    scene.add(cells)
    play(scene, cells.light(0))
    drawn = scene.get_mobject_family_members()
    assert drawn.index(cells[0].box) < min(drawn.index(part) for part in cells[0].words.get_family()[2:])


def test_swapped_cells_change_places_and_names() -> None:
    scene, cells = Scene(), Cells([4, 8, 15])
    places = [cell.get_center() for cell in cells.cells]
    play(scene, cells.swap(0, 2))
    assert [cell.value for cell in cells.cells] == [15, 8, 4]
    assert np.allclose([cell.get_center() for cell in cells.cells], places)


def test_a_value_is_given_to_an_empty_cell_only() -> None:
    scene, upper, lower = Scene(), Cells([4, 8]), Cells([None, None])
    lower.shift([0, -2, 0])
    play(scene, upper.give(1, lower, 0))
    assert (upper[1].value, lower[0].value) == (None, 8)
    assert np.allclose(lower[0].words.get_center(), lower[0].box.get_center(), atol=0.1)
    with pytest.raises(ValueError, match="the other one empty"):
        upper.give(0, lower, 0)


def test_unknown_cells_and_pointers_are_refused_with_what_there_is() -> None:
    cells = Cells([4, 8])
    cells.pointer("middle", 0)
    with pytest.raises(KeyError, match="did you mean 'middle'"):
        cells["midle"]
    with pytest.raises(IndexError, match="cells 0 to 1, not 7"):
        cells.light(7)
    with pytest.raises(ValueError, match="at least one value"):
        Cells([])
    with pytest.raises(ValueError, match="numbers"):
        Cells(["a"], bars=True)


def test_rows_of_bars_may_share_a_scale() -> None:
    one, other = Cells([2, 8], bars=True), Cells([2, 4], bars=True, highest=8)
    ratios = [each[0].bar.height / each[0].box.height for each in (one, other)]
    assert ratios[0] == pytest.approx(ratios[1])


def test_cells_are_sorted_where_they_stand() -> None:
    scene, cells = Scene(), Cells([6, 3, 8, 1])
    places = [cell.get_center() for cell in cells.cells]
    play(scene, cells.order(0, 2))
    assert [cell.value for cell in cells.cells] == [3, 6, 8, 1]
    play(scene, cells.order())
    assert [cell.value for cell in cells.cells] == [1, 3, 6, 8]
    assert np.allclose([cell.get_center() for cell in cells.cells], places)
    with pytest.raises(ValueError, match="no place in an order"):
        Cells([2, None]).order()
