"""The kit lays things out within the frame, and its errors name the remedy."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
from manim import tempconfig

from lectern.scenekit import (
    Bullets,
    Chart,
    CodeListing,
    Comparison,
    Equation,
    Flow,
    Label,
    Picture,
    Square,
    Text,
    Timeline,
    Title,
    columns,
    dim,
    frame,
    theme,
    undim,
)
from lectern.scenekit.contrast import contrast_ratios, to_rgb
from lectern.scenekit.renderer import frame_shape
from lectern.scenekit.right_to_left import keep_right_to_left_text
from lectern.scenekit.style import use_theme
from lectern.scenekit.timeline import Travel
from lectern.theme import THEMES


@pytest.fixture(
    params=[
        pytest.param((1920, 1080), id="16:9"),
        pytest.param((1080, 1920), id="9:16", marks=pytest.mark.slow),
        pytest.param((1080, 1080), id="1:1", marks=[pytest.mark.slow, pytest.mark.long]),
    ]
)
def shape(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    width, height = frame_shape(*request.param)
    with (
        tempconfig({"frame_width": width, "frame_height": height, "media_dir": str(tmp_path)}),
        use_theme("dark"),
    ):
        yield


def test_the_short_side_is_eight_units() -> None:
    assert frame_shape(1920, 1080) == (pytest.approx(14.222, abs=0.001), 8.0)
    assert frame_shape(1080, 1920) == (8.0, pytest.approx(14.222, abs=0.001))


slow = pytest.mark.slow
VISUALS = [
    pytest.param(
        lambda: Bullets(*["A point that is long enough to be wrapped in a narrow frame"] * 6, title="Heading"),
        id="bullets",
        marks=slow,
    ),
    pytest.param(lambda: Flow("One", "Two", "Three", "Four", "Five", "Six and more"), id="flow"),
    pytest.param(lambda: Flow("One", "Two", "Three", "Four", "Five", into="Everything together"), id="flow-into"),
    pytest.param(lambda: Chart([(str(year), year) for year in range(2010, 2018)], title="Title"), id="chart"),
    pytest.param(
        lambda: CodeListing("\n".join(["x = call_something(with_an_argument, and_another_one)"] * 16)),
        id="listing",
        marks=slow,
    ),
    pytest.param(
        lambda: Comparison("Left", ["a point of some length that wraps"] * 5, "Right", ["short"]), id="comparison"
    ),
    pytest.param(
        lambda: Timeline(*[(str(1900 + index), "Something that happened then") for index in range(7)]), id="timeline"
    ),
    pytest.param(lambda: Equation("integral_0^infinity e^(-x^2) dif x = sqrt(pi) / 2", "a = b"), id="equation"),
]


@pytest.mark.usefixtures("shape")
@pytest.mark.parametrize("make", VISUALS)
def test_every_visual_fits_below_the_title_and_above_the_captions(make: Callable[[], Any]) -> None:
    thing = make()
    body = frame.body
    assert body.left - 0.01 <= thing.get_left()[0] <= thing.get_right()[0] <= body.right + 0.01
    assert body.bottom - 0.01 <= thing.get_bottom()[1] <= thing.get_top()[1] <= body.top + 0.01


@pytest.mark.usefixtures("shape")
def test_a_title_stays_above_the_body() -> None:
    title = Title("A rather long title of a scene", "with a subtitle")
    assert title.get_bottom()[1] >= frame.body.top - 0.05


@pytest.mark.usefixtures("shape")
@pytest.mark.parametrize("text", ["النبات", "ا", "שלום", "النبات الأخضر"])
@pytest.mark.parametrize("width", [None, 2.0, 0.4])
def test_short_right_to_left_text_is_drawn(shape: None, text: str, width: float | None) -> None:
    with keep_right_to_left_text():
        label = Label(text, width=width, size=28)
        letters = [part for part in label.family_members_with_points() if part.get_fill_opacity() > 0]
        assert letters
        assert Text(text, font_size=20).width > 0, "manim's own text, too"


@pytest.mark.parametrize("text", ["\u200b", "\u2067\u2069", "", " \n "])
def test_a_label_without_a_letter_has_a_place_and_shows_nothing(shape: None, text: str) -> None:
    label = Label(text, width=0.5)
    assert label.get_x() == pytest.approx(0)
    assert all(part.get_fill_opacity() == 0 for part in label.family_members_with_points())


def test_a_label_is_wrapped_to_its_width() -> None:
    assert Label("one two three four five six seven eight", width=3).width <= 3.01
    assert Label("汉字没有空格也要能够换行才可以放得下", width=3).width <= 3.01


@pytest.mark.usefixtures("shape")
def test_parts_are_found_by_their_labels() -> None:
    flow = Flow("Light", "Water", into="Glucose")
    assert flow["glucose"].text == "Glucose"
    with pytest.raises(KeyError, match=r"no step 'Oxygen'; there are 'Light', 'Water', 'Glucose'"):
        flow["Oxygen"]
    chart = Chart([("a", (1, 2)), ("b", (3, 4))], series=("x", "y"))
    assert chart.value("b", "y").number == 4
    with pytest.raises(KeyError, match="no row 'c'; there are 'b', 'a'"):
        chart.value("c")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00\x1b[31m\ud800\u202e",
        "one\r\nimport os\u2028",
        "عربي طويل جدا",
        "हिन्दी देवनागरी",
        "<b>&amp;</b>",
        "'" * 60,
    ],
)
def test_no_text_breaks_the_kit(text: str, tmp_path: Path) -> None:
    with tempconfig({"media_dir": str(tmp_path)}), use_theme("dark"):
        for thing in (Title(text, text), Bullets(text, title=text), Flow(text, text), CodeListing(text, text)):
            thing.reveal()
            assert thing.width <= frame.safe.width + 0.01


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Flow, "at least one step"),
        (lambda: Chart([]), "at least one row"),
        (lambda: Chart([("a", float("nan"))]), "finite"),
        (lambda: Chart([("a", 1)], style="pie"), '"bar" or "line"'),
    ],
)
def test_what_cannot_be_displayed_is_rejected_with_the_remedy(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.usefixtures("shape")
def test_a_part_of_a_formula_can_be_selected() -> None:
    formula = Equation("E = m c^2", "v = frac(s, t)")
    assert len(formula.part("c^2").family_members_with_points()) == 2
    assert formula.part("c^2").get_left()[0] > formula.part("=").get_right()[0]
    assert formula.part("=", 1).get_x() == pytest.approx(formula.part("=", 0).get_x(), abs=0.01)
    with pytest.raises(KeyError, match="no formula contains"):
        formula.part("x")


@pytest.mark.usefixtures("shape")
def test_parts_of_a_formula_have_their_colours_from_the_start() -> None:
    formula = Equation('a^2 + alpha = "a rate"', "b = a", colors={"a": theme.good})
    assert formula[0][0].get_fill_color() == theme.good
    colored = [each for each in formula.family_members_with_points() if each.get_fill_color() == theme.good]
    assert len(colored) == 2  # the a of each line, and neither alpha nor the words
    with pytest.raises(KeyError, match="no formula contains"):
        Equation("a", colors={"z": theme.good})


@pytest.mark.parametrize("size", [24, 40])
def test_letters_of_a_formula_are_as_high_as_those_of_a_label_of_its_size(size: float) -> None:
    assert Equation("x", size=size).height == pytest.approx(Label("x", size=size).height, rel=0.02)


def test_latex_in_an_equation_is_rejected_with_the_typst_notation() -> None:
    with pytest.raises(ValueError, match=r"this is LaTeX; write Typst: frac\(a, b\)"):
        Equation(r"\frac{a}{b}")


def test_a_missing_image_lists_the_available_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/leaf.png").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"leaf\.png"):
        Picture("tree.png")


@pytest.mark.usefixtures("shape")
def test_undim_restores_the_original_opacity() -> None:
    box = Square(fill_opacity=0.6)
    for make, opacity in ((dim, 0.6 * 0.28), (dim, 0.6 * 0.28), (undim, 0.6)):
        animation = make(box)
        animation.begin()
        animation.finish()
        assert box.get_fill_opacity() == pytest.approx(opacity)


@pytest.mark.usefixtures("shape")
def test_an_entrance_ends_with_the_original_appearance() -> None:
    label = Label("words")
    before = [(part.points.copy(), part.get_fill_rgbas().copy()) for part in label.family_members_with_points()]
    animation = label.reveal()
    animation.begin()
    assert label.family_members_with_points()[0].get_fill_opacity() == 0
    animation.finish()
    for part, (points, rgbas) in zip(label.family_members_with_points(), before, strict=True):
        assert part.points == pytest.approx(points)
        assert part.get_fill_rgbas() == pytest.approx(rgbas)


@pytest.mark.usefixtures("shape")
def test_columns_share_the_body() -> None:
    one, other = Square(), Square()
    columns(one, other)
    assert (one.get_x() < other.get_x()) != frame.portrait


@pytest.mark.parametrize("name", list(THEMES))
def test_every_colour_is_readable_on_the_background_and_on_surfaces(name: str) -> None:
    with use_theme(name):
        for color in (theme.text, theme.muted, *theme.series):
            assert contrast_ratios(to_rgb(color), to_rgb(theme.background)) >= 4.5
            assert contrast_ratios(to_rgb(color), to_rgb(theme.surface)) >= 4.5


def test_an_unknown_theme_is_rejected_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="dark, light"), use_theme("sepia"):
        pass


def test_the_vocabulary_lists_every_name_without_importing_manim() -> None:
    code = (
        "import sys, lectern.scenekit as kit; text = kit.vocabulary(); "
        "assert 'manim' not in sys.modules; assert all(name in text for name in kit.kit_names()); print(len(text))"
    )
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert 4000 < int(done.stdout) < 60000


def test_the_year_beside_the_playhead_counts_while_it_travels() -> None:
    line = Timeline(("1900", "first"), ("1950", "then"), ("2000", "last"))
    travel = Travel(line, line.offsets[2])
    travel.begin()
    years = []
    for share in (0.5, 0.8, 1.0):
        travel.interpolate(share)
        years.append(int(line.clock.text))
    assert 1900 < years[0] < years[1] < years[2] == 2000
