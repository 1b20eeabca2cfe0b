"""What is mended without asking a model."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.coder.model.edits import Edit, EditRefused, applied
from lectern.coder.model.fixes import METHODS, RENAMED, mend, unfenced
from lectern.coder.model.ledger import Ledger, fingerprint
from lectern.coder.model.reference import load_reference
from lectern.contracts.requests import Finding, SceneException, SceneVerdict

REFERENCE = load_reference()
ROOT = Path(__file__).parents[4]

SCENE = """from lectern.scenekit import *


class Waves(NarratedScene):
    def construct(self):
        with self.beat():
            self.play(Create(Circle(color=theme.accent)))
"""


@pytest.mark.slow
def test_the_reference_is_that_of_the_installed_library() -> None:
    """Fails when manim or the kit has changed: run scripts/coder_reference.py and look at the difference."""
    made = runpy.run_path(str(ROOT / "scripts/coder_reference.py"))["written"]()
    folder = ROOT / "services/coder/src/lectern/coder/model"
    assert json.loads(made["reference.json"]) == json.loads((folder / "reference.json").read_text())
    assert made["vocabulary.txt"] == (folder / "vocabulary.txt").read_text()


def test_no_rename_leads_to_a_name_that_does_not_exist() -> None:
    for old, new in RENAMED.items():
        root = new.strip("()").split(".")[0].split(" ")[0]
        assert root in REFERENCE.known() | {"frame", "rate_functions"}, f"{old} becomes {new}, which is unknown"
    for old, new in METHODS.items():
        assert new in REFERENCE.method_names(), f".{old} becomes .{new}, which is unknown"
        assert old not in REFERENCE.method_names(), f".{old} exists and must not be renamed"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("ShowCreation(self)", "Create(self)"),
        ("TextMobject('x')", "Text('x')"),
        ("Cricle()", "Circle()"),
        ("Squre()", "Square()"),
        ("CIRCLE()", "Circle()"),
        ("self.scale_in_place(2)", "self.scale(2)"),
        ("self.get_graph(len)", "self.plot(len)"),
        ("Dot(color=CYAN)", "Dot(color=TEAL)"),
        ("Dot(color=LIGHT_BLUE)", "Dot(color=BLUE_B)"),
    ],
)
def test_names_models_get_wrong_are_put_right(wrong: str, right: str) -> None:
    assert right in mend(SCENE.replace("Circle(color=theme.accent)", wrong), REFERENCE).code


@pytest.mark.parametrize("kept", ["Text('ShowCreation')", "Café()", "axes.animate", "forgotten", "Zzyzx()"])
def test_what_is_not_surely_wrong_is_left_alone(kept: str) -> None:
    assert kept in mend(SCENE.replace("Circle(color=theme.accent)", kept), REFERENCE).code


def test_right_code_is_left_alone() -> None:
    assert mend(SCENE, REFERENCE).code == SCENE
    assert mend(SCENE, REFERENCE).changes == ()


def test_names_the_code_defines_are_its_own() -> None:
    code = SCENE + "\n\ndef Cricle():\n    return Circle()\n\n\nTextMobject = Cricle\n"
    assert mend(code, REFERENCE).code == code


@pytest.mark.parametrize(
    "around",
    [
        "```python\n{}```",
        "Sure! Here is the scene:\n\n```python\n{}\n```\n\nI hope it helps.",
        "```\n{}```",
        "```py\n{}",
    ],
)
def test_fences_and_chatter_are_taken_off(around: str) -> None:
    assert mend(around.format(SCENE), REFERENCE).code.strip() == SCENE.strip()


def test_of_several_blocks_the_one_with_the_scene_is_taken() -> None:
    answer = f"First install it:\n```bash\npip install manim\n```\nThen:\n```python\n{SCENE}```"
    assert unfenced(answer).strip() == SCENE.strip()


def test_imports_of_manim_become_the_kits() -> None:
    code = SCENE.replace(
        "from lectern.scenekit import *", "from manim import *\nimport numpy as np\nfrom math import pi"
    )
    mended = mend(code, REFERENCE).code
    assert mended.startswith("from lectern.scenekit import *\nfrom math import pi\n")
    assert "from manim" not in mended
    assert "import numpy" not in mended


def test_a_plain_scene_becomes_a_narrated_one() -> None:
    assert "class Waves(NarratedScene)" in mend(SCENE.replace("NarratedScene", "Scene"), REFERENCE).code


def test_an_apology_stays_what_it_is_and_preflight_says_so() -> None:
    assert "class" not in mend("I'm sorry, but I can't help with that.", REFERENCE).code


@given(st.text(max_size=400))
def test_mending_never_fails_and_is_done_once(text: str) -> None:
    once = mend(text, REFERENCE).code
    assert mend(once, REFERENCE).code == once or "```" in once


def test_an_edit_replaces_its_text_once() -> None:
    assert applied(SCENE, [Edit(old="Circle(", new="Square(")]) == SCENE.replace("Circle(", "Square(")


@pytest.mark.parametrize("old", ["Triangle()", "e", "", "   "])
def test_an_edit_whose_text_is_not_there_exactly_once_is_refused(old: str) -> None:
    with pytest.raises(EditRefused, match="old text of edit 1"):
        applied(SCENE, [Edit(old=old, new="x")])
    with pytest.raises(EditRefused):
        applied(SCENE, [])


def test_an_edit_with_wrong_indentation_finds_its_place() -> None:
    edit = Edit(
        old="with self.beat():\n    self.play(Create(Circle(color=theme.accent)))",
        new="with self.beat():\n    self.wait()",
    )
    assert applied(SCENE, [edit]).endswith("        with self.beat():\n            self.wait()\n")


def test_the_same_fix_is_never_tried_twice_on_the_same_trouble() -> None:
    ledger = Ledger()
    assert [ledger.next_strategy("a") for _ in range(5)] == ["lines", "block", "scene", "simpler", None]
    assert ledger.next_strategy("b") == "lines"
    assert ledger.next_strategy("c", "scene") == "scene"


def test_numbers_do_not_tell_troubles_apart_but_names_do() -> None:
    def verdict(message: str) -> SceneVerdict:
        return SceneVerdict(ok=False, error=SceneException(type="NameError", message=message))

    assert fingerprint(verdict("line 3 of 0x7f3a")) == fingerprint(verdict("line 14 of 0x11bb"))
    assert fingerprint(verdict("name 'a'")) != fingerprint(verdict("name 'b'"))
    one = SceneVerdict(
        ok=True, findings=(Finding(rule="out-of-frame", level="error", message="x", beat=1, object="Text"),)
    )
    assert fingerprint(one) != fingerprint(verdict("x"))


def test_code_that_was_seen_is_known_whatever_its_spacing() -> None:
    ledger = Ledger()
    assert not ledger.seen_before(SCENE)
    assert ledger.seen_before(SCENE.replace("\n\n\n", "\n\n"))
