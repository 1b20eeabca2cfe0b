"""The drawn things by their names."""

from __future__ import annotations

import functools
from importlib import resources

from .language import Drawing, Source, read_drawing, split_sources


@functools.cache
def read_sources() -> dict[str, Source]:
    """The sources of all drawn things, by name, in the order of their files."""
    folder = resources.files("lectern.things") / "drawings"
    texts = (file.read_text("utf-8") for file in sorted(folder.iterdir(), key=lambda each: each.name))
    return {source.name: source for text in texts for source in split_sources(text)}


def list_things() -> tuple[str, ...]:
    """The names of the drawn things."""
    return tuple(read_sources())


@functools.cache
def read_thing(name: str) -> Drawing:
    """The drawing of a thing. Raises KeyError for one that is not drawn."""
    sources = read_sources()
    return read_drawing(sources[name], sources)
