"""The palettes of the themes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """Colours by their meaning, as `#RRGGBB`.

    Text colours have a contrast of at least 4.5 : 1 with `background` and 4 : 1 with `surface`.
    """

    background: str
    surface: str
    border: str
    text: str
    muted: str
    primary: str
    accent: str
    good: str
    bad: str
    violet: str
    teal: str


DARK = Palette(
    background="#10141F",
    surface="#1C2436",
    border="#46557A",
    text="#F3F6FB",
    muted="#A3B0C8",
    primary="#62B2FF",
    accent="#FFB750",
    good="#5FD9A3",
    bad="#FF7B88",
    violet="#BBA3FF",
    teal="#4FD4DB",
)

LIGHT = Palette(
    background="#FBFAF6",
    surface="#FFFFFF",
    border="#A9B4C8",
    text="#182033",
    muted="#56627A",
    primary="#1463BD",
    accent="#A65200",
    good="#0B7449",
    bad="#BE2740",
    violet="#6540C4",
    teal="#0A6F78",
)

THEMES = {"dark": DARK, "light": LIGHT}
"""Every theme's palette by the theme's name, as video options name it."""


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of a `#RRGGBB` colour, 0 to 255 each."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
