"""Lessons in Markdown: the script they make, and the errors of those that make none."""

from __future__ import annotations

import pytest

from lectern.contracts import script as s
from lectern.contracts.options import DOCUMENT_LIMIT
from lectern.contracts.problems import Problem, ProblemError
from lectern.markdown import parse, render
from lectern.markdown.__main__ import main


def scene(visual: str = "", narration: str = "Something is said.") -> s.Scene:
    return parse(f"## Scene\n\n{narration}\n\n{visual}\n").scenes[0]


def visual_of(visual: str) -> s.AnyVisual | None:
    return scene(visual).visual


def refusal(text: str) -> Problem:
    with pytest.raises(ProblemError) as raised:
        parse(text)
    return raised.value.problem


def errors_by_line(text: str) -> dict[str, str]:
    return {error.pointer: error.detail for error in refusal(text).errors}


def test_headings_are_scenes_and_paragraphs_are_beats() -> None:
    script = parse(
        "# Tides\n\n## The pull\n\nThe Moon\npulls.\n\nSo does the Sun.\n\n## The turn\n\nThe Earth turns.\n"
    )
    assert script.title == "Tides"
    assert [(each.title, [beat.text for beat in each.beats]) for each in script.scenes] == [
        ("The pull", ["The Moon pulls.", "So does the Sun."]),
        ("The turn", ["The Earth turns."]),
    ]


def test_without_second_level_headings_the_first_level_makes_scenes() -> None:
    script = parse("# One\n\nFirst.\n\n# Two\n\nSecond.\n")
    assert [each.title for each in script.scenes] == ["One", "Two"]
    assert script.title == "One"


def test_front_matter_sets_title_language_and_sources() -> None:
    script = parse(
        '---\ntitle: "Gezeiten"\nlanguage: de\ntopics: moon, sea\nsources: Newton 1687; Laplace\nsource: A; B\n---\n## S\n\nText.\n'
    )
    assert (script.title, script.language) == ("Gezeiten", "de")
    assert script.sources == ("A; B", "Newton 1687", "Laplace")


def test_a_lesson_without_a_language_has_the_requested_one() -> None:
    assert parse("## S\n\nTexte.", language="fr").language == "fr"


def test_text_before_the_first_scene_opens_the_video_under_its_title() -> None:
    script = parse("# Tides\n\nEvery day the sea comes and goes.\n\n## Why\n\nThe Moon.\n")
    assert [each.title for each in script.scenes] == ["Tides", "Why"]


def test_emphasis_links_and_code_are_spoken_as_their_words() -> None:
    assert scene("", "The *very* **big** [sea](http://a.b) has `waves` & List<int>.").beats[0].text == (
        "The very big sea has waves & List<int>."
    )


def test_a_say_comment_changes_the_speech_and_not_the_captions() -> None:
    beat = scene("", "H₂O boils.\n<!-- say: Water boils. -->").beats[0]
    assert (beat.text, beat.spoken_text()) == ("H₂O boils.", "Water boils.")
    assert scene("", "H₂O boils. <!-- say: Water boils. -->").beats[0] == beat


@pytest.mark.parametrize(("written", "seconds"), [("1.5", 1.5), ("2 s", 2), ("1,25", 1.25), (".5s", 0.5), ("0", 0)])
def test_a_pause_comment_is_the_silence_after_its_paragraph(written: str, seconds: float) -> None:
    first, second = scene("", f"Which one is it?\n<!-- pause: {written} -->\n\nThe second.").beats
    assert (first.pause, second.pause) == (seconds, 0)


def test_other_comments_are_ignored() -> None:
    assert scene("<!-- check this -->").beats == (s.Beat(text="Something is said."),)


