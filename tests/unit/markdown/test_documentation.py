"""The examples in docs/lessons.md are valid lessons."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lectern.contracts.carrying import find_needs
from lectern.markdown import parse
from lectern.markdown.syntax import parse_tree

PAGE = (Path(__file__).parents[3] / "docs" / "lessons.md").read_text(encoding="utf-8")
LESSON, *EXAMPLES = [
    node.content for node in parse_tree(PAGE).root.walk() if node.type == "fence" and node.info == "markdown"
]
VISUALS = [text for text in EXAMPLES if "\n## " not in text]
[CAST] = [text for text in EXAMPLES if "\n## " in text]


def test_the_example_lesson_is_valid() -> None:
    script = parse(LESSON)
    assert script.title == "Photosynthesis"
    assert script.scenes[0].beats[1].spoken_text().startswith("It takes in water and carbon dioxide")


def test_the_example_of_a_cast_carries_its_thing_across_the_cut() -> None:
    script = parse(CAST)
    source = script.scenes[1].visual.source  # type: ignore[union-attr]
    needs = find_needs(script, 2, source)
    assert len(needs.before) == 1
    assert "def car()" in needs.cast


@pytest.mark.parametrize("block", [each for text in VISUALS for each in re.split(r"(?<=```\n)\n", text)])
def test_every_example_of_a_visual_is_valid(block: str) -> None:
    assert parse(f"## Scene\n\nText.\n\n{block}").scenes[0].visual is not None
