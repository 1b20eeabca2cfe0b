"""Templates are Manim source that says what the script says, and nothing that its texts could make it say."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.coder.tasks import task, visuals

from lectern.coder import templates
from lectern.coder.task import Task
from lectern.coder.templates.phrases import MOST_WORDS, key_phrase
from lectern.contracts import script as s

HOSTILE = [
    "'); import os; os.system('id'); ('",
    '"""; raise SystemExit  # """',
    "{{self}} {0} %s \\",
    "line one\nimport os\r\nline two",
    "back\\slash 'quote' \"double\"",
    "\\N{BULLET} \\x41 \\u0041",
    "# not a comment\u2028import os\u2029\x0cimport os\x85import os",
    "\x00\x1b[31m\ud800\ufeff\u202e",
    "日本語 العربية 🌿 e\u0301",
    "",
    " ",
    "'" * 500,
]
KIT = {
    *("Title", "TitleCard", "Bullets", "Flow", "Equation", "Chart", "CodeListing", "Comparison", "Timeline", "Picture"),
    *("Label", "stack", "fit", "focus", "min", "idea", "VGroup", "RoundedRectangle", "Text", "FadeIn", "FadeOut"),
    *("LaggedStart",),
}
METHODS = {
    *("beat", "play", "at", "reveal", "reveal_left", "reveal_right", "highlight", "value", "scale", "animate"),
    *("set_opacity", "set_fill", "next_to"),
}
SETUPS = {"title", "points", "flow", "eq", "chart", "code", "sides", "timeline", "picture", "card", "frame", "theme"}


def sources(given: Task) -> list[str]:
    made = [templates.card(given), templates.plain_card(given)]
    template = templates.template(given)
    return [*made, template] if template else made


def called(source: str) -> set[str]:
    """The names of everything a source calls. Raises SyntaxError when it is none."""
    tree = ast.parse(source)
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        func.id if isinstance(func, ast.Name) else func.attr
        for func in calls
        if isinstance(func, ast.Name | ast.Attribute)
    }


def assert_only_the_kit(source: str, beats: int) -> None:
    tree = ast.parse(source)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == ["from lectern.scenekit import *"]
    assert called(source) <= KIT | METHODS
    assert len([node for node in ast.walk(tree) if isinstance(node, ast.With)]) == beats
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Raise | ast.Lambda | ast.Global)]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(text: str) -> None:
    for visual in [None, *visuals(text)]:
        for number in (1, 2):
            given = task(visual, (f"{text} and more", text or "x", "the end"), title=text, number=number)
            for source in sources(given):
                assert_only_the_kit(source, 3)


@given(st.text(max_size=80), st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_no_text_at_all_makes_another_program(text: str, beats: list[str]) -> None:
    for visual in [None, *visuals(text)]:
        for source in sources(task(visual, beats, title=text, number=1)):
            assert_only_the_kit(source, len(beats))


@pytest.mark.parametrize("visual", visuals(), ids=lambda visual: type(visual).__name__)
@pytest.mark.parametrize("beats", [1, 2, 5])
def test_every_beat_of_every_template_moves(visual: s.AnyVisual, beats: int) -> None:
    for source in sources(task(visual, [f"Sentence number {number} is spoken here." for number in range(beats)])):
        blocks = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.With)]
        assert len(blocks) == beats
        assert all("self.play(" in ast.unparse(block) for block in blocks)


def test_a_template_shows_all_there_is_to_show() -> None:
    source = templates.template(
        task(s.Bullets(items=("one", "two", "three")), ("Only one beat for all of these three points.",))
    )
    assert source is not None
    assert "Bullets('one', 'two', 'three')" in source
    assert [f"points.reveal({number})" in source for number in range(3)] == [True] * 3


def test_points_appear_as_they_are_spoken() -> None:
    source = templates.template(
        task(s.Bullets(items=("Light", "Water")), ("A leaf lives on light.", "And, every single day, on water."))
    )
    assert source is not None
    assert "self.at('water')\n            self.play(points.reveal(1))" in source


def test_a_code_listing_shows_the_lines_that_are_spoken_of() -> None:
    code = s.CodeListing(language="python", source="low = 0\nhigh = 9\nreturn middle")
    source = templates.template(
        task(code, ("Here it is.", "The bounds low and high come first.", "It ends with the middle."))
    )
    assert source is not None
    assert "code.highlight(1, 2)" in source
    assert source.index("code.highlight(3)") > source.index("It ends with")


def test_a_scene_with_an_authors_own_manim_has_no_template() -> None:
    assert templates.template(task(s.Manim(source="x = 1"))) is None


def test_a_card_shows_each_beats_key_phrase() -> None:
    source = templates.card(task(None, ("Plants turn light into sugar.", "Animals eat the sugar.")))
    assert "'Plants turn light into sugar'" in source
    assert "'Animals eat the sugar'" in source


def test_the_first_scene_opens_with_a_title_card() -> None:
    beats = ("Plants turn light into sugar.", "Animals eat the sugar.")
    assert "TitleCard('A scene')" in templates.card(task(None, beats, number=1))
    assert "TitleCard" not in templates.card(task(None, beats, number=2))


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("And so plants turn light into sugar.", "Plants turn light into sugar"),
        ("When we burn forests, we lose the trees and their carbon.", "We lose the trees and their carbon"),
        ("Is it so?", "Is it so"),
        ("光合作用是植物制造食物的过程，它发生在叶绿体中。", "光合作用是植物制造食物的过程"),
        ("…", ""),
    ],
)
def test_a_key_phrase_is_the_telling_part_of_a_sentence(sentence: str, phrase: str) -> None:
    assert key_phrase(sentence) == phrase


@given(st.text(max_size=400))
def test_a_key_phrase_is_short_and_of_one_line(text: str) -> None:
    phrase = key_phrase(text)
    assert len(phrase.split()) <= MOST_WORDS
    assert len(phrase) <= 91
    assert "\n" not in phrase