@pytest.mark.parametrize(
    ("markdown", "visual"),
    [
        ("- one\n- *two*\n  - three", s.Bullets(items=("one", "two", "three"))),
        ("```bullets\n- one\ntwo\n```", s.Bullets(items=("one", "two"))),
        ("```equation\na^2 + b^2 = c^2\n$c = 5$\n```", s.Equation(lines=("a^2 + b^2 = c^2", "c = 5"))),
        ("```flow\nLight -> Water → Sugar\n```", s.Flow(steps=("Light", "Water", "Sugar"))),
        ("```flow\nLight\nWater\n```", s.Flow(steps=("Light", "Water"))),
        ("```chart table\nYear | A | B\n2020 | 1 | 2.5\n```", s.Chart(style="table", series=("A", "B"), rows=(("2020", (1.0, 2.5)),))),
        ("```chart line\nCoal: 35\nOil, heavy: 1,030.5\n```", s.Chart(style="line", series=("",), rows=(("Coal", (35.0,)), ("Oil, heavy", (1030.5,))))),
        ("```chart\nYear | A | B\n2010 | −1 | 2%\n```", s.Chart(series=("A", "B"), rows=(("2010", (-1.0, 2.0)),))),
        ("| Year | A |\n|---|---:|\n| 2010 | 7 |", s.Chart(series=("A",), rows=(("2010", (7.0,)),))),
        ("```comparison\nL | R\na | b\n| | c |\n```", s.Comparison(left_title="L", left=("a",), right_title="R", right=("b", "c"))),
        ("```timeline\n1905: Relativity: special\n12:30 | Lunch\n```", s.Timeline(entries=(("1905", "Relativity: special"), ("12:30", "Lunch")))),
        ("| Organ | Task |\n|---|:---:|\n| *Leaf* | catches \\| light |\n| Root | |", s.Table(headings=("Organ", "Task"), rows=(("Leaf", "catches | light"), ("Root", "")))),
        ("```table\nA | B\n--- | ---\n1 | 2\n| | \\| |\n```", s.Table(headings=("A", "B"), rows=(("1", "2"), ("", "|")))),
        ("```python\nif x:\n\treturn 1  \n```", s.CodeListing(language="python", source="if x:\n    return 1")),
        ("```code rust\nfn f() {}\n```", s.CodeListing(language="rust", source="fn f() {}")),
        ("```\nplain\n```", s.CodeListing(language="text", source="plain")),
        ("![A *leaf*](./big%20leaf.png)", s.Image(name="big leaf.png", alt="A leaf")),
        ("```manim\nclass A(Scene): ...\n```", s.Manim(source="class A(Scene): ...")),
    ],
)  # fmt: skip
def test_every_visual_can_be_written(markdown: str, visual: s.AnyVisual) -> None:
    assert visual_of(markdown) == visual


@pytest.mark.parametrize(
    ("text", "code", "line", "hint"),
    [
        ("", "empty-document", 1, "paragraph to be spoken"),
        ("Only text.", "no-scenes", 1, "## Heading"),
        ("### Deep\n\nText.", "no-scenes", 1, "## Heading"),
        ("## A\n\n## B\n\nText.", "scene-without-narration", 1, "paragraph under its heading"),
        ("## A\n\nText.\n\n```flwo\na\n```", "unknown-block", 5, "flow"),
        ("## A\n\nText.\n\n```mermaid\na\n```", "unknown-block", 5, "flow"),
        ("## A\n\nText.\n\n- x\n\n| a | b |\n|---|---|\n| c | 1 |", "two-visuals", 7, "line 5"),
        ("## A\n\nText.\n\n```chart\nx: 1,5\n```", "chart-number", 6, "1.5"),
        ("## A\n\nText.\n\n```chart\na | b\nx | 1 | 2\n```", "chart-row", 7, "each series"),
        ("## A\n\nText.\n\n```chart pie\nx: 1\n```", "chart-style", 5, "bar"),
        ("## A\n\nText.\n\n```equation\n\\frac{1}{2}\n```", "latex-in-equation", 6, "a/b"),
        ("## A\n\nText.\n\n```manim\nx = 1\ndef f(:\n```", "manim-syntax", 7, "def f(:"),
        ("## A\n\nText.\n\n```flow\nalone\n```", "flow-too-short", 5, "Light -> Water"),
        ("## A\n\nText.\n\n```comparison\na | b | c\n```", "comparison-columns", 6, "Left title | Right title"),
        ("## A\n\nText.\n\n```table\na | b\nx | y | z\n```", "table-row", 7, "a cell for each heading"),
        ("## A\n\nText.\n\n```table\na | b\n```", "table-row", 6, "Leaf | catches light"),
        ("## A\n\nText.\n\n```table\na\nb\n```", "table-columns", 6, "`- Leaf`"),
        ("## A\n\nText.\n\n| | |\n|---|---|\n| x | y |", "table-columns", 5, "first row"),
        ("## A\n\nText.\n\n| a | b |\n|---|---|\n| x | y |\n| | |", "table-row", 8, "remove the row"),
        ("## A\n\nText.\n\na | b\n--- | ---\n" + "x | y\n" * 9, "too-much-to-show", 5, "two scenes"),
        (
            "## A\n\nText.\n\n```table\na | b | c | d | e | f\n1 | 2 | 3 | 4 | 5 | 6\n```",
            "too-much-to-show",
            6,
            "two scenes",
        ),
        ("## A\n\nText.\n\na | b\n--- | ---\nx | " + "y" * 41, "entry-too-long", 7, "a few words"),
        ("## A\n\nText.\n\n```timeline\nsomeday\n```", "timeline-entry", 6, "1905"),
        ("## A\n\nText.\n\n```code klingon\nx\n```", "unknown-language", 5, "code text"),
        ("## A\n\nText.\n\n### B\n\nMore.", "heading-level", 5, "##"),
        ("## A\n\nText.\n\n<div>\nx\n</div>", "html", 5, "Markdown"),
        ("## A\n\nText.\n\n![x](http://a.b/c.png)", "picture-name", 5, "beside the lesson"),
        ("## A\n\nText.\n\n![x](../../etc/passwd)", "picture-name", 5, "beside the lesson"),
        ("## A\n\n<!-- say: x -->\n\nText.", "say-without-text", 3, "below the paragraph"),
        ("## A\n\nText.\n<!-- pause: 6 -->", "pause", 4, "pause: 1.5"),
        ("## A\n\nText.\n<!-- pause: long -->", "pause", 4, "pause: 1.5"),
        ("## A\n\nText.\n<!-- pause: -1 -->", "pause", 4, "pause: 1.5"),
        ("## A\n\nText.\n<!-- pause: nan -->", "pause", 4, "pause: 1.5"),
        ("## A\n\nText.\n<!-- pause: 1 -->\n<!-- pause: 2 -->", "say-twice", 5, "Keep one"),
        ("## A\n\n<!-- pause: 1 -->\n\nText.", "say-without-text", 3, "below the paragraph"),
        ("## A\n\n" + "ha-" * 700, "beat-too-long", 3, "Split"),
        (f"## A\n\nText.\n<!-- show: {'x' * 2001} -->", "note-too-long", 4, "Shorten"),
        ("## A\n\n…\n", "nothing-to-say", 3, "sentence"),
        ("---\ntitel: x\n---\n## A\n\nText.", "front-matter-key", 2, "title"),
        ("---\ntitle: x\n## A\n\nText.", "front-matter-open", 1, "second line of ---"),
        (f"---\ntitle: {'x' * 121}\n---\n## A\n\nText.", "title-too-long", 2, "Shorten"),
        ("---\nlanguage: German!\n---\n## A\n\nText.", "language", 2, "de"),
    ],
)
def test_an_error_is_reported_with_its_line_and_remedy(text: str, code: str, line: int, hint: str) -> None:
    problem = refusal(text)
    assert problem.code == code
    assert problem.errors[0].pointer == f"line {line}"
    assert hint in problem.errors[0].detail


