"""What tests of the scene kit share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from manim import tempconfig


@pytest.fixture
def media_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder of its own for what manim writes."""
    with tempconfig({"media_dir": str(tmp_path)}):
        yield tmp_path
