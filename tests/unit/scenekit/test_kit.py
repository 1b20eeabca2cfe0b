"""The kit puts things where they belong, and says what is wrong in the author's words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import run as command

import pytest
from hypothesis import given
from hypothesis import strategies as st
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
    Timeline,
    Title,
    columns,
    dim,
    frame,
    theme,
    undim,
)
from lectern.scenekit.contrast import contrast_ratio, to_rgb
from lectern.scenekit.renderer import frame_shape
from lectern.scenekit.style import use_theme
from lectern.scenekit.ticks import choose_ticks, format_number
from lectern.theme import THEMES

pytestmark = pytest.mark.slow


@pytest.fixture(params=[(1920, 1080), (1080, 1920), (1080, 1080)], ids=["16:9", "9:16", "1:1"])
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


MAKERS = [
    lambda: Bullets(*["A point that is long enough to be wrapped in a narrow frame"] * 6, title="Heading"),
    lambda: Flow("One", "Two", "Three", "Four", "Five", "Six and more"),
    lambda: Flow("One", "Two", "Three", "Four", "Five", into="Everything together"),
    lambda: Chart([(str(year), year) for year in range(2010, 2018)], title="Title"),
    lambda: CodeListing("\n".join(["x = call_something(with_an_argument, and_another_one)"] * 16)),
    lambda: Comparison("Left", ["a point of some length that wraps"] * 5, "Right", ["short"]),
    lambda: Timeline(*[(str(1900 + index), "Something that happened then") for index in range(7)]),
    lambda: Equation("integral_0^infinity e^(-x^2) dif x = sqrt(pi) / 2", "a = b"),
]


@pytest.mark.usefixtures("shape")
@pytest.mark.parametrize("make", MAKERS)
def test_whatever_is_made_fits_below_the_title_and_above_the_captions(make: object) -> None:
    thing = make()  # type: ignore[operator]
    body = frame.body
    assert body.left - 0.01 <= thing.get_left()[0] <= thing.get_right()[0] <= body.right + 0.01
    assert body.bottom - 0.01 <= thing.get_bottom()[1] <= thing.get_top()[1] <= body.top + 0.01


@pytest.mark.usefixtures("shape")
def test_a_title_stays_above_the_body() -> None:
    title = Title("A rather long title of a scene", "with a subtitle")
    assert title.get_bottom()[1] >= frame.body.top - 0.05


@pytest.mark.usefixtures("shape")
def test_a_label_is_wrapped_to_its_width() -> None:
    assert Label("one two three four five six seven eight", width=3).width <= 3.01
    assert Label("汉字没有空格也要能够换行才可以放得下", width=3).width <= 3.01


@pytest.mark.usefixtures("shape")
def test_things_are_found_by_their_words() -> None:
    flow = Flow("Light", "Water", into="Glucose")
    assert flow["glucose"].text == "Glucose"
    with pytest.raises(KeyError, match="'Light', 'Water', 'Glucose'"):
        flow["Oxygen"]
    chart = Chart([("a", (1, 2)), ("b", (3, 4))], series=("x", "y"))
    assert chart.value("b", "y").number == 4
    with pytest.raises(KeyError, match="rows are a, b"):
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
    ("make", "told"),
    [
        (Flow, "at least one step"),
        (lambda: Chart([]), "at least one row"),
        (lambda: Chart([("a", float("nan"))]), "finite"),
        (lambda: Chart([("a", 1)], style="pie"), '"bar" or "line"'),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_remedy(make: Callable[[], object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        make()


@pytest.mark.usefixtures("shape")
def test_a_part_of_a_formula_can_be_pointed_at() -> None:
    formula = Equation("E = m c^2", "v = frac(s, t)")
    assert len(formula.part("c^2").family_members_with_points()) == 2
    assert formula.part("c^2").get_left()[0] > formula.part("=").get_right()[0]
    assert formula.part("=", 1).get_x() == pytest.approx(formula.part("=", 0).get_x(), abs=0.01)
    with pytest.raises(KeyError, match="no formula contains"):
        formula.part("x")


def test_latex_in_an_equation_is_told_how_typst_writes_it() -> None:
    with pytest.raises(ValueError, match=r"this is LaTeX; write Typst: frac\(a, b\)"):
        Equation(r"\frac{a}{b}")


def test_a_missing_picture_names_those_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/leaf.png").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"leaf\.png"):
        Picture("tree.png")


@pytest.mark.usefixtures("shape")
def test_what_was_dimmed_comes_back_as_it_was() -> None:
    box = Square(fill_opacity=0.6)
    for make, opacity in ((dim, 0.6 * 0.28), (dim, 0.6 * 0.28), (undim, 0.6)):
        animation = make(box)
        animation.begin()
        animation.finish()
        assert box.get_fill_opacity() == pytest.approx(opacity)


@pytest.mark.usefixtures("shape")
def test_an_entrance_ends_as_the_thing_was() -> None:
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
def test_every_colour_can_be_read_on_the_background_and_on_surfaces(name: str) -> None:
    with use_theme(name):
        for color in (theme.text, theme.muted, *theme.series):
            assert contrast_ratio(to_rgb(color), to_rgb(theme.background)) >= 4.5
            assert contrast_ratio(to_rgb(color), to_rgb(theme.surface)) >= 4.0


def test_a_theme_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(ValueError, match="dark, light"), use_theme("sepia"):
        pass


@given(st.lists(st.floats(min_value=-1e6, max_value=1e6), min_size=1, max_size=9))
def test_ticks_cover_the_values_and_zero(values: list[float]) -> None:
    marks = choose_ticks(values)
    tolerance = 1e-6 * max(1.0, *map(abs, values))
    assert marks[0] <= min(0, *values) + tolerance
    assert marks[-1] >= max(0, *values) - tolerance
    assert 2 <= len(marks) <= 8
    assert 0.0 in marks


def test_numbers_are_written_as_people_write_them() -> None:
    assert [format_number(1500000), format_number(-2.5, "t"), format_number(40, "%"), format_number(1999)] == [
        "1\u2009500\u2009000",
        "\u22122.5\u2009t",
        "40%",
        "1999",
    ]


def test_the_vocabulary_names_everything_and_does_not_import_manim() -> None:
    code = (
        "import sys, lectern.scenekit as kit; text = kit.vocabulary(); "
        "assert 'manim' not in sys.modules; assert all(name in text for name in kit.kit_names()); print(len(text))"
    )
    done = command([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert 4000 < int(done.stdout) < 14000
