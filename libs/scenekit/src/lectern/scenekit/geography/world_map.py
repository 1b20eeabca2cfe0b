# mypy: disallow-subclassing-any=False
"""Maps of the world, of a continent or of a country."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import Animation, LineJointType, ManimColor, Mobject, Rectangle, VGroup, VMobject

from lectern.scenekit.data.people import Tint
from lectern.scenekit.labels import Label
from lectern.scenekit.layout import Area, frame
from lectern.scenekit.motion import appear
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.parts import animate_parts
from lectern.scenekit.style import theme
from lectern.things import find_country, list_countries

from .map_marks import MapPlace, MapRoute, surround_text
from .views import BLEED, find_roomiest, lay_out_map

DARK_TONES, LIGHT_TONES = (0.2, 0.24, 0.5), (0.3, 0.5, 0.45)
"""How much of their fills sea and land take, and a lit country of its colour: text is readable on all of them."""
BORDER_WIDTH = 1.8


class Land(VMobject):
    """Land of one colour, as one shape: hundreds of shapes would cost many times as much to draw."""

    is_backdrop = True

    def __init__(self, rings: list[Any], color: Any, edge: Any) -> None:
        super().__init__(stroke_width=BORDER_WIDTH, stroke_color=edge)
        self.set_fill(color, opacity=1)
        self.joint_type = LineJointType.ROUND
        self.points = np.concatenate([_lay_out_ring(ring) for ring in rings]) if rings else np.zeros((0, 3))


class WorldMap(VGroup):
    """Land and sea: `m = WorldMap("Europe")`, a continent, a country, `(west, south, east, north)` in degrees, or the
    world, in every shape; areas compare truly. It fills the frame, or `area`, with what lies around its region as well.

    `m["France"]` is a country, `self.play(m.light("France", "Spain", color=theme.teal))`. `m.place("Mainz", 50.0, 8.3)`
    is a dot with its name, by latitude and longitude; `m.route("Mainz", "Venice")` an arc between places or countries:
    `reveal()` both. `m.label("France")` is a name on its land, `m.at(50.0, 8.3)` a point of the frame.
    """

    def __init__(self, region: Any = "world", area: Area | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        whole = Area(left=-frame.width / 2, right=frame.width / 2, bottom=-frame.height / 2, top=frame.height / 2)
        window = _widen(whole) if area is None else area
        self.room = frame.safe if area is None else area
        self.view = lay_out_map(region, self.room, window, frame.portrait)
        sea, land, self.strength = DARK_TONES if theme.dark else LIGHT_TONES
        self.sea_color = _mix(theme.fill.water, sea)
        self.land_color = _mix(theme.fill.stone if theme.dark else theme.fill.sand, land)
        self.sea = Rectangle(width=window.width, height=window.height, stroke_width=0).move_to(window.center)
        self.sea.set_fill(self.sea_color, opacity=1)
        self.edge = _mix(theme.fill.stone if theme.dark else theme.fill.sand.shade, 0.5 if theme.dark else 0.75)
        names = [name for name in list_countries() if name != "Antarctica" or not self.view.halved]
        self.rings = {name: rings for name in names if (rings := self.view.trace(name))}
        self.land = Land([ring for rings in self.rings.values() for ring in rings], self.land_color, self.edge)
        self.countries: dict[str, Land] = {}
        self.marks: list[MapPlace] = []
        self.start = self.sea.width, self.sea.get_center()
        self.add(self.sea, self.land)

    def __getitem__(self, name: Any) -> Any:
        """A country by its name or another name of it. Raises KeyError for one that is not on this map."""
        if not isinstance(name, str):
            return super().__getitem__(name)
        known = self._find_name(name)
        if known not in self.countries:
            country = Land([self._follow(ring) for ring in self.rings[known]], self.land_color, self.edge)
            self.countries[known] = country
            self.insert(2, country)
        return self.countries[known]

    def at(self, latitude: float, longitude: float) -> Any:
        """The point of the frame at a latitude (north) and a longitude (east), in degrees; south and west are minus.

        Raises ValueError for a place that is not in the map's region.
        """
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValueError(f"at({latitude:g}, {longitude:g}): latitude first, -90 to 90, then longitude, -180 to 180")
        if not self.view.holds(longitude, latitude):
            west, south, east, north = self.view.box
            raise ValueError(
                f"at({latitude:g}, {longitude:g}) is not on a map of {self.view.region}, whose latitudes go from "
                f"{south:g} to {north:g} and its longitudes from {west:g} to {east:g}"
            )
        x, y = self.view.place(np.array([longitude]), np.array([latitude]))[0]
        return self._follow(np.array([[x, y]]))[0]

    def place(self, name: str, latitude: float, longitude: float, color: Any = None, side: Any = None) -> MapPlace:
        """A dot with its name, on the side that is free, or on `side`. `reveal()` shows it; names of routes find it."""
        halo = self.land_color
        mark = MapPlace(self, self.at(latitude, longitude), name, color=color, side=side, halo=halo)
        mark.name = name
        self.marks.append(mark)
        return mark

    def route(self, *stops: Any, color: Any = None, bend: float = 0.18) -> MapRoute:
        """An arc from stop to stop: names of places or countries, `(latitude, longitude)` or things on the map.

        `reveal()` draws it. `bend` is its height as a share of its length.
        """
        if len(stops) < 2:
            raise ValueError('route("Mainz", "Venice") needs at least two stops')
        return MapRoute(self, [self._find_stop(each) for each in stops], color=color, bend=bend)

    def label(self, country: str, text: str = "", size: float | None = None, color: Any = None) -> Label:
        """The name of a country, or `text`, in the middle of its land. Raises KeyError."""
        known = self._find_name(country)
        label = surround_text(Label(text or known, size=size, color=color, weight="MEDIUM"), self.land_color)
        label.move_to(self._find_middle(known))
        return label

    def light(self, *names: str, color: Any = None, run_time: float = 0.8) -> Animation:
        """Countries take a colour, by default the accent's; `color=False` puts them out. Raises KeyError."""
        shade = self.land_color if color is False else _mix(theme.accent if color is None else color, self.strength)
        return animate_parts(self, [Tint(self[name], shade, run_time=run_time) for name in names])

    def reveal(self, run_time: float = 1.0) -> Animation:
        """The map fades in."""
        return appear(self, run_time=run_time, shift=np.zeros(3))

    def _find_name(self, name: str) -> str:
        known = find_country(name)
        if known is None:
            raise refuse_name("country", name, self.rings)
        if known not in self.rings:
            raise refuse_name(f"country on a map of {self.view.region} called", name, self.rings)
        return known

    def _find_stop(self, stop: Any) -> Any:
        if isinstance(stop, Mobject):
            return stop.get_center()
        if isinstance(stop, str):
            for mark in self.marks:
                if mark.name == stop:
                    return mark.get_center()
            return self._find_middle(self._find_name(stop))
        point = np.asarray(stop, dtype=float)
        return self.at(float(point[0]), float(point[1])) if len(point) == 2 else point

    def _find_middle(self, name: str) -> Any:
        return self._follow(find_roomiest(self.rings[name][0])[None])[0]

    def _follow(self, points: Any) -> Any:
        """Points (n, 2) of the map as it was laid out, as points (n, 3) where the map is now."""
        width, center = self.start
        scale = self.sea.width / width
        flat = (np.asarray(points) - center[:2]) * scale + self.sea.get_center()[:2]
        return np.concatenate([flat, np.zeros((len(flat), 1))], axis=1)


def _lay_out_ring(ring: Any) -> Any:
    """A closed ring as straight Bézier pieces, four points each."""
    points = np.zeros((len(ring), 3))
    points[:, : np.shape(ring)[1]] = ring
    shares = np.array([0, 1 / 3, 2 / 3, 1])[None, :, None]
    return (points[:-1, None] * (1 - shares) + points[1:, None] * shares).reshape(-1, 3)


def _mix(color: Any, share: float) -> ManimColor:
    return ManimColor(theme.background).interpolate(ManimColor(color), share)


def _widen(area: Area) -> Area:
    half = np.array([area.width, area.height]) / 2 * BLEED
    x, y, _ = area.center
    return Area(left=x - half[0], right=x + half[0], bottom=y - half[1], top=y + half[1])
