"""The check of a scene finds what would bother a viewer, and accepts everything else.

Each rule has scenes that are wrong and, beside them, scenes that are nearly the same and right.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.scenekit.checks.scene_findings import find_all, list_rules

from lectern.scenekit.checks.rules import RULES

WIDE = "self.play(Create(Rectangle(width=8, height=4)))\n"
"""A picture that is large enough, for scenes that are about something else."""

WRONG = [
    ("out-of-frame", "error", WIDE + "self.play(FadeIn(Text('beyond').shift(RIGHT * 7)))"),
    ("out-of-frame", "error", "self.play(Write(Text('much too long for one line of a picture ' * 3)))"),
    ("out-of-frame", "warning", WIDE + "self.play(Write(Text('where captions go').to_edge(DOWN, buff=0.1)))"),
    (
        "text-shortened",
        "warning",
        "self.play(Bullets(*['far too much to be read in so little room ' * 12] * 3).reveal())",
    ),
    ("text-too-small", "error", WIDE + "self.play(Write(Text('tiny print', font_size=10)))"),
    ("text-too-small", "warning", WIDE + "self.play(Write(Label('small print', size=30).scale(0.5)))"),
    ("text-too-small", "warning", WIDE + "self.play(Write(MathTypst('a + b', font_size=26)))"),
    ("low-contrast", "error", WIDE + "self.play(Write(Text('black on black', color='#111520')))"),
    (
        "low-contrast",
        "warning",
        "self.add(Square(4, fill_opacity=1, color=WHITE)); self.play(Write(Text('on', color='#999999')))",
    ),
    (
        "low-contrast",
        "warning",
        "self.add(Square(4, fill_opacity=0.6, color=BLUE)); self.play(Write(Label('sin x', color=theme.teal)))",
    ),
    (
        "low-contrast",
        "error",
        "self.add(Square(4, color=[WHITE, WHITE], fill_opacity=1)); self.play(Write(Text('on', color='#EEEEEE')))",
    ),
    (
        "low-contrast",
        "warning",
        "self.play(Write(Label('veiled'))); self.play(FadeIn(Square(5, color=WHITE, fill_opacity=0.6)))",
    ),
    (
        "text-covered",
        "warning",
        "self.play(Write(Label('half hidden', size=60)));"
        "self.play(FadeIn(Rectangle(width=6, height=4, fill_opacity=1, color=BLUE).shift(3.4 * RIGHT)))",
    ),
    ("text-overlap", "error", WIDE + "self.play(Write(Text('first'))); self.play(Write(Text('second')))"),
    ("text-overlap", "error", WIDE + "self.add(Label('a label')); self.play(Create(DecimalNumber(3.14159)))"),
    (
        "text-overlap",
        "error",
        WIDE + "a = Label('ACK 41'); self.play(FadeIn(a)); self.play(dim(a)); self.play(FadeIn(Label('half')))",
    ),
    (
        "text-crowded",
        "warning",
        WIDE + "a = Label('x'); self.play(FadeIn(a)); self.play(FadeIn(Equation('sin x').next_to(a, RIGHT, buff=0.1)))",
    ),
    (
        "line-through-text",
        "error",
        WIDE + "self.play(Write(Label('struck'))); self.play(Create(Line(5 * LEFT, 5 * RIGHT)))",
    ),
    (
        "line-through-text",
        "warning",
        WIDE + "a = Label('carbon dioxide').shift(2 * RIGHT); self.play(FadeIn(a));"
        "self.play(GrowArrow(Arrow(4 * LEFT, a.get_left() + 0.3 * RIGHT, buff=0)))",
    ),
    (
        "line-through-text",
        "warning",
        "ax = Axes(x_range=[-3, 3], y_range=[-1, 9]); self.add(ax);"
        "self.play(FadeIn(Label('a parabola').move_to(ax.c2p(1.2, 1.4)))); self.play(Create(ax.plot(lambda x: x**2)))",
    ),
    (
        "label-left-behind",
        "warning",
        "ball = Circle(radius=0.5).shift(4 * LEFT); name = Label('ball').next_to(ball, UP);"
        "self.play(FadeIn(ball, name)); self.play(ball.animate.shift(8 * RIGHT))",
    ),
    (
        "label-left-behind",
        "warning",
        WIDE + "ball = Circle(radius=0.5).shift(4 * RIGHT + 3 * UP); name = Label('oxygen').next_to(ball, LEFT);"
        "self.play(FadeIn(ball, name)); self.play(FadeOut(ball))",
    ),
    (
        "piece-changes-size",
        "warning",
        "p = Polygon(ORIGIN, 4 * RIGHT, 3 * UP, fill_opacity=1); self.add(p); self.play(p.animate.rotate(PI / 2))",
    ),
    (
        "piece-changes-size",
        "warning",
        "p = Polygon(ORIGIN, 4 * RIGHT, 3 * UP); q = Polygon(4 * RIGHT + 3 * UP, 3 * UP, 4 * RIGHT); self.add(p);"
        "self.play(Transform(p, q))",
    ),
    (
        "dot-lags-behind",
        "error",
        "path = FunctionGraph(np.sin, x_range=[-5, 5]).stretch(2, 1); dot = Dot(path.get_start());"
        "self.play(Create(path), MoveAlongPath(dot, path))",
    ),
    (
        "dot-lags-behind",
        "error",
        "path = Line(5 * LEFT, 5 * RIGHT); dot = Dot();"
        "self.play(AnimationGroup(Create(path), MoveAlongPath(dot, path), run_time=2))",
    ),
    (
        "text-set-anew",
        "warning",
        WIDE + "t = ValueTracker(0); self.add(always_redraw(lambda: Label(f'{t.get_value():.1f}')));"
        "self.play(t.animate.set_value(3))",
    ),
    (
        "text-set-anew",
        "warning",
        WIDE + "t = ValueTracker(0); a = Text('0');"
        "a.add_updater(lambda m: m.become(Text(f'{t.get_value():.1f}'))); self.add(a); self.play(t.animate.set_value(3))",
    ),
]


@pytest.mark.parametrize(("rule", "level", "body"), WRONG)
def test_what_bothers_a_viewer_is_found(tmp_path: Path, rule: str, level: str, body: str) -> None:
    assert list_rules(tmp_path / "job", body) == [(rule, level)]


RIGHT = [
    "a = Text('first'); self.play(Write(a)); self.play(FadeOut(a)); self.play(Write(Text('second')))",
    "a = Text('first'); self.play(Write(a)); self.play(Transform(a, Text('second')))",
    "a = Text('first'); self.play(Write(a)); self.play(ReplacementTransform(a, Text('second')))",
    "a = Text('same'); self.add(a); self.play(TransformFromCopy(a, a.copy().shift(UP)))",
    WIDE + "a, b = Text('4').shift(LEFT), Text('5'); self.add(a, b); self.play(Transform(a, b))",
    "self.play(Create(Square(4))); self.play(ShrinkToCenter(Text('gone')))",
    "self.play(GrowFromCenter(DoubleArrow(4 * LEFT, 4 * RIGHT)))",
    "self.play(FadeIn(NumberPlane().add_coordinates()))",
    "self.add(NumberPlane()); self.play(Create(Circle(radius=6)))",
    "self.add(NumberPlane()); self.play(Write(Label('on a grid', size=60)))",
    "c = Circle(); self.play(Create(c)); self.play(c.animate.shift(RIGHT * 12))",
    "a = Text('dimmed'); self.play(Write(a)); self.play(a.animate.set_opacity(0.2))",
    "self.play(FadeIn(Square(4, fill_opacity=1, color=WHITE))); self.play(Write(Text('on', color=BLACK)))",
    "self.play(FadeIn(Square(4, fill_opacity=0.3, color=BLUE))); self.play(Write(Label('on a tint')))",
    "a = Label('under a card', size=60); self.play(Write(a));"
    "self.play(FadeIn(Rectangle(width=9, height=4, fill_opacity=1, color=theme.surface))); self.play(Write(Label('on it')))",
    "ax = Axes(x_range=[0, 5], y_range=[0, 5], x_axis_config={'include_numbers': True}); self.play(Create(ax))",
    WIDE + "a = Label('x'); self.play(FadeIn(a)); self.play(FadeIn(Equation('sin x').next_to(a, RIGHT, buff=0.4)))",
    WIDE + "self.play(FadeIn(VGroup(Label('one'), Label('sentence', color=RED)).arrange(RIGHT, buff=0.12)))",
    WIDE + "a = Label('wrong', size=60); self.play(Write(a)); self.play(Create(Cross(a)))",
    WIDE + "a = Label('under', size=60); self.play(Write(a)); self.play(Create(Underline(a)))",
    WIDE + "a = Label('boxed', size=60); self.play(Write(a)); self.play(Create(SurroundingRectangle(a)))",
    WIDE + "self.play(Create(Line(5 * LEFT, 5 * RIGHT))); a = Label('on a plate', size=60);"
    "self.play(FadeIn(BackgroundRectangle(a, fill_opacity=1, color=theme.background)), Write(a))",
    "ax = Axes(x_range=[-3, 3], y_range=[-1, 9]); self.add(ax); g = ax.plot(lambda x: x**2);"
    "self.play(Create(g)); self.play(FadeIn(Label('a parabola').next_to(ax.c2p(2, 4), RIGHT, buff=0.4)))",
    "ball = Circle(radius=1.2).shift(3 * LEFT); name = Label('ball').next_to(ball, UP);"
    "self.play(FadeIn(ball, name)); self.play(VGroup(ball, name).animate.shift(6 * RIGHT))",
    "path = Line(5 * LEFT, 5 * RIGHT); dot = Dot(path.get_start()); name = Label('start').next_to(path, DOWN);"
    "self.play(Create(path), FadeIn(dot, name)); self.play(MoveAlongPath(dot, path))",
    "p = Polygon(ORIGIN, 4 * RIGHT, 3 * UP, fill_opacity=1); self.add(p); self.play(Rotate(p, PI / 2))",
    "p = Polygon(ORIGIN, 4 * RIGHT, 3 * UP); self.add(p); self.play(p.animate(path_arc=PI / 2).rotate(PI / 2))",
    "p = Polygon(ORIGIN, 4 * RIGHT, 3 * UP); self.add(p); self.play(p.animate.shift(2 * LEFT))",
    "p = Polygon(ORIGIN, 4 * RIGHT, 3 * UP); self.add(p); self.play(p.animate.flip())",
    "self.play(Create(s := Square(4))); self.play(Transform(s, Circle(2)))",
    "path = FunctionGraph(np.sin, x_range=[-5, 5]).stretch(2, 1); self.play(trace(Dot(), path))",
    "path = Line(5 * LEFT, 5 * RIGHT); self.play(Create(path), MoveAlongPath(Dot(), path.copy()))",
    WIDE
    + "t = ValueTracker(0); self.add(Number(lambda: t.get_value(), decimals=2)); self.play(t.animate.set_value(3))",
    WIDE + "t = ValueTracker(0); n = DecimalNumber(0).add_updater(lambda m: m.set_value(t.get_value()));"
    "self.add(n); self.play(t.animate.set_value(3))",
    WIDE + "a = Label('moved'); a.add_updater(lambda m: m.set_x(1)); self.add(a); self.play(Create(Square(3.5)))",
    "road = CountingLine(0, 100).shift(2 * DOWN); car = Square(1.5).move_to(road.at(10), DOWN); self.add(road, car);"
    "self.add(Square(3).shift(UP)); self.play(car.animate.move_to(road.at(90), DOWN))",
]


@pytest.mark.parametrize("body", RIGHT)
def test_a_good_picture_has_no_findings(tmp_path: Path, body: str) -> None:
    assert list_rules(tmp_path / "job", body) == []


def test_a_finding_says_where_when_and_about_what(tmp_path: Path) -> None:
    (found,) = find_all(tmp_path / "job", WRONG[0][2], seconds=2.0)
    assert (found["beat"], found["line"]) == (1, 7)
    assert found["object"] == "Text('beyond')"
    assert found["time"] == pytest.approx(2.0, abs=0.1)
    assert "move it" in found["message"]


def test_a_thing_is_named_as_the_author_named_it(tmp_path: Path) -> None:
    body = WIDE + "level = DashedLine(5 * LEFT, 5 * RIGHT)\nself.add(level)\nself.play(Write(Label('sin x')))"
    (found,) = find_all(tmp_path / "job", body)
    assert "DashedLine level runs through Label('sin x')" in found["message"]


def test_a_finding_is_reported_once_though_it_stays(tmp_path: Path) -> None:
    body = WIDE + "self.play(Write(Text('first')))\nself.play(Write(Text('second')))\nself.play(Create(Square(3.5)))"
    assert list_rules(tmp_path / "job", body) == [("text-overlap", "error")]


def test_every_rule_has_a_scene_that_breaks_it() -> None:
    of_the_film = {"empty-picture", "small-picture", "lopsided-picture", "nothing-moves"}
    assert {rule for rule, _, _ in WRONG} | of_the_film == {rule.name for rule in RULES}


def test_every_rule_is_in_the_documents_table_with_its_levels() -> None:
    page = (Path(__file__).parents[4] / "docs/lessons.md").read_text(encoding="utf-8")
    for rule in RULES:
        levels = f"{rule.level}, {rule.severe}" if rule.severe else rule.level
        assert f"| `{rule.name}` | {levels} | {rule.sees} |" in page


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
def test_the_kit_passes_its_own_check_in_every_shape(tmp_path: Path, visual: str, theme: str) -> None:
    size = (1280, 720) if theme == "dark" else (720, 1280)
    title = "" if visual.startswith("Title") else "self.play(Title('A scene').reveal())\n"
    body = f"{title}thing = {visual}\nself.play(thing.reveal())\nself.play(focus(thing))"
    assert list_rules(tmp_path / "job", body, size=size, theme=theme, seconds=3.5) == []
