"""The colours of drawn things: two tones each, the same in every theme, so that a sun is never brown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from .contrast import MARK_RATIO, find_readable, least_contrast, measure_contrast
from .palettes import Palette

APART = 1.2
"""The contrast of a fill's two tones, so that a part drawn in the second is seen on the first."""
LIFTS = (MARK_RATIO, 3.5, 4.0, 5.0, 6.0)
"""Contrasts with the background that a lifted shade tries, until it is apart from its tone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fill:
    """The `tone` of a thing's surface and the `shade` of its edge, its folds and its dark side, as `#RRGGBB`.

    At least one of the two has a contrast of 3 : 1 with the theme's background and cards: the thing has an edge.
    """

    tone: str
    shade: str


TONES = {
    "sun": ("#FFCE3D", "#EE9A1E"),
    "fire": ("#FF8A3C", "#E0512B"),
    "leaf": ("#62BF5B", "#35853F"),
    "grass": ("#8CCB52", "#5C9733"),
    "water": ("#4FAFF0", "#2577C2"),
    "sky": ("#9CD8F7", "#5CA9DB"),
    "ice": ("#D5F0FA", "#87BFDD"),
    "snow": ("#F7FAFD", "#AEBFD3"),
    "cloud": ("#E9EFF7", "#A9B9CE"),
    "earth": ("#A27249", "#714A2A"),
    "sand": ("#EBD097", "#C39E58"),
    "stone": ("#A3ABB8", "#6F7A8C"),
    "brick": ("#CC6750", "#97412F"),
    "wood": ("#C08A52", "#8A5B2E"),
    "metal": ("#BCC7D6", "#76859A"),
    "gold": ("#F6C64A", "#BE8720"),
    "copper": ("#D98A55", "#A25A2C"),
    "glass": ("#C4E7EE", "#78B3C2"),
    "paper": ("#FBF4E4", "#C3B496"),
    "cloth": ("#E0576A", "#A8334A"),
    "ink": ("#3C4A66", "#8493B2"),
    "night": ("#2E3B6B", "#7585C4"),
    "skin": ("#F2BE96", "#C98A60"),
    "hair": ("#8C6244", "#5B3C27"),
    "flesh": ("#F2948F", "#C65C61"),
    "blood": ("#E2454F", "#A42433"),
    "bone": ("#F3EAD3", "#BFAF8A"),
    "cell": ("#F5B8CF", "#CB6F98"),
    "seed": ("#B7814A", "#7E532B"),
    "petal": ("#F487B6", "#C74D86"),
    "plum": ("#A988EE", "#7353BE"),
    "sea": ("#3FBFB6", "#1D837E"),
}
"""(tone, shade) of each fill, before a theme lifts a shade that would be lost on its background."""


@cache
def mix_fills(palette: Palette) -> Mapping[str, Fill]:
    """Return the fills by their names, with shades that give each thing an edge on this palette's background.

    A tone never changes: only a shade is made darker, or lighter, until it is seen.
    """
    behind = (palette.background, palette.surface)
    fills = {}
    for name, (tone, shade) in TONES.items():
        if least_contrast(tone, behind) < MARK_RATIO:
            lifted = [find_readable(shade, behind, ratio) for ratio in LIFTS]
            shade = next((each for each in lifted if measure_contrast(tone, each) >= APART), lifted[-1])
        fills[name] = Fill(tone=tone, shade=shade)
    return MappingProxyType(fills)
