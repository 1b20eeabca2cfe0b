"""Outlines of shapes as cubic Bézier curves: what the drawing language's words mean, without a library that draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import cos, hypot, radians, sin, tan

Point = tuple[float, float]
Outline = tuple[Point, ...]
"""A closed curve: a start, then two handles and an end for each piece. x runs right and y down."""

KAPPA = 0.5523
"""Handles of a quarter circle, in radii: the cubic that strays least from it."""


def draw_ellipse(x: float, y: float, across: float, down: float, turn: float = 0.0) -> list[Outline]:
    """An ellipse about (x, y) with two radii, turned clockwise by degrees."""
    a, b, ka, kb = across, down, across * KAPPA, down * KAPPA
    corners = [
        (a, 0), (a, kb), (ka, b), (0, b), (-ka, b), (-a, kb), (-a, 0),
        (-a, -kb), (-ka, -b), (0, -b), (ka, -b), (a, -kb), (a, 0),
    ]  # fmt: skip
    return [turn_outline(tuple((x + dx, y + dy) for dx, dy in corners), turn, (x, y))]


def draw_circle(x: float, y: float, radius: float) -> list[Outline]:
    return draw_ellipse(x, y, radius, radius)


def draw_box(x: float, y: float, width: float, height: float, radius: float = 0.0) -> list[Outline]:
    """A rectangle by its upper left corner, with rounded corners."""
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return draw_polygon(radius, *corners)


def draw_polygon(radius: float, *corners: Point) -> list[Outline]:
    """A polygon whose corners are rounded by `radius`, less where its sides are short."""
    points: list[Point] = []
    for index, corner in enumerate(corners):
        before, after = corners[index - 1], corners[(index + 1) % len(corners)]
        cut = min(radius, _distance(before, corner) * 0.5, _distance(corner, after) * 0.5)
        start, end = _towards(corner, before, cut), _towards(corner, after, cut)
        if points:
            points += _straight(points[-1], start)
        else:
            points.append(start)
        if cut > 0:
            points += [_towards(start, corner, cut * KAPPA), _towards(end, corner, cut * KAPPA), end]
    return [(*points, *_straight(points[-1], points[0]))]


def draw_blob(*points: Point) -> list[Outline]:
    """A smooth closed curve through points."""
    return [_join_smoothly(points, closed=True)]


def draw_line(width: float, *points: Point) -> list[Outline]:
    """A line of a width with round ends and corners."""
    return [_draw_band([start, end], [_normal(start, end)] * 2, [width, width]) for start, end in pairwise(points)]


def draw_curve(width: float, *points: Point) -> list[Outline]:
    """A smooth line of a width through points, with round ends."""
    return draw_taper(width, width, *points)


def draw_taper(first: float, last: float, *points: Point) -> list[Outline]:
    """A smooth line whose width changes from `first` to `last`."""
    path = _join_smoothly(points, closed=False)
    count = len(points)
    normals = [
        _normal(path[3 * i], path[3 * i + 1]) if i < count - 1 else _normal(path[-2], path[-1]) for i in range(count)
    ]
    widths = [first + (last - first) * i / (count - 1) for i in range(count)]
    return [_draw_band(points, normals, widths)]


def draw_arc(width: float, x: float, y: float, radius: float, start: float, end: float) -> list[Outline]:
    """A part of a ring, from one angle to another in degrees: 0 is right and 90 is up."""
    pieces = max(1, round(abs(end - start) / 60))
    angles = [radians(start + (end - start) * i / pieces) for i in range(pieces + 1)]
    inner, outer = radius - width / 2, radius + width / 2
    there, back = _arc_points(x, y, outer, angles), _arc_points(x, y, inner, angles[::-1])
    half = width / 2
    cap = _cap(there[-1], back[0], _tangent(angles[-1], end - start), half)
    close = _cap(back[-1], there[0], _tangent(angles[0], start - end), half)
    return [(*there, *cap, *back[1:], *close)]


def draw_wedge(x: float, y: float, radius: float, start: float, end: float) -> list[Outline]:
    """A slice of a disc, from one angle to another in degrees: 0 is right and 90 is up."""
    pieces = max(1, round(abs(end - start) / 60))
    angles = [radians(start + (end - start) * i / pieces) for i in range(pieces + 1)]
    rim = _arc_points(x, y, radius, angles)
    return [((x, y), *_straight((x, y), rim[0]), *rim[1:], *_straight(rim[-1], (x, y)))]


def move_outline(outline: Outline, change: Callable[[Point], Point]) -> Outline:
    return tuple(change(point) for point in outline)


def turn_outline(outline: Outline, degrees: float, about: Point) -> Outline:
    """Turn an outline clockwise as seen, since y runs down."""
    if not degrees:
        return outline
    c, s = cos(radians(degrees)), sin(radians(degrees))
    x, y = about
    return move_outline(outline, lambda p: (x + (p[0] - x) * c - (p[1] - y) * s, y + (p[0] - x) * s + (p[1] - y) * c))


def wind_alike(outline: Outline) -> Outline:
    """The outline in one sense of rotation, so that outlines in one path add up and never cut holes."""
    ends = outline[::3]
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ends, (*ends[1:], ends[0]), strict=True))
    return outline if area >= 0 else outline[::-1]


def _join_smoothly(points: Sequence[Point], *, closed: bool) -> Outline:
    """A curve through points whose direction in each is that from its neighbour to its neighbour (Catmull-Rom)."""
    count = len(points)
    pieces = count if closed else count - 1
    result: list[Point] = [points[0]]
    for i in range(pieces):
        here, there = points[i], points[(i + 1) % count]
        before = points[i - 1] if closed or i > 0 else here
        after = points[(i + 2) % count] if closed or i + 2 < count else there
        reach = _distance(here, there)
        result += [_lean(here, before, there, reach), _lean(there, after, here, reach), there]
    return tuple(result)


def _lean(point: Point, back: Point, forward: Point, reach: float) -> Point:
    """The handle at a point for a piece as long as `reach`, so that uneven gaps give no loops."""
    dx, dy = forward[0] - back[0], forward[1] - back[1]
    length = hypot(dx, dy)
    if length == 0:
        return point
    return point[0] + dx / length * reach * 0.36, point[1] + dy / length * reach * 0.36


def _draw_band(points: Sequence[Point], normals: Sequence[Point], widths: Sequence[float]) -> Outline:
    left = [_offset(p, n, w / 2) for p, n, w in zip(points, normals, widths, strict=True)]
    right = [_offset(p, n, -w / 2) for p, n, w in zip(points, normals, widths, strict=True)][::-1]
    there = _join_along(left, points, normals, 1)
    back = _join_along(right, points[::-1], normals[::-1], -1)
    ahead = (-normals[-1][1], normals[-1][0])
    behind = (normals[0][1], -normals[0][0])
    return (
        *there,
        *_cap(left[-1], right[0], ahead, widths[-1] / 2),
        *back[1:],
        *_cap(right[-1], left[0], behind, widths[0] / 2),
    )


def _join_along(points: Sequence[Point], spine: Sequence[Point], normals: Sequence[Point], sense: float) -> list[Point]:
    """A curve through points beside a spine, in the spine's directions."""
    if len(points) == 2:
        return [points[0], *_straight(points[0], points[1])]
    result = [points[0]]
    for i in range(len(points) - 1):
        here, there = points[i], points[i + 1]
        reach = _distance(here, there) * 0.36
        result += [
            (here[0] - sense * normals[i][1] * reach, here[1] + sense * normals[i][0] * reach),
            (there[0] + sense * normals[i + 1][1] * reach, there[1] - sense * normals[i + 1][0] * reach),
            there,
        ]
    return result


