"""The colours of drawn things."""

from __future__ import annotations

import pytest

from lectern.theme import MARK_RATIO, THEMES, Palette, least_contrast, measure_contrast, mix_fills
from lectern.theme.fills import APART, TONES

EACH = pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)


@EACH
def test_a_thing_has_its_own_colour_in_every_theme(palette: Palette) -> None:
    assert {name: fill.tone for name, fill in mix_fills(palette).items()} == {
        name: two[0] for name, two in TONES.items()
    }


@EACH
@pytest.mark.parametrize("name", TONES)
def test_its_surface_or_its_edge_is_seen_on_the_background_and_on_cards(palette: Palette, name: str) -> None:
    fill = mix_fills(palette)[name]
    behind = (palette.background, palette.surface)
    assert max(least_contrast(fill.tone, behind), least_contrast(fill.shade, behind)) >= MARK_RATIO


@EACH
@pytest.mark.parametrize("name", TONES)
def test_a_part_in_the_second_tone_is_seen_on_the_first(palette: Palette, name: str) -> None:
    fill = mix_fills(palette)[name]
    assert measure_contrast(fill.tone, fill.shade) >= APART
