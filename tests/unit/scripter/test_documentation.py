"""What docs/lessons.md shows can be written so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lectern.markdown import parse

PAGE = (Path(__file__).parents[3] / "docs" / "lessons.md").read_text(encoding="utf-8")
LESSON, *VISUALS = [found[2] for found in re.finditer(r"^(`{3,4})markdown\n(.*?)^\1$", PAGE, re.MULTILINE | re.DOTALL)]


def test_the_lesson_on_the_page_is_one() -> None:
    script = parse(LESSON)
    assert script.title == "Photosynthesis"
    assert script.scenes[0].beats[1].said().startswith("It takes in water and carbon dioxide")


@pytest.mark.parametrize("block", [each for text in VISUALS for each in re.split(r"(?<=```\n)\n", text)])
def test_every_visual_on_the_page_can_be_read(block: str) -> None:
    assert parse(f"## Scene\n\nText.\n\n{block}").scenes[0].visual is not None
