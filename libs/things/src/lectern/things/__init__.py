"""Drawn things and icons as pure data, found by words. Imports nothing that draws."""

from __future__ import annotations

from .catalogue import list_things, read_thing
from .icons import list_icons, read_icon
from .language import Drawing, Part, Surface
from .search import find_thing, find_things

__all__ = [
    "Drawing",
    "Part",
    "Surface",
    "find_thing",
    "find_things",
    "list_icons",
    "list_things",
    "read_icon",
    "read_thing",
]
