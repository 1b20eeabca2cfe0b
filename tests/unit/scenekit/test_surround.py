"""What a film has around its scenes: ground, opening, end card and logo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from manim import tempconfig
from PIL import Image
from unit.scenekit.filmed_jobs import FilmedJob, film
from unit.scenekit.job_folders import job_folder

from lectern.scenekit.cards import draw_logo
from lectern.scenekit.front import FrontWriter, Layer
from lectern.scenekit.ground import paint_ground
from lectern.scenekit.style import theme, use_theme
from lectern.scenekit.surround import Surround
from lectern.theme import THEMES

SCENE = """
    from lectern.scenekit import *

    class Leaf(NarratedScene):
        def construct(self):
            self.add(Dot())
            with self.beat():
                self.play(FadeIn(Dot()))
    """
PLAIN = """
    from manim import *

    class Leaf(Scene):
        def construct(self):
            self.wait()
    """
BACK = np.array([0x10, 0x14, 0x1F])


def film_scene(folder: Path, code: str = SCENE, **surround: Any) -> FilmedJob:
    return film(job_folder(folder, code, beats=[(4.0, "a leaf makes sugar")], fps=5, surround=surround))


def count_inked(pixels: Any) -> int:
    return int((np.abs(pixels[:, :, :3].astype(int) - BACK).max(axis=2) > 60).sum())


@pytest.mark.slow
def test_the_question_is_on_the_first_picture_and_has_gone_at_the_end(tmp_path: Path) -> None:
    plain = film_scene(tmp_path / "plain")
    asked = film_scene(tmp_path / "asked", opening="How does a leaf make sugar?")
    assert count_inked(asked.first) > count_inked(plain.first) + 200
    assert np.array_equal(asked.last, plain.last)


@pytest.mark.slow
def test_the_end_card_comes_when_the_last_word_is_over(tmp_path: Path) -> None:
    plain = film_scene(tmp_path / "plain")
    closing = {"idea": "A leaf builds sugar out of air.", "sources": ["A book"], "start": 2.0}
    told = film_scene(tmp_path / "told", closing=closing)
    assert np.array_equal(told.first, plain.first)
    assert count_inked(told.last) > count_inked(plain.last) + 200


@pytest.mark.slow
def test_a_brand_changes_the_background_and_plain_manim_code_has_no_ground(tmp_path: Path) -> None:
    drawn = film_scene(tmp_path / "job", PLAIN, colours={"background": "#202020"})
    assert (drawn.last[:, :, :3] == 0x20).all()


@pytest.mark.parametrize("name", list(THEMES))
def test_a_ground_stays_near_the_background_so_that_text_stays_readable(name: str) -> None:
    with use_theme(name), tempconfig({"frame_width": 128 / 9, "frame_height": 8.0}):
        for grid in (False, True):
            picture = paint_ground(320, 180, grid=grid)
            apart = np.abs(picture[:, :, :3].astype(int) - np.array(theme.background.to_int_rgb()))
            assert 2 <= apart.max() <= 25


def test_a_grid_has_a_line_through_the_middle() -> None:
    with tempconfig({"frame_width": 128 / 9, "frame_height": 8.0}):
        grid, plain = (paint_ground(1280, 720, grid=each)[:, :, 0].astype(int) for each in (True, False))
    assert (grid - plain)[359:361].max(axis=1).min() > 0
    assert (grid - plain)[400, 700] == 0


class CountingFootage:
    """Footage that keeps what it is given."""

    class Encoding:
        width, height, fps = 64, 32, 10

    encoding = Encoding()

    def __init__(self) -> None:
        self.frames_written = 0
        self.written: list[tuple[int, Any, list[Any]]] = []

    def write(self, pixels: Any, count: int, changed: Any) -> None:
        self.written.append((count, pixels.copy(), list(changed)))
        self.frames_written += count


def make_writer(strength: Any) -> tuple[FrontWriter, CountingFootage, Any]:
    footage = CountingFootage()
    white = np.full((16, 16, 4), 255, dtype=np.uint8)
    layer = Layer(pixels=white, region=(16, 0, 32, 16), strength=strength)
    return FrontWriter(footage, [layer]), footage, np.zeros((32, 64, 4), dtype=np.uint8)  # type: ignore[arg-type]


def test_a_layer_that_stands_still_costs_nothing_while_nothing_changes() -> None:
    writer, footage, picture = make_writer(lambda second: 1.0)
    writer.write(picture, 10, [])
    writer.write(picture, 10, [])
    assert [(count, changed) for count, _, changed in footage.written] == [(10, [(16, 0, 32, 16)]), (10, [])]
    assert not picture.any(), "the picture is as it was"


def test_a_layer_is_laid_over_what_changes_behind_it() -> None:
    writer, footage, picture = make_writer(lambda second: 1.0)
    writer.write(picture, 1, [])
    picture[:, :, 0] = 9
    writer.write(picture, 1, [(0, 0, 64, 32)])
    _, shown, _ = footage.written[-1]
    assert (shown[0:16, 16:32, :3] == 255).all()
    assert (shown[16:, :, 0] == 9).all()


def test_a_layer_is_laid_once_where_changed_regions_overlap() -> None:
    shade = Layer(
        pixels=np.broadcast_to(np.array([0, 0, 0, 128], np.uint8), (32, 64, 4)),
        region=(0, 0, 64, 32),
        strength=lambda second: 1.0,
    )
    footage = CountingFootage()
    writer = FrontWriter(footage, [shade])  # type: ignore[arg-type]
    picture = np.full((32, 64, 4), 200, np.uint8)
    writer.write(picture, 1, [])
    writer.write(picture, 1, [(0, 0, 48, 16), (16, 0, 32, 32), (0, 8, 64, 12)])
    _, shown, _ = footage.written[-1]
    assert set(np.unique(shown[:16, :48, 0])) == {99}, "half as bright, nowhere darker"
    assert (picture == 200).all(), "the picture is as it was"


def test_a_layer_that_fades_splits_a_held_picture_into_frames() -> None:
    writer, footage, picture = make_writer(lambda second: 1.0 - (second - 0.2) / 0.4)
    writer.write(picture, 10, [])
    assert [count for count, _, _ in footage.written] == [3, 1, 1, 1, 4]
    levels = [int(shown[0, 16, 0]) for _, shown, _ in footage.written]
    assert levels == sorted(levels, reverse=True)
    assert (levels[0], levels[-1]) == (255, 0)


def test_a_logo_is_small_and_in_the_top_right_corner(tmp_path: Path) -> None:
    Image.new("RGBA", (900, 300), "#FF0000").save(tmp_path / "logo.png")
    with tempconfig({"pixel_width": 1280, "pixel_height": 720, "frame_width": 128 / 9, "frame_height": 8.0}):
        left, top, right, bottom = draw_logo(tmp_path / "logo.png").region
    assert left > 1280 * 0.8
    assert bottom < 720 * 0.2
    assert (right - left) * (bottom - top) < 1280 * 720 * 0.02


def test_a_logo_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match="logo cannot be read"):
        draw_logo(tmp_path / "logo.png")


def test_a_job_without_the_field_has_a_glow_and_nothing_else() -> None:
    assert Surround.read({}) == Surround(ground="glow")


@pytest.mark.slow
def test_a_film_with_a_logo_that_is_no_picture_is_drawn_without_it_and_says_so(tmp_path: Path) -> None:
    told = film_scene(tmp_path / "job", logo="missing.png")
    assert "logo-unusable" in [finding["rule"] for finding in told.result["findings"]]
