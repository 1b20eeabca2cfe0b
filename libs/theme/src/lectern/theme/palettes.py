"""The palettes of the themes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """Colours by their meaning, as `#RRGGBB`.

    Text colours have a contrast of at least 4.5 : 1 with `background` and `surface`, `border` one of 3 : 1.
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


MIDNIGHT = Palette(
    background="#10141F",
    surface="#1C2436",
    border="#62739E",
    text="#F3F6FB",
    muted="#A3B0C8",
    primary="#62B2FF",
    accent="#FFB750",
    good="#5FD9A3",
    bad="#FF7B88",
    violet="#BBA3FF",
    teal="#4FD4DB",
)

PAPER = Palette(
    background="#FBFAF6",
    surface="#FFFFFF",
    border="#838FA7",
    text="#182033",
    muted="#56627A",
    primary="#1463BD",
    accent="#A65200",
    good="#0B7449",
    bad="#BE2740",
    violet="#6540C4",
    teal="#0A6F78",
)

CHALKBOARD = Palette(
    background="#1A2A24",
    surface="#243A32",
    border="#7F9C8E",
    text="#F5F2E8",
    muted="#B9C7BC",
    primary="#8FCBFF",
    accent="#FFD873",
    good="#9CE6A0",
    bad="#FFA79C",
    violet="#D6C1FF",
    teal="#83E4DC",
)

CONTRAST = Palette(
    background="#000000",
    surface="#12151D",
    border="#A4AEC2",
    text="#FFFFFF",
    muted="#D5DBE6",
    primary="#7CC4FF",
    accent="#FFD400",
    good="#4DF08A",
    bad="#FF9494",
    violet="#D3B8FF",
    teal="#4DEBEB",
)

THEMES = {"midnight": MIDNIGHT, "paper": PAPER, "chalkboard": CHALKBOARD, "contrast": CONTRAST}
"""Every theme's palette by the theme's name."""
OTHER_NAMES = {"dark": "midnight", "light": "paper"}
"""The first two themes' names by the shorter ones, under which they are kept in options and caches."""


def find_palette(name: str) -> Palette:
    """Return the palette of a theme. Raises ValueError for a theme that does not exist."""
    found = THEMES.get(OTHER_NAMES.get(name, name))
    if found is None:
        raise ValueError(f"theme {name!r} does not exist; use one of {', '.join((*THEMES, *OTHER_NAMES))}")
    return found


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of a `#RRGGBB` colour, 0 to 255 each."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
