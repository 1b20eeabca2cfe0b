"""Writes libs/things' countries.txt from a package of Natural Earth's maps: `scripts/countries.py world-atlas.tgz`.

Borders that two countries share are kept once, and each point with the level of detail at which it is needed, so that
a map of the world and one of a country are drawn from the same lines, and neighbours always meet.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import math
import sys
import tarfile
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "libs/things/src/lectern/things/countries.txt"
VERSION = "2.0.2"
SHA256 = "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97"
HEAD = f"""# Natural Earth's countries, 1:50 million, public domain, https://www.naturalearthdata.com
# Taken from world-atlas {VERSION}, https://github.com/topojson/world-atlas, ISC License (licences/countries.txt).
# Written by scripts/countries.py: lines in hundredths of a degree, each with the levels of its points, then countries.
"""
UNITS = 100
"""Steps in a degree."""
FINEST = 0.0025
"""Square degrees that a point must add to the picture to be kept: about thirty square kilometres, at level `a`."""
SMALLEST_ISLAND = 0.01
"""Square degrees; smaller islands are kept only where a country has nothing larger."""
END = "z"
"""The level of the ends of a line."""
NAMES = {
    "Antigua and Barb.": "Antigua and Barbuda",
    "Ashmore and Cartier Is.": "Ashmore and Cartier Islands",
    "Bosnia and Herz.": "Bosnia and Herzegovina,Bosnia",
    "Br. Indian Ocean Ter.": "British Indian Ocean Territory",
    "British Virgin Is.": "British Virgin Islands",
    "Cabo Verde": "Cape Verde,Cabo Verde",
    "Cayman Is.": "Cayman Islands",
    "Central African Rep.": "Central African Republic",
    "China": "China,People's Republic of China",
    "Congo": "Republic of the Congo,Congo,Congo-Brazzaville",
    "Cook Is.": "Cook Islands",
    "Czechia": "Czechia,Czech Republic",
    "Côte d'Ivoire": "Ivory Coast,Côte d'Ivoire,Cote d'Ivoire",
    "Dem. Rep. Congo": "Democratic Republic of the Congo,DR Congo,DRC,Congo-Kinshasa,Zaire",
    "Dominican Rep.": "Dominican Republic",
    "Eq. Guinea": "Equatorial Guinea",
    "Faeroe Is.": "Faroe Islands,Faeroe Islands",
    "Falkland Is.": "Falkland Islands",
    "Fr. Polynesia": "French Polynesia",
    "Fr. S. Antarctic Lands": "French Southern Lands",
    "Heard I. and McDonald Is.": "Heard and McDonald Islands",
    "Indian Ocean Ter.": "Indian Ocean Territories",
    "Macedonia": "North Macedonia,Macedonia",
    "Marshall Is.": "Marshall Islands",
    "Myanmar": "Myanmar,Burma",
    "N. Cyprus": "Northern Cyprus",
    "N. Mariana Is.": "Northern Mariana Islands",
    "Netherlands": "Netherlands,Holland,the Netherlands",
    "Palestine": "Palestine,Palestinian territories",
    "Pitcairn Is.": "Pitcairn Islands",
    "Russia": "Russia,Russian Federation",
    "S. Geo. and the Is.": "South Georgia",
    "S. Sudan": "South Sudan",
    "Solomon Is.": "Solomon Islands",
    "South Korea": "South Korea,Korea,Republic of Korea",
    "St-Barthélemy": "Saint Barthélemy",
    "St-Martin": "Saint Martin",
    "St. Kitts and Nevis": "Saint Kitts and Nevis",
    "St. Pierre and Miquelon": "Saint Pierre and Miquelon",
    "St. Vin. and Gren.": "Saint Vincent and the Grenadines",
    "São Tomé and Principe": "São Tomé and Príncipe,Sao Tome and Principe",
    "Timor-Leste": "East Timor,Timor-Leste",
    "Turkey": "Turkey,Türkiye",
    "Turks and Caicos Is.": "Turks and Caicos Islands",
    "U.S. Virgin Is.": "United States Virgin Islands",
    "United Arab Emirates": "United Arab Emirates,UAE,Emirates",
    "United Kingdom": "United Kingdom,UK,Britain,Great Britain",
    "United States of America": "United States,USA,US,United States of America,America",
    "Vatican": "Vatican City,Vatican",
    "W. Sahara": "Western Sahara",
    "Wallis and Futuna Is.": "Wallis and Futuna",
    "eSwatini": "Eswatini,Swaziland",
}
"""Names in full, then other names, of countries that the package abridges or that are called otherwise as well."""

Point = tuple[int, int]


def read_topology(package: Path) -> dict[str, Any]:
    """The countries of the package with their shared lines. Raises ValueError for another package."""
    content = package.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ValueError(f"{package} is not world-atlas {VERSION}")
    with tarfile.open(package) as archive:
        file = archive.extractfile("package/countries-50m.json")
        assert file is not None
        found: dict[str, Any] = json.load(file)
    return found


def read_line(arc: list[list[int]], transform: dict[str, list[float]]) -> list[Point]:
    """A line in steps of longitude and latitude, without points that fall together."""
    (scale_x, scale_y), (left, bottom) = transform["scale"], transform["translate"]
    absolute = accumulate(arc, lambda here, step: [here[0] + step[0], here[1] + step[1]])
    points = [(round((left + x * scale_x) * UNITS), round((bottom + y * scale_y) * UNITS)) for x, y in absolute]
    kept = [here for here, there in pairwise(points) if here != there]
    return [*kept, points[-1]]


def measure_triangle(one: Point, two: Point, three: Point) -> float:
    """The area of a triangle in square degrees, as they are at its latitude."""
    narrow = max(0.05, math.cos(math.radians(two[1] / UNITS)))
    doubled = (two[0] - one[0]) * (three[1] - one[1]) - (three[0] - one[0]) * (two[1] - one[1])
    return abs(doubled) / 2 / UNITS**2 * narrow


def rate_points(line: list[Point]) -> list[float]:
    """The area that each point adds to the picture when the least go first (Visvalingam and Whyatt, 1993)."""
    areas = [math.inf] * len(line)
    before, after = list(range(-1, len(line) - 1)), list(range(1, len(line) + 1))
    queue = [(measure_triangle(*line[i - 1 : i + 2]), i) for i in range(1, len(line) - 1)]
    waiting = {i: area for area, i in queue}
    heapq.heapify(queue)
    least = 0.0
    while queue:
        area, i = heapq.heappop(queue)
        if waiting.get(i) != area:
            continue
        del waiting[i]
        least = areas[i] = max(least, area)
        after[before[i]], before[after[i]] = after[i], before[i]
        for j in (before[i], after[i]):
            if j in waiting:
                waiting[j] = measure_triangle(line[before[j]], line[j], line[after[j]])
                heapq.heappush(queue, (waiting[j], j))
    return areas


def write_line(line: list[Point]) -> str:
    """A line as its levels, its first point, and the steps from point to point."""
    kept = [(point, area) for point, area in zip(line, rate_points(line), strict=True) if area >= FINEST]
    levels = "".join(END if math.isinf(area) else find_level(area) for _, area in kept)
    points = [point for point, _ in kept]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    return " ".join([levels, *(f"{x} {y}" for x, y in (points[0], *steps))])


def find_level(area: float) -> str:
    """The letter of an area: each is twice as large as the one before, from `FINEST` at `a`."""
    return chr(ord("a") + min(int(math.log2(area / FINEST)), ord(END) - ord("a") - 1))


def measure_ring(ring: list[int], lines: list[list[Point]]) -> float:
    """The area of a ring in square degrees, as they are at its latitude."""
    points = [point for each in ring for point in (lines[each] if each >= 0 else lines[~each][::-1])]
    doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*points, points[0]]))
    middle = sum(y for _, y in points) / len(points) / UNITS
    return abs(doubled) / 2 / UNITS**2 * max(0.05, math.cos(math.radians(middle)))


def list_rings(shape: dict[str, Any], lines: list[list[Point]]) -> list[list[int]]:
    """The rings of a country, the largest first, without small islands."""
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    rings = sorted((ring for polygon in polygons for ring in polygon), key=lambda ring: -measure_ring(ring, lines))
    return [rings[0], *(ring for ring in rings[1:] if measure_ring(ring, lines) >= SMALLEST_ISLAND)]


def write_countries(topology: dict[str, Any]) -> list[str]:
    """The lines that are needed, numbered by their order, then each country as `name|other names|rings`."""
    lines = [read_line(arc, topology["transform"]) for arc in topology["arcs"]]
    shapes = [each for each in topology["objects"]["countries"]["geometries"] if "arcs" in each]
    countries = {each["properties"]["name"]: list_rings(each, lines) for each in shapes}
    used = sorted({max(each, ~each) for rings in countries.values() for ring in rings for each in ring})
    number = {each: index for index, each in enumerate(used)}
    rows = [write_line(lines[each]) for each in used]
    for short, rings in sorted(countries.items(), key=lambda item: NAMES.get(item[0], item[0])):
        name, _, others = NAMES.get(short, short).partition(",")
        numbered = [[number[each] if each >= 0 else ~number[~each] for each in ring] for ring in rings]
        rows.append(f"{name}|{others}|{';'.join(' '.join(map(str, ring)) for ring in numbered)}")
    return rows


if __name__ == "__main__":
    written = write_countries(read_topology(Path(sys.argv[1])))
    TARGET.write_text(HEAD + "\n".join(written) + "\n", encoding="utf-8")
    sys.stdout.write(f"{sum('|' in row for row in written)} countries\n")
