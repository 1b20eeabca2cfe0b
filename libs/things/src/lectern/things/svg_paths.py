"""SVG path data as outlines of cubic curves."""

from __future__ import annotations

import re
from math import acos, cos, degrees, hypot, radians, sin, sqrt, tan

from .outlines import Outline, Point

_TOKEN = re.compile(r"[MmLlHhVvCcSsQqTtAaZz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_FLAG = re.compile(r"\s*,?\s*([01])")
_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}


def trace_path(data: str) -> list[Outline]:
    """The outlines of SVG path data. An open one is closed by a line. Raises ValueError for what is no path."""
    pen = _Pen()
    position, command = 0, ""
    while data[position:].strip(" ,\n\t"):
        match = _TOKEN.search(data, position)
        if match is None or data[position : match.start()].strip(" ,\n\t"):
            raise ValueError(f"this is no path data: {data[position : position + 20]!r}")
        if match[0].isalpha():
            command, position = match[0], match.end()
        elif command.upper() in ("", "Z"):
            raise ValueError(f"a number without a command: {match[0]!r}")
        values, position = _read_numbers(data, position, command)
        pen.follow(command, values)
        command = {"M": "L", "m": "l"}.get(command, command)
    return pen.finish()


def _read_numbers(data: str, position: int, command: str) -> tuple[list[float], int]:
    values: list[float] = []
    for index in range(_COUNTS[command.upper()]):
        is_flag = command in "Aa" and index in (3, 4)  # flags may stand without a space before the next number
        match = _FLAG.match(data, position) if is_flag else _TOKEN.search(data, position)
        number = None if match is None else match[1] if is_flag else match[0]
        if match is None or number is None or number.isalpha():
            raise ValueError(f"{command} needs {_COUNTS[command.upper()]} numbers")
        values.append(float(number))
        position = match.end()
    return values, position


class _Pen:
    """Where the pen is, and what it has drawn."""

    def __init__(self) -> None:
        self.outlines: list[Outline] = []
        self.points: list[Point] = []
        self.at: Point = (0.0, 0.0)
        self.handle: Point | None = None
        self.last = ""

    def follow(self, command: str, values: list[float]) -> None:
        kind, base = command.upper(), self.at if command.islower() else (0.0, 0.0)
        pairs = [(base[0] + x, base[1] + y) for x, y in zip(values[::2], values[1::2], strict=False)]
        if kind == "M":
            self.close()
            self.at = pairs[0]
        elif kind == "Z":
            start = self.points[0] if self.points else self.at
            self.close()
            self.at = start
        elif kind == "L":
            self.draw_line(pairs[0])
        elif kind == "H":
            self.draw_line((base[0] + values[0], self.at[1]))
        elif kind == "V":
            self.draw_line((self.at[0], base[1] + values[0]))
        elif kind in "CS":
            first = pairs[0] if kind == "C" else self.mirror_handle("CS")
            self.draw_cubic(first, pairs[-2], pairs[-1])
            self.handle = pairs[-2]
        elif kind in "QT":
            middle = pairs[0] if kind == "Q" else self.mirror_handle("QT")
            self.draw_quadratic(middle, pairs[-1])
            self.handle = middle
        elif kind == "A":
            self.draw_arc(values[:5], (base[0] + values[5], base[1] + values[6]))
        self.last = kind

    def mirror_handle(self, kinds: str) -> Point:
        if self.last not in kinds or self.handle is None or not self.last:
            return self.at
        return 2 * self.at[0] - self.handle[0], 2 * self.at[1] - self.handle[1]

    def draw_line(self, end: Point) -> None:
        dx, dy = end[0] - self.at[0], end[1] - self.at[1]
        self.draw_cubic(
            (self.at[0] + dx / 3, self.at[1] + dy / 3), (self.at[0] + 2 * dx / 3, self.at[1] + 2 * dy / 3), end
        )

    def draw_quadratic(self, middle: Point, end: Point) -> None:
        def lean(point: Point) -> Point:
            return point[0] + (middle[0] - point[0]) * 2 / 3, point[1] + (middle[1] - point[1]) * 2 / 3

        self.draw_cubic(lean(self.at), lean(end), end)

    def draw_cubic(self, first: Point, second: Point, end: Point) -> None:
        if not self.points:
            self.points.append(self.at)
        self.points += [first, second, end]
        self.at = end

    def draw_arc(self, shape: list[float], end: Point) -> None:
        """An elliptical arc, by the conversion to its centre in the SVG 1.1 specification, appendix F.6."""
        rx, ry, turn, large, sweep = abs(shape[0]), abs(shape[1]), radians(shape[2]), shape[3] > 0, shape[4] > 0
        if rx == 0 or ry == 0 or end == self.at:
            self.draw_line(end)
            return
        c, s = cos(turn), sin(turn)
        dx, dy = (self.at[0] - end[0]) / 2, (self.at[1] - end[1]) / 2
        x, y = c * dx + s * dy, c * dy - s * dx
        excess = (x / rx) ** 2 + (y / ry) ** 2
        if excess > 1:
            rx, ry = rx * sqrt(excess), ry * sqrt(excess)
        spread = (rx * y) ** 2 + (ry * x) ** 2
        reach = sqrt(max(0.0, ((rx * ry) ** 2 - spread) / spread)) * (1 if large != sweep else -1)
        cx, cy = reach * rx * y / ry, -reach * ry * x / rx
        start = _angle((x - cx) / rx, (y - cy) / ry)
        span = _angle((-x - cx) / rx, (-y - cy) / ry) - start
        span = span % 360 if sweep else span % 360 - 360
        middle = (self.at[0] + end[0]) / 2 + c * cx - s * cy, (self.at[1] + end[1]) / 2 + s * cx + c * cy

        def place(u: float, v: float) -> Point:
            return middle[0] + rx * u * c - ry * v * s, middle[1] + rx * u * s + ry * v * c

        pieces = max(1, -int(-abs(span) // 90))
        step = radians(span / pieces)
        k = 4 / 3 * tan(step / 4)
        for piece in range(pieces):
            a = radians(start) + piece * step
            b = a + step
            final = end if piece == pieces - 1 else place(cos(b), sin(b))
            self.draw_cubic(
                place(cos(a) - k * sin(a), sin(a) + k * cos(a)), place(cos(b) + k * sin(b), sin(b) - k * cos(b)), final
            )

    def close(self) -> None:
        if self.points:
            start = self.points[0]
            if hypot(self.at[0] - start[0], self.at[1] - start[1]) > 1e-9:
                self.draw_line(start)
            self.outlines.append(tuple(self.points))
        self.points = []

    def finish(self) -> list[Outline]:
        self.close()
        return self.outlines


def _angle(x: float, y: float) -> float:
    angle = degrees(acos(max(-1.0, min(1.0, x / hypot(x, y)))))
    return angle if y >= 0 else -angle
