"""The colours themselves."""

from __future__ import annotations

from dataclasses import astuple
from itertools import chain

import pytest

from lectern.theme import THEMES, Palette, rgb


@pytest.mark.parametrize("colour", list(chain.from_iterable(map(astuple, THEMES.values()))))
def test_every_colour_is_red_green_and_blue_in_hexadecimal(colour: str) -> None:
    assert "#{:02X}{:02X}{:02X}".format(*rgb(colour)) == colour


def test_themes_differ_in_every_colour() -> None:
    dark, light = THEMES["dark"], THEMES["light"]
    assert all(getattr(dark, name) != getattr(light, name) for name in Palette.__dataclass_fields__)
