"""A brand's colours in a theme: each must be readable, and what the brand leaves open is fitted to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from difflib import get_close_matches

from .contrast import MARK_RATIO, TEXT_RATIO, find_readable, least_contrast, measure_contrast, mix
from .palettes import Palette, find_palette

FONTS = ("Inter", "Inter Display", "Noto Sans", "Noto Serif", "Noto Sans Mono", "DejaVu Sans", "DejaVu Serif")
"""The fonts of words on screen that come with an installation."""
COLOUR_NAMES = tuple(field.name for field in fields(Palette))
GROUNDS = ("background", "surface")
SURFACE_SHARE, BORDER_SHARE = 0.07, 0.35
"""Of the text's colour in a card's and in an edge's, where a brand gives its own background."""
_HEXADECIMAL = re.compile(r"#[0-9A-Fa-f]{6}")


class UnusableColour(ValueError):
    """A colour that no film can be drawn with: `name` says which, the message why, and what would do."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def apply_brand(theme: str, colours: Mapping[str, str]) -> Palette:
    """Return the theme's palette with a brand's colours in it, by the names that a palette has.

    What the brand leaves open stays the theme's, moved as little as makes it readable on a background of the brand's.
    Raises UnusableColour for an unknown name, for what is no `#RRGGBB`, and for a colour that cannot be read (WCAG 2,
    AA: text 4.5 : 1, edges 3 : 1); ValueError for an unknown theme.
    """
    palette = find_palette(theme)
    for name, colour in colours.items():
        _check_name(name)
        if not _HEXADECIMAL.fullmatch(colour):
            raise UnusableColour(name, f"{colour!r} is no colour; write it as #RRGGBB, such as {palette.primary}")
    own = {name: colour.upper() for name, colour in colours.items()}
    palette = _lay_ground(palette, own)
    behind = (palette.background, palette.surface)
    fitted = {}
    for name in COLOUR_NAMES:
        if name in GROUNDS:
            continue
        needed = MARK_RATIO if name == "border" else TEXT_RATIO
        if name in own:
            fitted[name] = _demand_readable(name, own[name], behind, needed)
        else:
            fitted[name] = find_readable(getattr(palette, name), behind, needed)
    return replace(palette, **fitted)


def refuse_font(name: str) -> str:
    """Say why a font cannot be used, naming near ones; "" where it can."""
    if not name or name in FONTS:
        return ""
    folded = {each.casefold(): each for each in FONTS}
    near = [folded[each] for each in get_close_matches(name.casefold(), folded, n=2, cutoff=0.5)]
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(FONTS)}"
    return f"there is no font {name!r}; {hint}"


def _check_name(name: str) -> None:
    if name not in COLOUR_NAMES:
        near = get_close_matches(name, COLOUR_NAMES, n=2, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(COLOUR_NAMES)}"
        raise UnusableColour(name, f"there is no colour named {name!r}; {hint}")


def _lay_ground(palette: Palette, own: Mapping[str, str]) -> Palette:
    """Return the palette on the brand's background, with a card and an edge that go with it."""
    background = own.get("background", palette.background)
    text = own.get("text") or find_readable(palette.text, (background,), TEXT_RATIO)
    if "background" in own:
        extremes = sorted(("#000000", "#FFFFFF"), key=lambda each: measure_contrast(each, text))
        surfaces = [mix(background, each, SURFACE_SHARE) for each in extremes]  # towards the text, else away from it
        surface = next((each for each in surfaces if least_contrast(text, (each,)) >= TEXT_RATIO), surfaces[-1])
        palette = replace(palette, surface=surface, border=mix(background, text, BORDER_SHARE))
    return replace(palette, background=background, surface=own.get("surface", palette.surface), text=text)


def _demand_readable(name: str, colour: str, behind: tuple[str, ...], needed: float) -> str:
    found = least_contrast(colour, behind)
    if found >= needed:
        return colour
    near = find_readable(colour, behind, needed)
    where = f"the background {behind[0]} and cards {behind[1]}"
    if least_contrast(near, behind) < needed:
        raise UnusableColour(name, f"background {behind[0]} and surface {behind[1]} lie too far apart for any {name}")
    raise UnusableColour(
        name,
        f"{colour} has a contrast of {found:.1f} : 1 with {where}, and {needed:g} : 1 is needed; "
        f"the nearest readable colour is {near}",
    )
