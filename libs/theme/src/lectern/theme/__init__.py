"""The colours of each theme: the one table that scenes and captions are drawn with. Pure data.

Scene code runs with this package in the sandbox: it imports nothing but the standard library.
"""

from __future__ import annotations

from .brands import COLOUR_NAMES, FONTS, UnusableColour, apply_brand, refuse_font
from .contrast import MARK_RATIO, TEXT_RATIO, find_readable, least_contrast, measure_contrast, mix
from .fills import Fill, mix_fills
from .palettes import OTHER_NAMES, THEMES, Palette, find_palette, rgb

__all__ = [
    "COLOUR_NAMES",
    "FONTS",
    "MARK_RATIO",
    "OTHER_NAMES",
    "TEXT_RATIO",
    "THEMES",
    "Fill",
    "Palette",
    "UnusableColour",
    "apply_brand",
    "find_palette",
    "find_readable",
    "least_contrast",
    "measure_contrast",
    "mix",
    "mix_fills",
    "refuse_font",
    "rgb",
]
