"""The colours of each theme: the one table that scenes and captions are drawn with. Pure data.

Scene code runs with this package in the sandbox: it imports nothing but the standard library.
"""

from __future__ import annotations

from .palettes import DARK, LIGHT, THEMES, Palette, rgb

__all__ = ["DARK", "LIGHT", "THEMES", "Palette", "rgb"]
