"""What reads in order begins at the right where its script does; words and pictures are never mirrored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from manim import tempconfig

from lectern.scenekit.bullets import Bullets
from lectern.scenekit.comparison import Comparison
from lectern.scenekit.data_table import DataTable
from lectern.scenekit.flow import Flow
from lectern.scenekit.labels import Title
from lectern.scenekit.layout import frame
from lectern.scenekit.mirroring import reads_right_to_left
from lectern.scenekit.style import use_theme
from lectern.scenekit.timeline import Timeline

LIGHT, WATER, AIR = "\u0627\u0644\u0636\u0648\u0621", "\u0627\u0644\u0645\u0627\u0621", "\u05d0\u05d5\u05d9\u05e8"


@pytest.fixture(autouse=True)
def _themed(tmp_path: Path) -> Iterator[None]:
    with tempconfig({"media_dir": str(tmp_path), "frame_width": 128 / 9, "frame_height": 8.0}), use_theme("dark"):
        yield


def test_the_script_of_most_letters_decides() -> None:
    assert reads_right_to_left([LIGHT, AIR, "DNA"])
    assert not reads_right_to_left(["Light", "Water", "12"])
    assert not reads_right_to_left(["1905", ""])


def test_lists_steps_moments_and_tables_begin_at_the_right() -> None:
    bullets = Bullets(LIGHT, WATER, AIR)
    assert bullets[0].get_x() > bullets[1].get_x() > bullets[2].get_x()
    assert bullets.ground[0].get_x() == pytest.approx(bullets[0].get_x())
    flow = Flow(LIGHT, WATER, AIR)
    assert flow[0].get_x() > flow[1].get_x() > flow[2].get_x()
    assert flow.arrow(0).get_start()[0] > flow.arrow(0).get_end()[0]
    line = Timeline(("1905", LIGHT), ("1915", WATER), ("2015", AIR))
    assert line[0].get_x() > line[2].get_x()
    assert line.line.get_start()[0] > line.line.get_end()[0]
    table = DataTable([LIGHT, WATER], [[AIR, "12"], [LIGHT, "3"]])
    assert table[0].cells[0].get_x() > table[0].cells[1].get_x()
    sides = Comparison(LIGHT, [WATER], AIR, [WATER])
    assert sides.left[0].get_x() > sides.right[0].get_x()


def test_a_title_stands_at_the_right_where_its_script_begins() -> None:
    assert Title(LIGHT).mark.get_right()[0] == pytest.approx(frame.safe.right, abs=0.01)
    assert Title("Light").mark.get_left()[0] == pytest.approx(frame.safe.left, abs=0.01)


def test_letters_and_things_are_not_mirrored() -> None:
    turned, plain = Bullets(LIGHT, things=["car"]), Bullets("Light", things=["car"])
    one, other = turned[0].tile.thing, plain[0].tile.thing
    shape = [np.ptp(part.points[:, 0]) for part in one.family_members_with_points()]
    assert shape == pytest.approx([np.ptp(part.points[:, 0]) for part in other.family_members_with_points()])
    for here, there in zip(one.family_members_with_points(), other.family_members_with_points(), strict=True):
        assert here.get_x() - one.get_x() == pytest.approx(there.get_x() - other.get_x(), abs=1e-6)
