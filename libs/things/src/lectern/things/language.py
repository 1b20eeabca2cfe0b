"""The language in which things are drawn: each line is a part's name, its fill and its shapes.

    sun: sunshine, sunlight
      rays  sun-  line 6 50,4 50,14 | turn 8 50 50
      disc  sun   circle 50 50 28

A thing stands in a square of 100 by 100 with y running down. A fill is a name of the theme's fills, `-` its shade.
Lines that begin with the same part belong to it. Shapes are separated by `;`, what repeats or moves them follows a `|`:
`turn 8 50 50` (eight of them around a point), `mirror 50` (one more beyond the line x = 50), `step 3 10 0` (three of
them, each moved by 10, 0), `rotate 30 50 50`, `move 3 0`. `use cloud 0 -10 0.8` draws another thing, moved and scaled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from . import outlines as shapes
from .outlines import Outline, Point
from .svg_paths import trace_path

SIDE = 100.0
"""Units on each side of the square in which a thing is drawn."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Outlines that are filled as one. `fill` is a name of the theme's fills, `shade` its second tone."""

    fill: str
    shade: bool
    outlines: tuple[Outline, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a thing with a name, from back to front."""

    name: str
    surfaces: tuple[Surface, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn thing, its parts from back to front; and the other words that mean it."""

    name: str
    synonyms: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def points(self) -> int:
        """How many points drawing it takes."""
        return sum(shapes.count_points(each.outlines) for part in self.parts for each in part.surfaces)


@dataclass(frozen=True, slots=True)
class Source:
    """A thing as it is written: what a drawing is read from when it is first wanted."""

    name: str
    synonyms: tuple[str, ...]
    lines: tuple[str, ...]


def split_sources(text: str) -> list[Source]:
    """The things of a file. Raises ValueError for a line that belongs to none."""
    sources: list[Source] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] != " ":
            name, _, others = line.partition(":")
            synonyms = tuple(each.strip() for each in others.split(",") if each.strip())
            sources.append(Source(name.strip(), synonyms, ()))
        elif sources:
            last = sources[-1]
            sources[-1] = Source(last.name, last.synonyms, (*last.lines, line.strip()))
        else:
            raise ValueError(f"a line before the first thing: {line.strip()!r}")
    return sources


def read_drawing(source: Source, known: Mapping[str, Source]) -> Drawing:
    """Read a drawing; `known` are those that it may use. Raises ValueError naming the thing and the line."""
    groups: list[tuple[str, list[Surface]]] = []
    for line in source.lines:
        try:
            name, surfaces = _read_line(line, known)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise ValueError(f"{source.name}: {line!r}: {error}") from error
        if not groups or groups[-1][0] != name:
            groups.append((name, []))
        groups[-1][1].extend(surfaces)
    names = [name for name, _ in groups]
    if len(set(names)) != len(names):
        raise ValueError(f"{source.name}: the lines of a part must stand together: {', '.join(names)}")
    parts = tuple(Part(name, tuple(_merge(surfaces))) for name, surfaces in groups)
    return Drawing(source.name, source.synonyms, parts)


def _read_line(line: str, known: Mapping[str, Source]) -> tuple[str, list[Surface]]:
    name, fill, rest = line.split(None, 2)
    surfaces: list[Surface] = []
    for statement in rest.split(";"):
        shape, *changes = (each.split() for each in statement.split("|"))
        if shape[0] == "use":
            drawn = _use(known[shape[1]], [float(each) for each in shape[2:]], known)
        else:
            plain = tuple(shapes.wind_alike(each) for each in _draw(shape[0], shape[1:]))
            drawn = [Surface(fill.rstrip("-"), fill.endswith("-"), plain)]
        for change in changes:
            drawn = [_change(each, change) for each in drawn]
        surfaces += drawn
    return name.replace("_", " "), surfaces


def _draw(word: str, values: list[str]) -> list[Outline]:
    if word == "path":
        return trace_path(" ".join(values))
    numbers = [float(each) for each in values if "," not in each]
    points = [_read_point(each) for each in values if "," in each]
    return SHAPES[word](*numbers, *points)


def _read_point(text: str) -> Point:
    x, y = text.split(",")
    return float(x), float(y)


SHAPES: Mapping[str, Callable[..., list[Outline]]] = {
    "circle": shapes.draw_circle,
    "ellipse": shapes.draw_ellipse,
    "box": shapes.draw_box,
    "shape": shapes.draw_polygon,
    "blob": shapes.draw_blob,
    "line": shapes.draw_line,
    "curve": shapes.draw_curve,
    "taper": shapes.draw_taper,
    "arc": shapes.draw_arc,
    "wedge": shapes.draw_wedge,
}


def _change(surface: Surface, change: list[str]) -> Surface:
    word, numbers = change[0], [float(each) for each in change[1:]]
    changed = tuple(shapes.wind_alike(each) for outline in surface.outlines for each in _repeat(outline, word, numbers))
    return Surface(surface.fill, surface.shade, changed)


def _repeat(outline: Outline, word: str, numbers: list[float]) -> Iterator[Outline]:
    if word == "turn":
        for index in range(int(numbers[0])):
            yield shapes.turn_outline(outline, 360 * index / numbers[0], (numbers[1], numbers[2]))
    elif word == "mirror":
        yield outline
        yield shapes.move_outline(outline, lambda point: (2 * numbers[0] - point[0], point[1]))
    elif word == "step":
        for index in range(int(numbers[0])):
            yield _shift(outline, numbers[1] * index, numbers[2] * index)
    elif word == "rotate":
        yield shapes.turn_outline(outline, numbers[0], (numbers[1], numbers[2]))
    elif word == "move":
        yield _shift(outline, numbers[0], numbers[1])
    else:
        raise ValueError(f"{word!r} is no change")


def _shift(outline: Outline, dx: float, dy: float) -> Outline:
    return shapes.move_outline(outline, lambda point: (point[0] + dx, point[1] + dy))


def _use(source: Source, numbers: list[float], known: Mapping[str, Source]) -> list[Surface]:
    dx, dy, scale = numbers
    return [
        Surface(
            each.fill,
            each.shade,
            tuple(
                shapes.move_outline(line, lambda p: (dx + p[0] * scale, dy + p[1] * scale)) for line in each.outlines
            ),
        )
        for part in read_drawing(source, known).parts
        for each in part.surfaces
    ]


def _merge(surfaces: Iterable[Surface]) -> list[Surface]:
    """Neighbours with one fill become one surface: fewer objects to draw."""
    merged: list[Surface] = []
    for each in surfaces:
        if merged and (merged[-1].fill, merged[-1].shade) == (each.fill, each.shade):
            each = Surface(each.fill, each.shade, merged.pop().outlines + each.outlines)
        merged.append(each)
    return merged
