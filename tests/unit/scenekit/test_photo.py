"""A photo is painted into its shape, never distorted, and its window glides over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from manim import tempconfig
from manim.camera.camera import Camera
from PIL import Image

from lectern.scenekit.photo import Photo, paint_photos, read_pixels

SETTINGS = {"pixel_width": 160, "pixel_height": 80, "frame_width": 16.0, "frame_height": 8.0}


def paint(photo: Photo) -> Any:
    with tempconfig(SETTINGS), paint_photos():
        camera = Camera()
        camera.reset()
        camera.capture_mobjects([photo])
        return camera.pixel_array[:, :, :3].copy()


def halves() -> Any:
    pixels = np.zeros((40, 80, 4), dtype=np.uint8)
    pixels[:, :40], pixels[:, 40:] = (255, 0, 0, 255), (0, 0, 255, 255)
    return pixels


def test_a_photo_is_painted_with_its_own_colours_and_round_corners() -> None:
    seen = paint(Photo(halves(), 16.0, 8.0, radius=1.0))
    assert tuple(seen[40, 20]) == (255, 0, 0)
    assert tuple(seen[40, 140]) == (0, 0, 255)
    assert tuple(seen[0, 0]) == (0, 0, 0), "the corner is round"


def test_the_window_shows_a_part_and_a_box_of_another_shape_crops_instead_of_stretching() -> None:
    photo = Photo(halves(), 8.0, 8.0, radius=0.1)
    photo.window = (0.25, 0.5, 1.0)
    seen = paint(photo)
    assert tuple(seen[40, 80]) == (255, 0, 0), "the left half fills the square"


def test_a_copy_shares_the_image() -> None:
    photo = Photo(halves(), 4.0, 2.0)
    assert photo.copy().surface is photo.surface


def test_what_is_no_image_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "leaf.png").write_bytes(b"not an image")
    with tempconfig(SETTINGS), pytest.raises(ValueError, match=r"'leaf\.png' cannot be read as an image"):
        read_pixels(tmp_path / "leaf.png", 8, 4)


@pytest.mark.parametrize("size", [(1, 1), (3000, 2), (2, 900)])
def test_pictures_of_any_size_are_read(size: tuple[int, int], tmp_path: Path) -> None:
    Image.new("RGB", size, "green").save(tmp_path / "a.png")
    with tempconfig(SETTINGS):
        high, wide = read_pixels(tmp_path / "a.png", 8, 4).shape[:2]
    assert high >= 1
    assert wide >= 1
