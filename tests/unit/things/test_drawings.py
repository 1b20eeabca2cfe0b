"""Every drawn thing is sound: parts with names, fills that themes have, few points, inside its square."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lectern.theme import THEMES, mix_fills
from lectern.things import Drawing, list_icons, list_things, read_icon, read_thing
from lectern.things.catalogue import read_sources
from lectern.things.language import read_drawing, split_sources
from lectern.things.outlines import count_points

MOST_POINTS = 700
MEDIAN_POINTS = 200
LEEWAY = 6.0  # units beyond the square of 100 in which a thing is drawn


def draw(text: str) -> Drawing:
    sources = {each.name: each for each in split_sources(text)}
    return read_drawing([*sources.values()][-1], sources)


def ends_of(drawing: Drawing) -> list[tuple[float, float]]:
    return [p for part in drawing.parts for each in part.surfaces for line in each.outlines for p in line[::3]]


def test_every_thing_is_drawn_inside_its_square_in_fills_that_every_theme_has() -> None:
    fills = [set(mix_fills(palette)) for palette in THEMES.values()]
    for drawing in map(read_thing, list_things()):
        used = {each.fill for part in drawing.parts for each in part.surfaces}
        assert all(used <= known for known in fills), drawing.name
        for x, y in ends_of(drawing):
            assert -LEEWAY <= x <= 100 + LEEWAY, drawing.name
            assert -LEEWAY <= y <= 100 + LEEWAY, drawing.name


def test_things_take_few_points_as_drawing_is_what_costs() -> None:
    points = {name: read_thing(name).points for name in list_things()}
    assert {name: count for name, count in points.items() if count > MOST_POINTS} == {}
    assert sorted(points.values())[len(points) // 2] <= MEDIAN_POINTS


def test_no_name_or_synonym_means_two_drawn_things() -> None:
    meant: dict[str, list[str]] = {}
    for source in read_sources().values():
        for word in {source.name, *source.synonyms}:
            meant.setdefault(word, []).append(source.name)
    assert {word: names for word, names in meant.items() if len(names) > 1} == {}


def test_a_line_names_its_part_its_fill_and_its_shapes() -> None:
    drawing = draw("pin: needle\n  head  fire  circle 50 20 10\n  body  metal-  box 48 30 4 60 1; line 2 50,90 50,98\n")
    head, body = drawing.parts
    assert (drawing.name, drawing.synonyms, head.name, body.name) == ("pin", ("needle",), "head", "body")
    assert (body.surfaces[0].fill, body.surfaces[0].shade, len(body.surfaces[0].outlines)) == ("metal", True, 2)


@pytest.mark.parametrize(
    ("change", "centres"),
    [
        ("", [(30, 50)]),
        ("| mirror 50", [(30, 50), (70, 50)]),
        ("| turn 4 50 50", [(30, 50), (50, 30), (70, 50), (50, 70)]),
        ("| step 3 10 5", [(30, 50), (40, 55), (50, 60)]),
        ("| rotate 90 50 50", [(50, 30)]),
        ("| move 5 -5 | mirror 50", [(35, 45), (65, 45)]),
    ],
)
def test_what_follows_a_bar_repeats_or_moves_a_shape(change: str, centres: list[tuple[float, float]]) -> None:
    (surface,) = draw(f"dot:\n  dot  ink  circle 30 50 4 {change}\n").parts[0].surfaces
    found = [(sum(x for x, _ in line[:-1:3]) / 4, sum(y for _, y in line[:-1:3]) / 4) for line in surface.outlines]
    assert [(round(x, 6), round(y, 6)) for x, y in found] == centres


def test_a_thing_may_use_another_one_smaller_and_with_its_colours() -> None:
    drawing = draw(
        "sea:\n  water  water  box 0 0 100 100\n\nmap:\n  paper  paper  box 0 0 10 10\n  sea  sea  use sea 20 30 0.5\n"
    )
    (surface,) = drawing.parts[1].surfaces
    assert surface.fill == "water"
    assert ends_of(drawing)[-1] == (20, 30)
    assert max(ends_of(drawing)) == (70, 80)


def test_shapes_of_one_surface_wind_alike_so_that_none_cuts_a_hole_into_another() -> None:
    (surface,) = (
        draw("x:\n  a  ink  path M0 0 L0 9 L9 9 Z; path M0 0 L9 9 L0 9 Z; arc 2 5 5 4 200 20\n").parts[0].surfaces
    )
    for line in surface.outlines:
        ends = line[::3]
        assert sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ends)) > 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a:\n  x  ink  hexagon 1 2 3\n", "hexagon"),
        ("a:\n  x  ink  circle one 2 3\n", "one"),
        ("a:\n  x  ink  circle 1 2 3 | wiggle 3\n", "wiggle"),
        ("a:\n  x  ink  circle 1 2 3\n  y  ink  circle 1 2 3\n  x  ink  circle 1 2 3\n", "stand together"),
        ("a:\n  x  ink  use nothing 1 2 3\n", "nothing"),
        ("  x  ink  circle 1 2 3\n", "before the first thing"),
    ],
)
def test_a_drawing_with_a_mistake_is_refused_with_its_line(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        draw(text)


def test_icons_are_there_by_the_thousand_and_have_other_words() -> None:
    icons = list_icons()
    assert len(icons) > 3000
    assert "rocket" in icons
    assert any(others for others in icons.values())
    drawing = read_icon("forklift")
    (surface,) = drawing.parts[0].surfaces
    assert 0 < count_points(surface.outlines) < MOST_POINTS
    assert all(-1 <= x <= 101 and -1 <= y <= 101 for x, y in ends_of(drawing))
