"""The countries of Natural Earth as outlines in longitude and latitude, in the detail that a map needs.

`countries.txt` holds the lines between countries and along coasts, and the countries as rings of them;
scripts/countries.py writes it. Borders are drawn as they are in fact controlled, which is no opinion of ours.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from importlib import resources
from itertools import accumulate

UNITS = 100
"""Steps of the file in a degree."""
FINEST = 0.0025
"""Square degrees that a point of level `a` adds to the picture; each further level is twice as much."""
END = "z"
"""The level of the ends of lines, which every map needs."""
FEWEST = 4
"""Points of a ring, its first one again at its end."""

ISLET = 0.02
"""Degrees from the middle of the smallest land to its edge."""

Place = tuple[float, float]
"""Longitude and latitude in degrees."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A border or a coast: its points, with the level of detail at which each is needed."""

    levels: str
    points: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Country:
    """A country: its name in full, other names, and its rings, the largest first: numbers of lines, `~n` backwards."""

    name: str
    others: tuple[str, ...]
    rings: tuple[tuple[int, ...], ...]


@functools.cache
def _read_file() -> tuple[tuple[Line, ...], dict[str, Country]]:
    text = (resources.files("lectern.things") / "countries.txt").read_text("utf-8")
    rows = [row for row in text.splitlines() if row and not row.startswith("#")]
    lines = tuple(_read_line(row) for row in rows if "|" not in row)
    countries = (_read_country(row) for row in rows if "|" in row)
    return lines, {each.name: each for each in countries}


def _read_line(row: str) -> Line:
    levels, *steps = row.split()
    x = accumulate(map(int, steps[::2]))
    y = accumulate(map(int, steps[1::2]))
    return Line(levels=levels, points=tuple((a / UNITS, b / UNITS) for a, b in zip(x, y, strict=True)))


def _read_country(row: str) -> Country:
    name, others, rings = row.split("|")
    return Country(
        name=name,
        others=tuple(others.split(",")) if others else (),
        rings=tuple(tuple(int(each) for each in ring.split()) for ring in rings.split(";")),
    )


def list_countries() -> dict[str, tuple[str, ...]]:
    """The other names of each country by its name, such as `UK` and `Britain`."""
    return {each.name: each.others for each in _read_file()[1].values()}


def find_country(name: str) -> str | None:
    """The name of the country that is called so, in any case of letters. None if there is none."""
    return _list_names().get(name.strip().casefold())


@functools.cache
def _list_names() -> dict[str, str]:
    countries = list_countries()
    others = {other.casefold(): name for name, more in countries.items() for other in more}
    return others | {name.casefold(): name for name in countries}


def trace_country(name: str, detail: float = 0.0) -> tuple[tuple[Place, ...], ...]:
    """The rings of a country, the largest first, each closed, in degrees. Raises KeyError for one that does not exist.

    Features smaller than `detail` degrees are left out, alike on both sides of a border; the largest ring stays.
    """
    lines, countries = _read_file()
    least = find_level(detail)
    rings = [_join_lines(ring, lines, least) for ring in countries[name].rings]
    kept = tuple(ring for ring in rings if len(ring) >= FEWEST)
    if kept:
        return kept
    largest = _join_lines(countries[name].rings[0], lines, "a")
    return (largest if len(largest) >= FEWEST else _draw_islet(largest[0]),)


def find_level(detail: float) -> str:
    """The lowest level whose points are needed where features of `detail` degrees are just seen."""
    area = detail * detail / 2
    return chr(ord("a") + max(0, min(math.ceil(math.log2(area / FINEST)), ord(END) - ord("a")))) if area > 0 else "a"


def _join_lines(ring: tuple[int, ...], lines: tuple[Line, ...], least: str) -> tuple[Place, ...]:
    points: list[Place] = []
    for number in ring:
        line = lines[max(number, ~number)]
        kept = [point for point, level in zip(line.points, line.levels, strict=True) if level >= least]
        points += (kept if number >= 0 else kept[::-1])[1 if points else 0 :]
    return tuple(points)


def _draw_islet(place: Place) -> tuple[Place, ...]:
    """A land too small for any map, as a diamond of four kilometres."""
    x, y = place
    return (x + ISLET, y), (x, y + ISLET), (x - ISLET, y), (x, y - ISLET), (x + ISLET, y)
