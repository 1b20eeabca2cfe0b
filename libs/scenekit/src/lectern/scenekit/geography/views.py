"""What a map shows: the world, a continent, or a part of one, laid out for the shape of the frame. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lectern.scenekit.layout import Area
from lectern.scenekit.near_names import refuse_name
from lectern.things import find_country, list_countries, trace_country

from .projections import Project, clip_ring, measure_turn, project_around, project_world

Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""

WORLD: Box = (-169.0, -57.0, 191.0, 79.0)
REGIONS: dict[str, Box] = {
    "world": WORLD,
    "Europe": (-10.0, 36.0, 31.0, 65.0),
    "Western Europe": (-9.0, 42.0, 17.0, 59.0),
    "Mediterranean": (-6.0, 30.0, 37.0, 46.0),
    "Africa": (-18.0, -35.0, 52.0, 37.0),
    "Middle East": (26.0, 12.0, 63.0, 42.0),
    "Asia": (40.0, -8.0, 146.0, 55.0),
    "South Asia": (61.0, 6.0, 98.0, 36.0),
    "East Asia": (95.0, 18.0, 146.0, 50.0),
    "Southeast Asia": (92.0, -11.0, 141.0, 24.0),
    "North America": (-150.0, 15.0, -58.0, 68.0),
    "Caribbean": (-90.0, 8.0, -59.0, 27.0),
    "South America": (-82.0, -55.0, -35.0, 12.0),
    "Oceania": (112.0, -46.0, 180.0, 0.0),
}
CAPES = (
    (-168.0, 65.6), (-156.8, 71.3), (-69.0, 83.0), (-32.0, 83.0), (-34.8, -7.2), (-81.3, -4.7), (-70.0, -56.0),
    (-24.5, 65.5), (-17.5, 14.7), (20.0, -34.8), (65.0, 80.0), (178.5, -37.7), (167.5, -47.2), (190.2, 66.0),
)  # fmt: skip
"""Ends of the continents, by longitude and latitude: a map of the world is as large as they allow."""
SEAM = -169.0
"""The meridian of the Bering Strait, at which the world is cut."""
BETWEEN_HALVES = -30.0
"""The meridian in the Atlantic between the Americas and the other half."""
WIDEST = 140.0
"""Degrees of longitude; what is wider is shown as the world is."""
NEAR = 15.0
"""Degrees within which a country's islands belong to a map of it."""
BLEED = 1.2
"""How far the map goes on beyond the frame, for a camera that comes closer at its edge."""
JUST_SEEN = 0.022
"""Units; smaller features of a coast are left out, and islands a few times as large."""
FARTHEST = 100.0
"""Degrees from the middle of a map, beyond all that its window may show."""
LONGEST_EDGE = 3.0
"""Degrees; longer straight borders are bent with the map."""
HALVES_GAP = 0.25
"""Units between the halves of the world."""
NAME_SHAPE = np.array([2.0, 1.0])
"""How much wider than high the room for a name is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MapView:
    """The part of the Earth in `box`, as `place` puts longitudes and latitudes into the window from `low` to `high`.

    `detail` is how small a feature is seen, in degrees; `middle` is what the map is centred on.
    """

    region: str
    box: Box
    low: Any
    high: Any
    detail: float
    middle: tuple[float, float]
    place: Callable[[Any, Any], Any]
    whole: bool
    halved: bool

    def holds(self, longitude: float, latitude: float) -> bool:
        """Return whether a place lies in the region, or a little beyond it: alike in every shape of frame."""
        west, south, east, north = self.box
        spare_x, spare_y = (east - west) * 0.15, (north - south) * 0.15
        turned = (longitude - west + spare_x) % 360 + west - spare_x
        return turned <= east + spare_x and south - spare_y <= latitude <= north + spare_y

    def trace(self, name: str) -> list[Any]:
        """The rings of a country in the window, (n, 2) in units each, the largest first. Empty if none is in it."""
        found = []
        for number, ring in enumerate(trace_country(name, self.detail)):
            places = bend_edges(ring)
            far = measure_turn(self.middle, places[:, 0], places[:, 1]).min() > FARTHEST
            if far and not self.whole:
                continue  # what lies on the other side of the Earth is bent without bounds
            points = clip_ring(self.place(places[:, 0], places[:, 1]), self.low, self.high)
            if len(points) and (number == 0 or np.ptp(points, axis=0).max() > 4 * JUST_SEEN):
                found.append(points)
        return found


def find_box(region: Any) -> tuple[str, Box]:
    """The name and the box of a region: a name of `REGIONS`, a country, or (west, south, east, north) in degrees.

    Raises KeyError for a name that is neither, and ValueError for another box.
    """
    if isinstance(region, str):
        known = {name.casefold(): name for name in REGIONS}
        if region.strip().casefold() in known:
            name = known[region.strip().casefold()]
            return name, REGIONS[name]
        country = find_country(region)
        if country is None:
            raise refuse_name("region", region, [*REGIONS, *list_countries()])
        return country, _frame_country(country)
    try:
        west, south, east, north = (float(each) for each in region)
    except (TypeError, ValueError):
        raise ValueError(
            f"WorldMap({region!r}): a region is a name, or (west, south, east, north) in degrees"
        ) from None
    if not (-180 <= west <= 180 and west < east <= west + 360 and -90 <= south < north <= 90):
        raise ValueError(
            f"WorldMap({region!r}): a box is (west, south, east, north) in degrees, such as (-10, 36, 30, 65)"
        )
    return "this box", (west, south, east, north)


def lay_out_map(region: Any, room: Area, window: Area, upright: bool) -> MapView:
    """The view in which a region fills `room`, and its surroundings the whole `window`.

    The world is shown as two halves below each other where the frame is upright. Raises as `find_box` does.
    """
    name, box = find_box(region)
    low, high = np.array([window.left, window.bottom]), np.array([window.right, window.top])
    west, south, east, north = box
    middle = ((west + east) / 2, (south + north) / 2)
    whole = east - west > WIDEST
    halved = whole and upright and box == WORLD
    if halved:
        place, scale = _place_halves(room)
    else:
        project = project_world(middle[0]) if whole else project_around(*middle)
        place, scale = _place_points(project, CAPES if box == WORLD else list_edge(box), room, middle[0])
    detail = float(np.degrees(JUST_SEEN / scale))
    return MapView(
        region=name,
        box=box,
        low=low,
        high=high,
        detail=detail,
        middle=middle,
        place=place,
        whole=whole,
        halved=halved,
    )


def bend_edges(ring: Any) -> Any:
    """The ring (n, 2) without leaps at the date line, closed over the pole that it goes round, and with more points on
    long edges, such as borders along a parallel."""
    places = np.array(ring)
    places[:, 0] = np.unwrap(places[:, 0], period=360)
    if abs(places[-1, 0] - places[0, 0]) > 180:
        pole = np.sign(places[:, 1].mean()) * 89.9
        places = np.concatenate([places, [[places[-1, 0], pole], [places[0, 0], pole]], places[:1]])
    steps = np.abs(np.diff(places, axis=0)).max(axis=1)
    if steps.max() <= LONGEST_EDGE:
        return places
    found = [places[:1]]
    for here, there, step in zip(places[:-1], places[1:], steps, strict=True):
        count = max(1, int(np.ceil(step / LONGEST_EDGE)))
        found.append(here + (there - here) * (np.arange(1, count + 1) / count)[:, None])
    return np.concatenate(found)


def turn_ring(longitudes: Any, west: float) -> Any:
    """Longitudes moved by whole turns, all together, so that their middle lies east of `west` by less than a turn."""
    longitudes = np.asarray(longitudes, dtype=float)
    return longitudes + 360 * np.ceil((west - longitudes.mean()) / 360)


def find_roomiest(ring: Any) -> Any:
    """The point (x, y) in a closed ring (n, 2) where a name has most room; names are wider than high."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    x, y = np.meshgrid(*(np.linspace(low[axis], high[axis], 24)[1:-1] for axis in (0, 1)))
    spots = np.stack([x.ravel(), y.ravel()], axis=1)
    begins, ends = ring[:-1], ring[1:]
    above = (begins[:, 1] > spots[:, None, 1]) != (ends[:, 1] > spots[:, None, 1])
    steep = np.where(np.abs(ends[:, 1] - begins[:, 1]) < 1e-12, 1e-12, ends[:, 1] - begins[:, 1])
    cuts = begins[:, 0] + (spots[:, None, 1] - begins[:, 1]) / steep * (ends[:, 0] - begins[:, 0])
    inside = (above & (cuts > spots[:, None, 0])).sum(axis=1) % 2 == 1
    if not inside.any():
        return (low + high) / 2
    along = np.linspace(0, 1, 5)[:-1, None, None]
    edge = (begins + along * (ends - begins)).reshape(-1, 2)
    way = (edge[None] - spots[inside][:, None]) / NAME_SHAPE
    return spots[inside][int(np.hypot(way[..., 0], way[..., 1]).min(axis=1).argmax())]