def test_a_paragraph_too_long_for_a_beat_is_reported_with_a_place_to_split() -> None:
    first, second = "Alpha " * 35 + "ends here.", "Beta " * 30 + "is over."
    problem = refusal(f"## A\n\n{first} {second}\n")
    assert problem.code == "beat-too-long"
    assert "Put an empty line after “… Alpha Alpha ends here.”" in problem.remedy


def test_a_scene_too_long_to_watch_is_refusal() -> None:
    assert refusal("## A\n\n" + ("word " * 50 + "end.\n\n") * 5).code == "scene-too-long"


def test_words_are_counted_in_scripts_without_spaces() -> None:
    assert refusal("## 光合作用\n\n" + "植物利用阳光" * 30 + "。\n").code == "beat-too-long"


def test_all_errors_are_reported_together_in_order() -> None:
    text = "## A\n\n## B\n\nText.\n\n```chart\nx: one\n```\n\n### C\n"
    assert list(errors_by_line(text)) == ["line 1", "line 8", "line 11"]


def test_a_file_with_windows_line_ends_makes_the_same_script() -> None:
    text = "---\ntitle: T\n---\n\n## A\n\nText.\n\n- x\n"
    assert parse("\ufeff" + text.replace("\n", "\r\n")) == parse(text)


@pytest.mark.parametrize("language", ["english", "x-elvish", "419", "e"])
def test_a_language_that_is_no_code_is_refused(language: str) -> None:
    with pytest.raises(ProblemError) as refused:
        parse(f"---\nlanguage: {language}\n---\n# A\n\nWords.")
    assert refused.value.problem.code == "language"


def test_a_windows_line_end_counts_as_one_character() -> None:
    text = "# A\r\n\r\nWords.\r\n" + "\r\n" * 100_000
    assert len(text) > DOCUMENT_LIMIT
    assert parse(text).title == "A"


def test_line_numbers_count_the_front_matter() -> None:
    assert refusal("---\ntitle: T\n---\n## A\n\nText.\n\n### B\n").errors[0].pointer == "line 8"


def test_text_that_looks_like_markup_is_escaped() -> None:
    text = render(s.Script(title="*T* #", scenes=(s.Scene(title="1. # a #", beats=(s.Beat(text="- _x_ <b> &amp;"),)),)))
    assert "&amp;" not in text.replace("\\&amp;", "")
    assert parse(text).scenes[0].beats[0].text == "- _x_ <b> &amp;"


