"""Edits by old and new text."""

from __future__ import annotations

import pytest

from lectern.coder.codegen.edits import EditRefused, TextEdit, apply_edits

SCENE = """from lectern.scenekit import *


class Waves(NarratedScene):
    def construct(self):
        with self.beat():
            self.play(Create(Circle(color=theme.accent)))
"""


def test_an_edit_replaces_its_text_once() -> None:
    assert apply_edits(SCENE, [TextEdit(old="Circle(", new="Square(")]) == SCENE.replace("Circle(", "Square(")


@pytest.mark.parametrize("old", ["Triangle()", "e", "", "   "])
def test_an_edit_whose_text_does_not_occur_exactly_once_is_refused(old: str) -> None:
    with pytest.raises(EditRefused, match="old text of edit 1"):
        apply_edits(SCENE, [TextEdit(old=old, new="x")])
    with pytest.raises(EditRefused):
        apply_edits(SCENE, [])


def test_an_edit_with_wrong_indentation_finds_its_place() -> None:
    edit = TextEdit(
        old="with self.beat():\n    self.play(Create(Circle(color=theme.accent)))",
        new="with self.beat():\n    self.wait()",
    )
    assert apply_edits(SCENE, [edit]).endswith("        with self.beat():\n            self.wait()\n")