def list_edge(box: Box) -> Any:
    """Points (n, 2) along the edge of a box: a map bends its sides."""
    west, south, east, north = box
    along, up = np.linspace(west, east, 25), np.linspace(south, north, 25)
    x = np.concatenate([along, along, np.full(25, west), np.full(25, east)])
    return np.stack([x, np.concatenate([np.full(25, south), np.full(25, north), up, up])], axis=1)


def _place_points(project: Project, points: Any, room: Area, middle: float) -> tuple[Callable[[Any, Any], Any], float]:
    """Project so that points (n, 2) of the Earth fill a room. Returns units for each radius of the Earth as well."""
    low, high = _measure_points(project, points)
    scale = float(min((room.width, room.height) / (high - low)))
    origin = room.center[:2] - (low + high) / 2 * scale

    def place(longitudes: Any, latitudes: Any) -> Any:
        turned = turn_ring(longitudes, middle - 180)
        return np.stack(project(turned, np.asarray(latitudes)), axis=-1) * scale + origin

    return place, scale


def _place_halves(room: Area) -> tuple[Callable[[Any, Any], Any], float]:
    """Project the Americas into the upper half of a room, and the other continents into the lower, at one scale."""
    capes, split = np.array(CAPES), room.center[1]
    parts = [
        Area(left=room.left, right=room.right, bottom=split + HALVES_GAP / 2, top=room.top),
        Area(left=room.left, right=room.right, bottom=room.bottom, top=split - HALVES_GAP / 2),
    ]
    halves = [capes[capes[:, 0] < BETWEEN_HALVES], capes[capes[:, 0] >= BETWEEN_HALVES]]
    projects = [project_world((half[:, 0].min() + half[:, 0].max()) / 2) for half in halves]
    boxes = [_measure_points(project, half) for project, half in zip(projects, halves, strict=True)]
    scale = float(min(min((part.width, part.height) / (b - a)) for part, (a, b) in zip(parts, boxes, strict=True)))
    origins = [part.center[:2] - (a + b) / 2 * scale for part, (a, b) in zip(parts, boxes, strict=True)]

    def place(longitudes: Any, latitudes: Any) -> Any:
        turned = turn_ring(longitudes, SEAM)
        half = 0 if turned.mean() < BETWEEN_HALVES else 1
        return np.stack(projects[half](turned, np.asarray(latitudes)), axis=-1) * scale + origins[half]

    return place, scale


def _measure_points(project: Project, points: Any) -> tuple[Any, Any]:
    found = np.stack(project(*np.array(points, dtype=float).T), axis=1)
    return found.min(axis=0), found.max(axis=0)


def _frame_country(name: str) -> Box:
    """The box around a country's largest land and what lies near it, with a margin."""
    rings = [np.array(ring) for ring in trace_country(name)]
    main = rings[0].mean(axis=0)
    near = np.concatenate([ring for ring in rings if np.abs(ring.mean(axis=0) - main).max() < NEAR])
    (west, south), (east, north) = near.min(axis=0), near.max(axis=0)
    spare = max(0.6, 0.15 * max(east - west, north - south))
    return float(west - spare), max(-90.0, float(south - spare)), float(east + spare), min(90.0, float(north + spare))
