# mypy: disallow-subclassing-any=False
"""Drawn things."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import Animation, ManimColor, VGroup, VMobject
from manim.constants import LineJointType
from manim.utils.rate_functions import ease_out_back

from lectern.scenekit.contrast import contrast_ratios, to_rgb
from lectern.scenekit.near_names import refuse_name
from lectern.scenekit.style import theme
from lectern.things import Drawing, Surface, list_things, read_icon, read_thing
from lectern.things.icons import FILL as ICON_FILL
from lectern.things.outlines import Outline
from lectern.things.search import name_of

SQUARE = 100.0
"""Units of the square in which things are drawn."""
FAINT = 1.6
"""A surface with less contrast than this to the background gets a rim in its shade."""
RIM = 2.2
"""The rim's width, in hundredths of a thing's side."""
STROKE_UNITS = 0.01
"""Units of the frame in one of manim's units of stroke width."""


class Thing(VGroup):
    """A drawn thing, or an icon in `color`, found by its name: `leaf = Thing("leaf", height=3)`, `Thing("forklift")`.

    `leaf["vein"]` is a part, `leaf.parts` are their names. `self.play(leaf.reveal())` lets it pop up.
    """

    keeps_its_sides = True

    def __init__(self, name: str, *, height: float = 2.0, color: Any = None, **kwargs: Any) -> None:
        drawing = find_drawing(name)
        self.kind = drawing.name
        self.parts = tuple(part.name for part in drawing.parts)
        super().__init__(**kwargs)
        below: list[VMobject] = []
        for part in drawing.parts:
            group = VGroup()
            for surface in part.surfaces:
                shape = draw_surface(surface, color)
                if not any(is_inside(shape, other) for other in below):
                    add_rim(shape, find_tones(surface, color)[1])
                below.append(shape)
                group.add(shape)
            self.add(group)
        self.center()
        self.scale(height / max(self.height, 1e-6))

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return super().__getitem__(key)
        if key not in self.parts:
            raise refuse_name(f"part of {self.kind!r} called", key, self.parts)
        return self.submobjects[self.parts.index(key)]

    def scale(self, scale_factor: float, **kwargs: Any) -> Any:
        """Scale with the rims, as they are a part of the drawing and no line of the film."""
        for each in self.family_members_with_points():
            width = each.get_stroke_width(background=True)
            if width:
                each.set_stroke(width=width * abs(scale_factor), background=True, family=False)
        return super().scale(scale_factor, **kwargs)

    def reveal(self, run_time: float = 0.6) -> Animation:
        """It pops up from its middle."""
        return PopUp(self, run_time=run_time, rate_func=ease_out_back)


class PopUp(Animation):
    """A thing that grows from a small one, with a little swing; without the copies that manim's entrances make."""

    sound = "pop"

    def __init__(self, thing: Any, *, smallest: float = 0.4, **kwargs: Any) -> None:
        super().__init__(thing, introducer=True, **kwargs)
        self.smallest = smallest

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.middle = self.mobject.get_center()
        self.held = [
            (part, part.points.copy(), part.get_fill_rgbas().copy(), part.get_stroke_width(background=True))
            for part in self.mobject.family_members_with_points()
        ]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        size = self.smallest + (1 - self.smallest) * float(self.rate_func(alpha))
        for part, points, rgbas, width in self.held:
            part.points = self.middle + (points - self.middle) * size
            part.background_stroke_width = width * size
            faint = rgbas.copy()
            faint[:, 3] *= min(1.0, alpha * 3)
            part.fill_rgbas = faint


def find_drawing(name: str) -> Drawing:
    """The drawing of a thing, or else of an icon. Raises KeyError that tells similar names."""
    known = " ".join(str(name).casefold().replace("_", " ").replace("-", " ").split())
    for read in (read_thing, read_icon):
        try:
            return read(known)
        except KeyError:
            continue
    found = name_of(known)
    if found is None:
        raise refuse_name("thing", name, list_things())
    return find_drawing(found)


def draw_surface(surface: Surface, color: Any) -> VMobject:
    """A surface of a drawing in the theme's fills, or in `color` if it is an icon's."""
    shape = VMobject(stroke_width=0)
    shape.points = np.concatenate([lay_out_points(outline) for outline in surface.outlines])
    return shape.set_fill(find_tones(surface, color)[0], opacity=1)


def add_rim(shape: VMobject, shade: ManimColor) -> None:
    """Edge a shape behind its fill if it would be lost on the background."""
    if contrast_ratios(to_rgb(shape.get_fill_color()), to_rgb(theme.background)) < FAINT:
        shape.set_stroke(shade, width=2 * RIM / SQUARE / STROKE_UNITS, background=True)
        shape.joint_type = LineJointType.ROUND


def is_inside(shape: VMobject, other: VMobject) -> bool:
    """True if the box of a shape lies in that of another: it is drawn on it, and needs no edge."""
    low, high = other.points.min(axis=0) - 1e-9, other.points.max(axis=0) + 1e-9
    return bool((shape.points >= low).all() and (shape.points <= high).all())


def find_tones(surface: Surface, color: Any) -> tuple[ManimColor, ManimColor]:
    """The colour of a surface and of its rim."""
    if surface.fill == ICON_FILL:
        plain = ManimColor(theme.primary if color is None else color)
        return plain, plain
    fill = getattr(theme.fill, surface.fill)
    return (fill.shade if surface.shade else fill), fill.shade


def lay_out_points(outline: Outline) -> Any:
    """An outline as manim stores curves: four points a piece, y upwards."""
    flat = np.array([(x, -y, 0.0) for x, y in outline]) / SQUARE
    ends = np.arange(0, len(flat) - 1, 3)
    return flat[(ends[:, None] + np.arange(4)).ravel()]
