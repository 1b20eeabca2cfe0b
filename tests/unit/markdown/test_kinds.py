"""Every kind of visual can be written in Markdown, and is rendered as what reads back the same."""

from __future__ import annotations

import pytest
from unit.markdown.scripts import visuals_by_kind

from lectern.contracts import script as s
from lectern.contracts.script import VISUAL_KINDS
from lectern.markdown import parse, render
from lectern.markdown.blocks import BLOCKS

EXAMPLES: dict[str, s.AnyVisual] = {
    "equation": s.Equation(lines=("a = b",)),
    "bullets": s.Bullets(items=("one", "two")),
    "flow": s.Flow(steps=("one", "two")),
    "chart": s.Chart(series=("A",), rows=(("one", (1.0,)),)),
    "code": s.CodeListing(language="python", source="x = 1"),
    "comparison": s.Comparison(left_title="L", left=("a",), right_title="R", right=("b",)),
    "timeline": s.Timeline(entries=(("1905", "Relativity"),)),
    "table": s.Table(headings=("Organ", "Task"), rows=(("Leaf", "catches light"), ("Root", ""))),
    "image": s.Image(name="leaf.png", alt="A leaf"),
    "manim": s.Manim(source="class A(NarratedScene): ..."),
}


@pytest.mark.parametrize("kind", VISUAL_KINDS)
def test_every_kind_can_be_rendered_and_parsed_again(kind: str) -> None:
    assert kind in EXAMPLES, f"add an example of {kind} to EXAMPLES"
    scene = s.Scene(title="Scene", beats=(s.Beat(text="Text."),), visual=EXAMPLES[kind])
    script = s.Script(title="T", scenes=(scene,))
    assert parse(render(script)) == script


@pytest.mark.parametrize("kind", VISUAL_KINDS)
def test_every_kind_has_a_way_to_be_written(kind: str) -> None:
    assert kind in (*BLOCKS, "image"), f"{kind} has no block in lectern.markdown.blocks"


@pytest.mark.parametrize("kind", VISUAL_KINDS)
def test_every_kind_is_in_the_property_tests(kind: str) -> None:
    assert kind in visuals_by_kind(), f"add a strategy for {kind} to unit.markdown.scripts"
