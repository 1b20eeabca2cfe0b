"""The layout lint finds what would bother a viewer, and accepts everything else."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
from unit.scenekit.job_folders import job_folder

from lectern.scenekit.job import run


def findings(folder: Path, body: str, *, seconds: float = 3.0, **more: Any) -> list[dict[str, Any]]:
    """Return the findings in a scene with one beat whose code is `body`."""
    code = "from lectern.scenekit import *\n\nclass One(NarratedScene):\n    def construct(self):\n        with self.beat():\n"
    code += textwrap.indent(textwrap.dedent(body).strip("\n"), " " * 12)
    more = {"size": (1280, 720)} | more
    result = run(job_folder(folder, code, beats=[(seconds, "one two three")], mode="measure", **more))
    assert result["error"] is None, result["error"]
    found: list[dict[str, Any]] = result["findings"]
    return found


WRONG = [
    ("out-of-frame", "error", "self.play(FadeIn(Text('beyond').shift(RIGHT * 7)))"),
    ("out-of-frame", "error", "self.play(Write(Text('much too long for one line of a picture ' * 3)))"),
    ("out-of-frame", "warning", "self.play(Write(Text('where captions go').to_edge(DOWN, buff=0.1)))"),
    ("text-overlap", "error", "self.play(Write(Text('first'))); self.play(Write(Text('second')))"),
    ("text-overlap", "error", "self.add(Label('a label')); self.play(Create(DecimalNumber(3.14159)))"),
    ("text-too-small", "error", "self.play(Write(Text('tiny print', font_size=10)))"),
    ("text-too-small", "warning", "self.play(Write(Label('small print', size=30).scale(0.5)))"),
    ("low-contrast", "error", "self.play(Write(Text('black on black', color=BLACK)))"),
    (
        "low-contrast",
        "warning",
        "self.add(Square(4, fill_opacity=1, color=WHITE)); self.play(Write(Text('on', color='#999999')))",
    ),
]


@pytest.mark.parametrize(("rule", "level", "body"), WRONG)
def test_a_bad_layout_is_found_with_its_line(tmp_path: Path, rule: str, level: str, body: str) -> None:
    found = findings(tmp_path / "job", body)
    assert [(each["rule"], each["level"], each["beat"], each["line"]) for each in found] == [(rule, level, 1, 6)]
    assert found[0]["object"]


@pytest.mark.parametrize("body", ["self.wait(1)", "self.add(Square())"])
def test_a_beat_in_which_nothing_moves_is_found(tmp_path: Path, body: str) -> None:
    found = findings(tmp_path / "job", body, seconds=6)
    assert [each["rule"] for each in found] == ["nothing-moves"]


def test_a_picture_that_stands_still_for_long_is_found(tmp_path: Path) -> None:
    assert [each["rule"] for each in findings(tmp_path / "job", "self.play(Create(Square()))", seconds=15)] == [
        "nothing-moves"
    ]


RIGHT = [
    "a = Text('first'); self.play(Write(a)); self.play(FadeOut(a)); self.play(Write(Text('second')))",
    "a = Text('first'); self.play(Write(a)); self.play(Transform(a, Text('second')))",
    "a = Text('first'); self.play(Write(a)); self.play(ReplacementTransform(a, Text('second')))",
    "a = Text('same'); self.add(a); self.play(TransformFromCopy(a, a.copy().shift(UP)))",
    "self.add(NumberPlane()); self.play(Create(Circle(radius=6)))",
    "c = Circle(); self.play(Create(c)); self.play(c.animate.shift(RIGHT * 12))",
    "t = ValueTracker(0); d = always_redraw(lambda: Label(f'{t.get_value():.1f}')); self.add(d); self.play(t.animate.set_value(3))",
    "a = Text('dimmed'); self.play(Write(a)); self.play(a.animate.set_opacity(0.2))",
    "self.play(FadeIn(Square(3, fill_opacity=1, color=WHITE))); self.play(Write(Text('on', color=BLACK)))",
    "ax = Axes(x_range=[0, 5], y_range=[0, 5], x_axis_config={'include_numbers': True}); self.play(Create(ax))",
]


@pytest.mark.parametrize("body", RIGHT)
def test_a_good_layout_has_no_findings(tmp_path: Path, body: str) -> None:
    assert findings(tmp_path / "job", body) == []


KIT = [
    "Title('A title of a scene', 'and its subtitle')",
    "TitleCard('Photosynthesis', 'From light to sugar')",
    "Bullets('Light is absorbed by chlorophyll', 'Water is split', 'Oxygen leaves', title='Light reactions')",
    "Flow('Evaporate', 'Condense', 'Rain', 'Rivers', 'Sea')",
    "Flow('Light', 'Water', 'Carbon dioxide', into='Glucose')",
    "Equation('E = m c^2', 'm = E / c^2')",
    "Chart([('2000', 3.1), ('2010', 4.6), ('2020', -7.25)], title='Yield', unit='t')",
    "Chart([('a', (1, 2)), ('b', (3, 4))], style='line', series=('wheat', 'rice'))",
    "CodeListing('def f(x):\\n    # twice\\n    return x * 2')",
    "Comparison('Mitosis', ['Two cells', 'Identical'], 'Meiosis', ['Four cells', 'Each one different'])",
    "Timeline(('1687', 'Laws of motion'), ('1905', 'Special relativity'), ('1915', 'General relativity'))",
]


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("visual", KIT)
def test_the_kit_passes_its_own_lint_in_every_shape(tmp_path: Path, visual: str, theme: str) -> None:
    size = (1280, 720) if theme == "dark" else (720, 1280)
    title = "" if visual.startswith("Title") else "self.play(Title('A scene').reveal())\n"
    body = f"{title}thing = {visual}\nself.play(thing.reveal())\nself.play(focus(thing))"
    assert findings(tmp_path / "job", body, size=size, theme=theme, seconds=6.0) == []
