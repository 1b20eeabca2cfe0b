"""The colours themselves."""

from __future__ import annotations

from dataclasses import astuple
from itertools import chain

import pytest

from lectern.theme import (
    MARK_RATIO,
    OTHER_NAMES,
    TEXT_RATIO,
    THEMES,
    Palette,
    find_palette,
    least_contrast,
    rgb,
)


@pytest.mark.parametrize("colour", list(chain.from_iterable(map(astuple, THEMES.values()))))
def test_every_colour_is_red_green_and_blue_in_hexadecimal(colour: str) -> None:
    assert "#{:02X}{:02X}{:02X}".format(*rgb(colour)) == colour


TEXTS = ("text", "muted", "primary", "accent", "good", "bad", "violet", "teal")


def test_no_two_themes_share_a_colour() -> None:
    for name in Palette.__dataclass_fields__:
        assert len({getattr(each, name) for each in THEMES.values()}) == len(THEMES), name


@pytest.mark.parametrize("theme", list(THEMES))
@pytest.mark.parametrize("name", TEXTS)
def test_text_is_readable_on_the_background_and_on_cards(theme: str, name: str) -> None:
    palette = THEMES[theme]
    needed = 7.0 if theme == "contrast" else TEXT_RATIO
    assert least_contrast(getattr(palette, name), (palette.background, palette.surface)) >= needed


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_edges_and_axes_are_seen_on_the_background_and_on_cards(palette: Palette) -> None:
    assert least_contrast(palette.border, (palette.background, palette.surface)) >= MARK_RATIO


def test_dark_and_light_are_names_of_midnight_and_paper() -> None:
    assert OTHER_NAMES == {"dark": "midnight", "light": "paper"}
    assert find_palette("dark") is THEMES["midnight"]
    assert find_palette("light") is THEMES["paper"]


def test_an_unknown_theme_is_refused_with_all_names() -> None:
    with pytest.raises(ValueError, match="midnight, paper, chalkboard, contrast, dark, light"):
        find_palette("sepia")
