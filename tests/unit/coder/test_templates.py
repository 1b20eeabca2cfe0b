"""Templates are Manim source that shows the script's texts, and no text can turn it into another program."""

from __future__ import annotations

import ast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.coder.coding_tasks import task, visuals

from lectern.coder import templates
from lectern.coder.coding import CodingTask
from lectern.coder.templates.phrases import MAX_WORDS, key_phrase
from lectern.coder.templates.things import find_things
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
    "DataTable",
    *("Label", "stack", "fit", "focus", "min", "idea", "VGroup", "RoundedRectangle", "Text", "FadeIn", "FadeOut"),
    *("LaggedStart", "Circle", "Arc", "Number", "ValueTracker", "UpdateFromAlphaFunc", "AnimationGroup", "link"),
    *("GrowFromCenter", "range", "len", "zip", "enumerate"),
    *(
        "draw_thing",
        "spread_out",
        "arrive",
        "swell",
        "count_up",
        "Thing",
        "getattr",
        "max",
        "alive",
    ),  # the card's own, below
}
METHODS = {
    *("add", "dwell", "follow", "stretch", "point_out", "derive", "pan", "cos", "explain"),
    *("begin_close", "wide"),
    *("beat", "play", "at", "reveal", "reveal_left", "reveal_right", "highlight", "value", "scale", "animate"),
    *(
        "set_fill",
        "move_to",
        "shift",
        "array",
        "hypot",
        "norm",
        "get_center",
        "add_updater",
        "rotate",
        "set_value",
        "update",
    ),
    "resume_updating",
}
SETUPS = {"title", "points", "flow", "eq", "chart", "code", "sides", "timeline", "picture", "card", "frame", "theme"}


def write_sources(given: CodingTask) -> list[str]:
    made = [templates.write_card(given), templates.write_plain_card(given)]
    template = templates.write_template(given)
    return [*made, template] if template else made


def find_calls(source: str) -> set[str]:
    """The names of everything that a source calls. Raises SyntaxError for text that is no source."""
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
    assert find_calls(source) <= KIT | METHODS
    assert len([node for node in ast.walk(tree) if isinstance(node, ast.With)]) == beats
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Raise | ast.Lambda | ast.Global)]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(text: str) -> None:
    for visual in [None, *visuals(text)]:
        for number in (1, 2):
            given = task(visual, (f"{text} and more", text or "x", "the end"), title=text, number=number)
            for source in write_sources(given):
                assert_only_the_kit(source, 3)


@given(st.text(max_size=80), st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_no_text_changes_the_program(text: str, beats: list[str]) -> None:
    for visual in [None, *visuals(text)]:
        for source in write_sources(task(visual, beats, title=text, number=1)):
            assert_only_the_kit(source, len(beats))


@pytest.mark.parametrize("visual", visuals(), ids=lambda visual: type(visual).__name__)
@pytest.mark.parametrize("beats", [1, 2, 5])
def test_every_beat_of_every_template_moves(visual: s.AnyVisual, beats: int) -> None:
    for source in write_sources(task(visual, [f"Sentence number {number} is spoken here." for number in range(beats)])):
        blocks = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.With)]
        assert len(blocks) == beats
        assert all("self.play(" in ast.unparse(block) for block in blocks)


def test_a_template_shows_everything() -> None:
    source = templates.write_template(
        task(s.Bullets(items=("one", "two", "three")), ("Only one beat for all of these three points.",))
    )
    assert source is not None
    assert "Bullets('one', 'two', 'three')" in source
    assert [f"points.reveal({number})" in source for number in range(3)] == [True] * 3


def test_points_appear_as_they_are_spoken() -> None:
    source = templates.write_template(
        task(s.Bullets(items=("Light", "Water")), ("A leaf lives on light.", "And, every single day, on water."))
    )
    assert source is not None
    assert "self.at('water')\n            self.play(points.reveal(1))" in source


def test_the_first_of_several_formulas_is_seen_close_until_the_second_grows_out_of_it() -> None:
    beats = ("It is a squared.", "So it is b squared.", "And c squared at last.")
    several = templates.write_template(task(s.Equation(lines=("a^2", "b^2", "c^2")), beats))
    alone = templates.write_template(task(s.Equation(lines=("a^2",)), beats))
    assert several is not None
    assert alone is not None
    assert several.index("self.begin_close(eq[0]") < several.index("self.play(self.wide(), eq.derive(1))")
    assert several.count("self.wide()") == 1, "two moves of the camera at once would fight"
    assert "begin_close" not in alone


