"""A brand's colours in a theme."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lectern.theme import (
    COLOUR_NAMES,
    MARK_RATIO,
    TEXT_RATIO,
    THEMES,
    UnusableColour,
    apply_brand,
    find_palette,
    least_contrast,
    refuse_font,
)

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06X}".format)


def test_without_colours_a_brand_leaves_a_theme_as_it_is() -> None:
    assert all(apply_brand(name, {}) == palette for name, palette in THEMES.items())


def test_a_brands_colour_takes_its_place_and_the_rest_stays() -> None:
    palette = apply_brand("light", {"primary": "#0b5fff"})
    assert palette.primary == "#0B5FFF"
    assert palette.accent == find_palette("light").accent


def test_an_unreadable_colour_is_refused_with_its_contrast_and_the_nearest_readable_one() -> None:
    with pytest.raises(UnusableColour, match=r"#FFD400 has a contrast of 1\.\d : 1 .* 4\.5 : 1 is needed") as caught:
        apply_brand("light", {"primary": "#FFD400"})
    assert caught.value.name == "primary"
    nearest = re.search(r"nearest readable colour is (#\w{6})", str(caught.value))
    assert nearest
    assert apply_brand("light", {"primary": nearest[1]}).primary == nearest[1]


def test_an_unknown_colour_gets_near_names() -> None:
    with pytest.raises(UnusableColour, match="did you mean accent"):
        apply_brand("dark", {"acent": "#FFFFFF"})


@pytest.mark.parametrize("colour", ["blue", "#12345", "#1234567", "", "#GGGGGG"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(UnusableColour, match="is no colour"):
        apply_brand("dark", {"primary": colour})


def test_a_card_that_no_text_could_be_read_on_as_well_as_on_the_background_is_refused() -> None:
    with pytest.raises(UnusableColour, match="lie too far apart"):
        apply_brand("dark", {"background": "#404040", "surface": "#C0C0C0", "text": "#FFFFFF"})


@given(COLOURS, st.sampled_from(sorted(THEMES)))
def test_on_any_background_of_a_brand_every_colour_of_the_theme_is_made_readable(background: str, theme: str) -> None:
    palette = apply_brand(theme, {"background": background})
    assert palette.background == background
    for name in set(COLOUR_NAMES) - {"background", "surface", "border"}:
        assert least_contrast(getattr(palette, name), (background,)) >= TEXT_RATIO
    assert least_contrast(palette.border, (background,)) >= MARK_RATIO


def test_an_unknown_font_gets_near_names() -> None:
    assert refuse_font("Inter") == refuse_font("") == ""
    assert "did you mean Noto Serif" in refuse_font("noto serf")
    assert "there are Inter" in refuse_font("Zapfino")
