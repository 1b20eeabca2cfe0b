"""Mistakes that are fixed without asking a model."""

from __future__ import annotations

import json
import runpy
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.coder.codegen.edits import EditRefused, TextEdit, apply_edits
from lectern.coder.codegen.fixes import RENAMED_METHODS, RENAMED_NAMES, extract_code, fix_code
from lectern.coder.codegen.reference import load_reference

REFERENCE = load_reference()
ROOT = Path(__file__).parents[4]

SCENE = """from lectern.scenekit import *


class Waves(NarratedScene):
    def construct(self):
        with self.beat():
            self.play(Create(Circle(color=theme.accent)))
"""


@pytest.mark.slow
def test_the_reference_matches_the_installed_library() -> None:
    """Fails when manim or the kit has changed: run scripts/coder_reference.py and look at the difference."""
    made = runpy.run_path(str(ROOT / "scripts/coder_reference.py"))["build_files"]()
    folder = ROOT / "services/coder/src/lectern/coder/codegen"
    assert json.loads(made["reference.json"]) == json.loads((folder / "reference.json").read_text())
    assert made["frames.json"] == (folder / "frames.json").read_text()
    assert made["vocabulary.txt"] == (folder / "vocabulary.txt").read_text()


def test_no_rename_leads_to_a_name_that_does_not_exist() -> None:
    for old, new in RENAMED_NAMES.items():
        root = new.strip("()").split(".")[0].split(" ")[0]
        assert root in REFERENCE.known_names() | {"frame", "rate_functions"}, f"{old} becomes {new}, which is unknown"
    for old, new in RENAMED_METHODS.items():
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
def test_names_that_models_get_wrong_are_fixed(wrong: str, right: str) -> None:
    assert right in fix_code(SCENE.replace("Circle(color=theme.accent)", wrong), REFERENCE).code


@pytest.mark.parametrize("kept", ["Text('ShowCreation')", "Café()", "axes.animate", "forgotten", "Zzyzx()"])
def test_code_that_may_be_right_is_left_alone(kept: str) -> None:
    assert kept in fix_code(SCENE.replace("Circle(color=theme.accent)", kept), REFERENCE).code


def test_correct_code_is_left_alone() -> None:
    assert fix_code(SCENE, REFERENCE).code == SCENE
    assert fix_code(SCENE, REFERENCE).changes == ()


def test_names_that_the_code_defines_are_kept() -> None:
    code = SCENE + "\n\ndef Cricle():\n    return Circle()\n\n\nTextMobject = Cricle\n"
    assert fix_code(code, REFERENCE).code == code


@pytest.mark.parametrize(
    "around",
    [
        "```python\n{}```",
        "Sure! Here is the scene:\n\n```python\n{}\n```\n\nI hope it helps.",
        "```\n{}```",
        "```py\n{}",
    ],
)
def test_fences_and_text_around_them_are_removed(around: str) -> None:
    assert fix_code(around.format(SCENE), REFERENCE).code.strip() == SCENE.strip()


def test_of_several_blocks_the_one_with_the_scene_is_used() -> None:
    answer = f"First install it:\n```bash\npip install manim\n```\nThen:\n```python\n{SCENE}```"
    assert extract_code(answer).strip() == SCENE.strip()


def test_imports_of_manim_become_the_kits() -> None:
    code = SCENE.replace(
        "from lectern.scenekit import *", "from manim import *\nimport numpy as np\nfrom math import pi"
    )
    fixed = fix_code(code, REFERENCE).code
    assert fixed.startswith("from lectern.scenekit import *\nfrom math import pi\n")
    assert "from manim" not in fixed
    assert "import numpy" not in fixed


def test_a_plain_scene_becomes_a_narrated_one() -> None:
    assert "class Waves(NarratedScene)" in fix_code(SCENE.replace("NarratedScene", "Scene"), REFERENCE).code


def test_an_apology_is_left_for_preflight_to_report() -> None:
    assert "class" not in fix_code("I'm sorry, but I can't help with that.", REFERENCE).code


@given(st.text(max_size=400))
def test_fixing_never_fails_and_is_idempotent(text: str) -> None:
    once = fix_code(text, REFERENCE).code
    assert fix_code(once, REFERENCE).code == once or "```" in once


@pytest.mark.parametrize(
    "code",
    [
        "\n".join(f"ShowCreatin{number}" for number in range(1000)),
        'f"' + "{a}" * 5000 + '"',
        "Scene\n" * 2500,
        "Axes(x_min=0,x_max=1,y_min=0,y_max=2)\n" * 400,
        "FadeInFrom(a,b)\n" * 900,
        "FadeInFrom(a,b);" * 900,
        "\n" * 15_000,
        "import a" + ".a" * 40_000,
        "-" * 15_000 + "1",
    ],
    ids=lambda code: code[:12].strip() or "lines",
)
def test_code_that_no_model_should_write_is_fixed_or_left_in_linear_time(code: str) -> None:
    started = time.process_time()
    fix_code(code, REFERENCE)
    assert time.process_time() - started < 1.0, "2 to 30 s before"


def test_a_passage_of_thousands_of_lines_is_found_or_refused_in_linear_time() -> None:
    started = time.process_time()
    with pytest.raises(EditRefused):
        apply_edits("a\n" * 8000, [TextEdit(old="b\n" + "a\n" * 4000, new="c")])
    assert time.process_time() - started < 1.0
