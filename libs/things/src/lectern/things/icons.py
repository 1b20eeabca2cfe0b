"""The icons of Material Design Icons (Pictogrammers, Apache 2.0), drawn in one colour: what no thing is drawn for.

`icons.txt` holds one a line: name, other words, path in a square of 24, separated by `|`; scripts/icons.py writes it.
"""

from __future__ import annotations

import functools
from importlib import resources

from .language import Drawing, Part, Surface
from .outlines import Outline, move_outline
from .svg_paths import trace_path

ICON_SIDE = 24.0
FILL = "icon"
"""The fill of an icon: no name of the theme's, as whoever draws it chooses its colour."""


@functools.cache
def _read_lines() -> dict[str, tuple[tuple[str, ...], str]]:
    text = (resources.files("lectern.things") / "icons.txt").read_text("utf-8")
    rows = (line.split("|") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: (tuple(others.split(",")) if others else (), path) for name, others, path in rows}


def list_icons() -> dict[str, tuple[str, ...]]:
    """The other words of each icon by its name, such as `router wireless` or `solar panel`."""
    return {name: others for name, (others, _) in _read_lines().items()}


@functools.cache
def read_icon(name: str) -> Drawing:
    """The drawing of an icon, of one part. Raises KeyError for one that does not exist."""
    others, path = _read_lines()[name]
    scale = 100.0 / ICON_SIDE
    outlines: tuple[Outline, ...] = tuple(
        move_outline(each, lambda point: (point[0] * scale, point[1] * scale)) for each in trace_path(path)
    )
    return Drawing(name, others, (Part("icon", (Surface(FILL, False, outlines),)),))