def _cap(start: Point, end: Point, ahead: Point, radius: float) -> list[Point]:
    """Half a circle from start to end, bulging ahead."""
    if radius <= 0:
        return _straight(start, end)
    middle = (start[0] + end[0]) / 2 + ahead[0] * radius, (start[1] + end[1]) / 2 + ahead[1] * radius
    k = radius * KAPPA
    side = ((end[0] - start[0]) / (2 * radius), (end[1] - start[1]) / (2 * radius))
    return [
        (start[0] + ahead[0] * k, start[1] + ahead[1] * k),
        (middle[0] - side[0] * k, middle[1] - side[1] * k),
        middle,
        (middle[0] + side[0] * k, middle[1] + side[1] * k),
        (end[0] + ahead[0] * k, end[1] + ahead[1] * k),
        end,
    ]


def _arc_points(x: float, y: float, radius: float, angles: Sequence[float]) -> list[Point]:
    place = [(x + radius * cos(a), y - radius * sin(a)) for a in angles]
    result = [place[0]]
    for i in range(len(angles) - 1):
        step = angles[i + 1] - angles[i]
        k = radius * 4 / 3 * tan(step / 4)
        a, b = angles[i], angles[i + 1]
        result += [
            (place[i][0] - k * sin(a), place[i][1] - k * cos(a)),
            (place[i + 1][0] + k * sin(b), place[i + 1][1] + k * cos(b)),
            place[i + 1],
        ]
    return result


def _tangent(angle: float, sense: float) -> Point:
    sign = 1 if sense >= 0 else -1
    return -sin(angle) * sign, -cos(angle) * sign


def _straight(start: Point, end: Point) -> list[Point]:
    dx, dy = end[0] - start[0], end[1] - start[1]
    return [(start[0] + dx / 3, start[1] + dy / 3), (start[0] + 2 * dx / 3, start[1] + 2 * dy / 3), end]


def _offset(point: Point, normal: Point, distance: float) -> Point:
    return point[0] + normal[0] * distance, point[1] + normal[1] * distance


def _normal(start: Point, end: Point) -> Point:
    """The direction to the left of the way from start to end, as seen with y down."""
    length = _distance(start, end) or 1.0
    return (end[1] - start[1]) / length, -(end[0] - start[0]) / length


def _distance(a: Point, b: Point) -> float:
    return hypot(b[0] - a[0], b[1] - a[1])


def _towards(start: Point, end: Point, distance: float) -> Point:
    length = _distance(start, end)
    if length == 0:
        return start
    return start[0] + (end[0] - start[0]) * distance / length, start[1] + (end[1] - start[1]) * distance / length


def count_points(outlines: Iterable[Outline]) -> int:
    """How many points the outlines take, as a library of cubic curves stores them: four a piece."""
    return sum(4 * (len(outline) // 3) for outline in outlines)