def test_a_code_listing_is_walked_through_as_each_beat_speaks_of_its_lines() -> None:
    code = s.CodeListing(language="python", source="low = 0\nhigh = 9\nreturn middle")
    source = templates.write_template(task(code, ("Here it is.", "The bounds come first.", "It ends with the middle.")))
    assert source is not None
    assert source.count("self.play(code.follow())") == 3
    assert "self.add(title, code)" in source, "the listing is there from the first frame"


@pytest.mark.parametrize("kind", sorted(s.VISUAL_KINDS.keys() - {"manim"}))
def test_every_visual_kind_has_a_template(kind: str) -> None:
    examples = [visual for visual in visuals() if visual.kind == kind]
    assert examples, f"add an example of the visual kind {kind!r} to unit/coder/coding_tasks.py"
    for visual in examples:
        assert templates.write_template(task(visual)), f"write_template does not write the visual kind {kind!r}"


def test_a_scene_with_an_authors_own_manim_has_no_template() -> None:
    assert templates.write_template(task(s.Manim(source="x = 1"))) is None


def name_things(*beats: str, shows: str = "", symbols: tuple[s.Symbol, ...] = (), limit: int = 4) -> list[str]:
    given = task(None, beats)
    scene = msgspec.structs.replace(given.scene, plan=s.ScenePlan(shows=shows))
    script = msgspec.structs.replace(given.script, symbols=symbols)
    things = find_things(msgspec.structs.replace(given, scene=scene, script=script), limit)
    return [f"{each.name} {each.value:g}{each.unit}" if each.value is not None else each.name for each in things]


def test_a_card_is_made_of_what_the_plan_shows_rather_than_of_sentences() -> None:
    beats = ("Something wonderful happens inside chloroplasts.", "Afterwards everybody enjoys sugar.")
    assert name_things(*beats, shows="Chloroplasts light up, and sugar comes out.") == ["chloroplasts", "sugar"]


def test_a_card_shows_symbols_in_their_colours() -> None:
    symbols = (
        s.Symbol(name="heat", colour="bad", meaning="energy"),
        s.Symbol(name="work", colour="accent", meaning="w"),
    )
    given = task(None, ("A gas takes heat.", "Then it does work."))
    script = msgspec.structs.replace(given.script, symbols=symbols)
    source = templates.write_card(msgspec.structs.replace(given, script=script))
    assert "draw_thing('heat', theme.bad" in source
    assert "draw_thing('work', theme.teal" in source, "accent is nobody's own"


@pytest.mark.parametrize(
    ("sentence", "figure"),
    [
        ("About 40 % of the light is lost.", "light 40%"),
        ("It costs 1,497 euros after all.", "euros 1497"),
        ("The stone falls with 9.81 m/s towards us.", "towards 9.81m/s"),
        ("It pays $250 for rent.", "rent 250$"),
        ("Seven per cent, or 7 percent, of interest.", "interest 7%"),
    ],
)
def test_a_card_counts_up_to_the_figures_that_are_told(sentence: str, figure: str) -> None:
    assert name_things(sentence) == [figure]
    source = templates.write_card(task(None, (sentence,)))
    assert "count_up" in source


@pytest.mark.parametrize("sentence", ["In 1905 Einstein wrote it.", "There are 3 colours.", "See version 2.5.1 there."])
def test_years_small_counts_and_versions_are_no_figures(sentence: str) -> None:
    assert not any(character.isdigit() for character in name_things(sentence)[0])


def test_a_card_names_each_thing_once_and_no_more_than_fit() -> None:
    beats = (
        "Plants need sunlight.",
        "More sunlight still.",
        "Roots drink.",
        "Leaves breathe.",
        "Flowers bloom.",
        "End.",
    )
    names = name_things(*beats)
    assert len(names) == 4
    assert len({name.lower() for name in names}) == 4
    assert names[-1] in ("Flowers bloom", "End")


def test_things_arrive_on_their_word_and_in_order() -> None:
    source = templates.write_card(task(None, ("At first there is sunlight.", "And later on, some chlorophyll.")))
    assert "self.add(title, things[0]" in source, "the first is there from the first frame"
    assert source.index("self.play(swell(0))") < source.index("self.at('chlorophyll')") < source.rindex("arrive(1)")


