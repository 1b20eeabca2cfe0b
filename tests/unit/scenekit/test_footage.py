"""Frames arrive in the video as they were written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from unit.scenekit.job_folders import frames_of

from lectern.scenekit.footage import Encoding, FootageWriter

ENCODING = Encoding(width=320, height=192, fps=15, crf=10)


def test_only_the_changed_region_is_taken_from_a_picture(tmp_path: Path) -> None:
    footage = FootageWriter(tmp_path / "a.mp4", ENCODING)
    pixels = np.zeros((192, 320, 4), dtype=np.uint8)
    footage.write(pixels)
    pixels[:] = 255
    footage.write(pixels, 2, [(64, 32, 128, 96)])
    pixels[:] = 0
    footage.write(pixels, 1, [])
    footage.finish()
    pictures = frames_of(tmp_path / "a.mp4")
    assert [picture.shape for picture in pictures] == [(192, 320)] * 4
    assert pictures[0].max() < 20
    for picture in pictures[1:]:
        assert picture[36:92, 68:124].min() > 230
        outside = picture.copy()
        outside[28:100, 60:132] = 0
        assert outside.max() < 25


def test_an_encoder_failure_is_reported_and_leaves_no_file(tmp_path: Path) -> None:
    footage = FootageWriter(tmp_path / "a.mp4", Encoding(width=321, height=191, fps=15))
    with pytest.raises(RuntimeError, match=r"cannot encode a\.mp4"):
        write_many(footage, np.zeros((191, 321, 4), dtype=np.uint8))
    footage.abort()
    assert list(tmp_path.iterdir()) == []


def write_many(footage: FootageWriter, pixels: np.ndarray) -> None:
    """Write more pictures than the queue holds, so that a failure is noticed while writing or at the end."""
    for _ in range(20):
        footage.write(pixels)
    footage.finish()


def test_aborted_footage_leaves_no_file(tmp_path: Path) -> None:
    footage = FootageWriter(tmp_path / "a.mp4", ENCODING)
    footage.write(np.zeros((192, 320, 4), dtype=np.uint8), 30)
    footage.abort()
    assert list(tmp_path.iterdir()) == []
