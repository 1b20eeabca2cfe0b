"""Drawn things, icons and countries as pure data, found by words. Imports nothing that draws."""

from __future__ import annotations

from .catalogue import list_things, read_thing
from .countries import find_country, list_countries, trace_country
from .icons import list_icons, read_icon
from .language import Drawing, Part, Surface
from .search import find_thing, find_things

__all__ = [
    "Drawing",
    "Part",
    "Surface",
    "find_country",
    "find_thing",
    "find_things",
    "list_countries",
    "list_icons",
    "list_things",
    "read_icon",
    "read_thing",
    "trace_country",
]