def test_a_scene_that_names_nothing_shows_its_title() -> None:
    assert "TitleCard('A scene')" in templates.write_card(task(None, ("…",)))


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("And so plants turn light into sugar.", "Plants turn light into sugar"),
        ("When we burn forests, we lose the trees and their carbon.", "We lose the trees and their carbon"),
        ("Is it so?", "Is it so"),
        ("光合作用是植物制造食物的过程，它发生在叶绿体中。", "光合作用是植物制造食物的过程"),
        ("It cost $1,250.50 for 2 kg of H2O at 10:30.", "It cost $1,250.50 for 2 kg of H2O at 10:30"),
        ("Pi is about 3.14 in e.g. Dr. Brown's notes.", "Pi is about 3.14 in e.g. Dr. Brown's notes"),
        ("It fails. The pump of version 2.5 leaks water.", "The pump of version 2.5 leaks water"),
        ("…", ""),
    ],
)
def test_a_key_phrase_is_the_meaningful_part_of_a_sentence(sentence: str, phrase: str) -> None:
    assert key_phrase(sentence) == phrase


@given(st.text(max_size=400))
def test_a_key_phrase_is_one_short_line(text: str) -> None:
    phrase = key_phrase(text)
    assert len(phrase.split()) <= MAX_WORDS
    assert len(phrase) <= 91
    assert "\n" not in phrase


def test_letters_of_a_single_formula_are_named_where_the_script_says_what_they_mean() -> None:
    symbols = (
        s.Symbol(name="F", colour="primary", meaning="force"),
        s.Symbol(name="m", colour="teal", meaning="a mass that is much too long to stand at a letter"),
        s.Symbol(name="q", colour="teal", meaning="charge"),
    )
    beats = ("Newton wrote this down.", "The force is what we look for.")

    def write(*lines: str) -> str:
        made = task(s.Equation(lines=lines), beats)
        made = msgspec.structs.replace(made, script=msgspec.structs.replace(made.script, symbols=symbols))
        return templates.write_template(made) or ""

    source = write("F = m a")
    assert source.count("eq.explain(") == 1
    assert "self.at('force')\n            self.play(eq.explain('F', 'force'))" in source
    assert "explain(" not in write("F = m a", "a = F / m")


def test_a_table_of_numbers_shows_them_as_they_were_told() -> None:
    chart = s.Chart(style="table", series=("Moons", "Year"), rows=(("Mars", (2.0, 1.88)), ("Saturn", (1274.0, -29.5))))
    source = templates.write_template(task(chart, ("Mars has two.", "Saturn has many more.")))
    assert source is not None
    assert "['Mars', '2', '1.88'], ['Saturn', '1,274', '-29.5']" in source
    assert source.index("table.reveal(0)") < source.index("table.reveal(1)")


def test_a_row_of_a_table_comes_with_the_words_that_it_alone_has() -> None:
    rows = (("Leaf", "takes in light"), ("Root", "takes in water"), ("Stem", "carries water"))
    beats = (
        "A leaf is where it begins, and its light.",
        "What takes the water in is the root.",
        "The stem carries it up.",
    )
    source = templates.write_template(task(s.Table(headings=("Part", "Task"), rows=rows), beats))
    assert source is not None
    parts = source.split("with self.beat")[1:]
    for number, (part, word) in enumerate(zip(parts, ("leaf", "root", "stem"), strict=True)):
        assert f"table.reveal({number})" in part
        assert f'self.at("{word}"' in part or number == 0 or f"self.at('{word}'" in part


def test_rows_that_have_nothing_of_their_own_are_told_apart_by_all_they_have() -> None:
    table = s.Table(headings=("A", "B"), rows=(("yes", "no"), ("no", "yes")))
    source = templates.write_template(task(table, ("First yes and no.", "Then no and yes.")))
    assert source is not None
    assert "table.reveal(0)" in source
    assert "table.reveal(1)" in source


def test_headings_stand_out_until_the_first_row_is_spoken_of() -> None:
    beats = ("Every part of a plant has a task.", "The leaf takes in light.")
    source = templates.write_template(
        task(s.Table(headings=("Part", "Task"), rows=(("Leaf", "takes in light"),)), beats)
    )
    assert source is not None
    first, second = source.split("with self.beat")[1:]
    assert "table.dwell(None" in first
    assert "reveal" not in first
    assert "table.reveal(0)" in second
    assert "table.dwell(None" not in second.partition("table.reveal(0)")[2]
