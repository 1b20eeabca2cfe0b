"""Every visual kind names its texts, so that a dub can translate them."""

from __future__ import annotations

import pytest

from lectern.contracts import script as s

EXAMPLES: dict[str, tuple[s.AnyVisual, tuple[str, ...]]] = {
    "equation": (s.Equation(lines=("a^2",)), ()),
    "bullets": (s.Bullets(items=("one", "two", "one")), ("one", "two")),
    "flow": (s.Flow(steps=("one", "two")), ("one", "two")),
    "chart": (s.Chart(series=("first",), rows=(("a", (1.0,)), ("b", (2.0,)))), ("first", "a", "b")),
    "code": (s.CodeListing(language="python", source="print()"), ()),
    "comparison": (
        s.Comparison(left_title="A", left=("a", "b"), right_title="B", right=("c",)),
        ("A", "a", "b", "B", "c"),
    ),
    "timeline": (s.Timeline(entries=(("1915", "then"), ("now", "again"))), ("1915", "then", "now", "again")),
    "table": (
        s.Table(headings=("", "Task"), rows=(("Leaf", "light"), ("Root", ""))),
        ("Task", "Leaf", "light", "Root"),
    ),
    "image": (s.Image(name="photo.png", alt="a cell"), ("a cell",)),
    "manim": (s.Manim(source='Text("one")'), ()),
}


@pytest.mark.parametrize("kind", s.VISUAL_KINDS)
def test_every_kind_names_its_texts(kind: str) -> None:
    assert "map_texts" in vars(s.VISUAL_KINDS[kind]), f"the visual kind {kind!r} does not define map_texts"
    assert kind in EXAMPLES, f"the visual kind {kind!r} has no example in this test"
    visual, texts = EXAMPLES[kind]
    assert type(visual) is s.VISUAL_KINDS[kind]
    assert visual.texts() == texts


@pytest.mark.parametrize("kind", EXAMPLES)
def test_texts_are_replaced_and_nothing_else_is(kind: str) -> None:
    visual, texts = EXAMPLES[kind]
    changed = visual.replace_texts({text: text.upper() for text in texts})
    assert changed.texts() == tuple(dict.fromkeys(text.upper() for text in texts))
    assert visual.replace_texts({}) == visual
    assert changed != visual or not texts
    assert changed.__class__ is visual.__class__