def test_the_command_reports_errors_by_file_and_line(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text("## A\n\nText to speak.\n\n- x\n")
    bad.write_text("## A\n")
    assert main([str(good)]) == 0
    assert main([str(good), str(bad)]) == 1
    out = capsys.readouterr().out
    assert "1. A: 1 beats, 3 words" in out
    assert f"{bad}: line 1: Scene 'A' has nothing to say." in out


def test_comments_below_a_heading_say_what_the_scene_is_for() -> None:
    script = parse("""---
angle: From a hole to its value.
---
## The hole
<!-- idea: A limit needs no value. -->
<!-- purpose: Make the question interesting. -->
<!-- shows: A curve with a hole. -->
<!-- form: graph -->

Look at this curve.
""")

    assert script.angle == "From a hole to its value."
    assert script.scenes[0].plan == s.ScenePlan(
        idea="A limit needs no value.",
        purpose="Make the question interesting.",
        shows="A curve with a hole.",
        form="graph",
    )
    assert [beat.text for beat in script.scenes[0].beats] == ["Look at this curve."]


def test_comments_below_a_heading_say_what_its_user_wants_to_see_and_who_speaks_it() -> None:
    script = parse("## One\n<!-- direction: Show it as a number line. -->\n<!-- voice: en-GB -->\n\nIt is said.\n")
    assert script.scenes[0].plan.direction == "Show it as a number line."
    assert script.scenes[0].voice == "en-GB"


def test_a_direction_of_over_500_characters_is_refused() -> None:
    (error,) = refusal(f"## One\n<!-- direction: {'x' * 501} -->\n\nIt is said.\n").errors
    assert "501" in error.detail


def test_an_unknown_form_names_the_forms_there_are() -> None:
    (error,) = refusal("## One\n<!-- form: cartoon -->\n\nIt is said.\n").errors

    assert error.pointer.endswith("2")
    assert "'cartoon'" in error.detail
    assert "graph, geometry" in error.detail


@pytest.mark.parametrize(
    "formula",
    [
        "Einstein wrote $E = mc^2$ in 1905.",
        "The sum $\\frac{a}{b}$ is known.",
        "$$\\int_0^1 x\\,dx = \\frac12$$",
        "Let $x$ be a number.",
        "Then $a+b = c$ holds.",
        "Some $n_1$ of them.",
    ],
)
def test_a_formula_between_dollar_signs_is_refused_with_what_to_write_instead(formula: str) -> None:
    for text in (f"## A\n\nText.\n\n{formula}\n", f"## A\n\nText.\n\n- {formula}\n"):
        problem = refusal(text)
        assert problem.code == "formula-in-text"
        assert problem.detail.startswith("Line 5: The formula $")
        assert "```equation" in problem.remedy


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5, or $10 for two.",
        "Prices rose from $1,250.50 to $2,000.",
        "US$ and A$ are currencies.",
        "In PHP, `$a = $b_1` assigns.",
        "Prices between 5$ and 10$ are common.",
    ],
)
def test_prices_and_code_are_no_formulas(text: str) -> None:
    assert scene("", text).beats[0].text == text.replace("`", "")


def test_a_formula_that_is_meant_as_words_is_escaped_and_survives_rendering() -> None:
    script = parse("## A\n\nType \\$x^2\\$ into the box.\n")
    assert script.scenes[0].beats[0].text == "Type $x^2$ into the box."
    assert parse(render(script)) == script


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("5", "−7.5 %", "1,250"), "chart"),
        (("5", "ten", "3"), "table"),
        (("5", "", "3"), "table"),
        (("5 km", "7", "3"), "table"),
        (("1969-07-20", "10–20", "1:2"), "table"),
    ],
)
def test_a_markdown_table_is_a_chart_where_all_is_numbers_and_shown_as_it_is_where_not(
    cells: tuple[str, ...], kind: str
) -> None:
    visual = visual_of("\n".join(["Year | A", "--- | ---", *(f"200{n} | {cell}" for n, cell in enumerate(cells))]))
    assert visual is not None
    assert visual.kind == kind
    if isinstance(visual, s.Table):
        assert visual.rows == tuple((f"200{n}", cell) for n, cell in enumerate(cells))


def test_words_in_a_chart_are_refused_once_with_what_shows_them() -> None:
    problem = refusal("## A\n\nText.\n\n```chart\nOrgan | Task\nLeaf | catches light\nRoot | takes in water\n```\n")
    assert problem.code == "table-of-words"
    assert len(problem.errors) == 1
    assert "```table" in problem.remedy


def test_a_formula_in_a_cell_is_refused_with_the_line_of_its_row() -> None:
    problem = refusal("## A\n\nText.\n\nShape | Area\n--- | ---\nCircle | $\\pi r^2$\n")
    assert problem.code == "formula-in-text"
    assert problem.detail.startswith("Line 7:")


def test_a_wrong_number_in_a_chart_is_still_named() -> None:
    assert refusal("## A\n\nText.\n\n```chart\nYear | Wind\n2000 | 5\n2010 | ten\n```\n").code == "chart-number"
