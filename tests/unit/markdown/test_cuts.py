"""What crosses a lesson's cuts: its cast, what is carried, and transitions."""

from __future__ import annotations

import pytest

from lectern.contracts.problems import ProblemError
from lectern.markdown import limits, parse, render

CAST = "```cast\ndef car():\n    return Square()\n```\n"
SCENES = "## One\n<!-- carries: graph, car -->\n\nText.\n\n## Two\n<!-- transition: push -->\n\nText.\n"


def errors_of(text: str) -> dict[str, str]:
    with pytest.raises(ProblemError) as refused:
        parse(text)
    return {error.pointer: error.detail for error in refused.value.problem.errors}


def test_a_lesson_has_a_cast_and_says_how_its_scenes_follow_each_other() -> None:
    script = parse(f"# Cars\n\n{CAST}\n{SCENES}")
    assert script.cast == "def car():\n    return Square()"
    assert [scene.plan.carries for scene in script.scenes] == [("graph", "car"), ()]
    assert [scene.plan.transition for scene in script.scenes] == ["", "push"]
    assert [scene.title for scene in script.scenes] == ["One", "Two"]
    assert parse(render(script)) == script


def test_a_cast_may_stand_where_first_level_headings_are_scenes() -> None:
    script = parse(f"{CAST}\n# One\n\nText.\n\n# Two\n\nText.\n")
    assert (len(script.scenes), bool(script.cast)) == (2, True)


@pytest.mark.parametrize(
    ("text", "line", "detail"),
    [
        (f"## One\n\nText.\n\n{CAST}", "line 5", "The cast stands inside a scene."),
        (f"{CAST}\n{CAST}\n{SCENES}", "line 6", "There is a cast already (line 1)."),
        (f"```cast\n```\n\n{SCENES}", "line 1", "The cast block is empty."),
        (f"```cast\nx = 1\ndef car(:\n```\n{SCENES}", "line 3", "This is not valid Python"),
        (f"```cast\n# {'x' * limits.MANIM_CHARACTERS}\n```\n{SCENES}", "line 1", "a cast has at most 16,000"),
        ("## One\n<!-- transition: wipe -->\n\nText.\n", "line 2", "'wipe' is not a transition."),
        ("## One\n<!-- carries: the car -->\n\nText.\n", "line 2", "'the car' is not a name that code could use."),
        ("## One\n<!-- carries: a -->\n<!-- carries: b -->\n\nText.\n", "line 3", "two `carries` comments"),
    ],
)
def test_what_is_wrong_with_a_cast_or_a_cut_is_told_with_its_line(text: str, line: str, detail: str) -> None:
    found = errors_of(text)
    assert detail in found[line]
