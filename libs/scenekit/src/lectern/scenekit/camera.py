# mypy: disallow-subclassing-any=False
"""The camera of a narrated scene: lines, dots, labels and headings keep their size on the screen when it comes closer.

Maps work the same way: a place grows when one looks closer, its name does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import ArrowTip, Dot, Mobject, MovingCamera, Rectangle, config

SAME_VIEW = 1e-4
"""Relative difference in width, or units in place, below which the camera shows the whole frame."""
LARGEST_DOT = 0.6
"""Units; a larger Dot is a thing, and grows."""
CLOSE_FIT = 2.6
"""How many times as wide or as high a shape may be as the label in it, for the label to be a part of it and to grow."""


@dataclass(frozen=True, slots=True)
class CameraView:
    """What the camera shows: a part of the scene around `x`, `y`, `width` units wide, of the frame's proportions."""

    x: float
    y: float
    width: float

    @property
    def scale(self) -> float:
        """The width as a share of the frame's: 0.5 shows things twice as large."""
        return self.width / float(config.frame_width)


@dataclass(frozen=True, slots=True)
class _Placing:
    """How a part is drawn while the camera is close: each point times `scale`, plus `x` and `y`."""

    scale: float
    x: float
    y: float


class FilmCamera(MovingCamera):
    """A camera whose `view` moves. `marker` is an invisible thing that its moves animate.

    `list_things` lists the scene's things, as trees: manim passes some to the camera part by part.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.marker = Mobject()
        self.list_things: Callable[[], Iterable[Mobject]] = list
        self.followed: tuple[Mobject, float, float] | None = None
        self._placings: dict[int, _Placing] = {}
        outline = Rectangle(width=config.frame_width, height=config.frame_height, stroke_width=0)
        super().__init__(frame=outline, **kwargs)

    @property
    def frame(self) -> Any:
        """The outline of what is shown, up to date with the thing that is followed."""
        if self.followed is not None:
            thing, x, y = self.followed
            center = thing.get_center()
            self._frame.move_to([center[0] + x, center[1] + y, 0])
        return self._frame

    @frame.setter
    def frame(self, outline: Any) -> None:
        self._frame = outline

    @property
    def cairo_line_width_multiple(self) -> float:
        """The width in units of a line of width 1: less when the camera is closer, so that lines stay as wide."""
        return self._line_width * self.view.scale

    @cairo_line_width_multiple.setter
    def cairo_line_width_multiple(self, width: float) -> None:
        self._line_width = width

    @property
    def view(self) -> CameraView:
        """What the camera shows now."""
        center = self.frame.get_center()
        return CameraView(x=float(center[0]), y=float(center[1]), width=float(self._frame.width))

    def show(self, view: CameraView) -> None:
        """Show `view` from now on, and follow nothing."""
        self.followed = None
        self._frame.stretch_to_fit_width(view.width)
        self._frame.stretch_to_fit_height(view.width * config.frame_height / config.frame_width)
        self._frame.move_to([view.x, view.y, 0])

    def follow(self, thing: Mobject, x: float, y: float) -> None:
        """Keep `thing` at the same place on the screen: the middle of the view is `x`, `y` units away from it."""
        self.followed = (thing, x, y)

    @property
    def zoomed(self) -> bool:
        """True unless the whole frame is shown."""
        view = self.view
        return abs(view.scale - 1) > SAME_VIEW or max(abs(view.x), abs(view.y)) > SAME_VIEW

    def get_mobjects_to_display(self, mobjects: Iterable[Mobject], *args: Any, **kwargs: Any) -> list[Mobject]:
        """List what is drawn, as manim does, and find out how it is drawn in this view."""
        self.place_parts()
        shown: list[Mobject] = super().get_mobjects_to_display(mobjects, *args, **kwargs)
        return shown

    def place_parts(self) -> None:
        """Find the parts of things that keep their size on the screen, and how they are drawn in this view."""
        self._placings.clear()
        if self.zoomed:
            view = self.view
            for thing in self.list_things():
                self._place(thing, None, view)

    def placing_of(self, part: Any) -> tuple[float, float, float] | None:
        """Return scale and shift of a part that is not drawn where its points are, otherwise None."""
        found = self._placings.get(id(part))
        return None if found is None else (found.scale, found.x, found.y)

    def place_points(self, part: Any, points: Any) -> Any:
        """Return the points at which a part is drawn in this view."""
        found = self._placings.get(id(part))
        return points if found is None else points * found.scale + [found.x, found.y, 0]

    def transform_points_pre_display(self, mobject: Any, points: Any) -> Any:
        """Return the points at which a part is drawn; manim calls it for every part."""
        return self.place_points(mobject, super().transform_points_pre_display(mobject, points))

    def _place(self, thing: Mobject, parent: Mobject | None, view: CameraView) -> None:
        placing = _find_placing(thing, parent, view)
        if placing is not None:
            for part in thing.get_family():
                self._placings[id(part)] = placing
            return
        for each in thing.submobjects:
            self._place(each, thing, view)


def _find_placing(thing: Any, parent: Mobject | None, view: CameraView) -> _Placing | None:
    """Find how a thing is drawn that keeps its size on the screen; None for one that grows.

    A thing with `stays_on_screen` keeps its place as well; one with `find_screen_anchor()` keeps its size around that
    point, unless it stands in a shape.
    """
    if _has(thing, "stays_on_screen") and thing.stays_on_screen:
        return _Placing(view.scale, view.x, view.y)
    if isinstance(thing, ArrowTip):
        x, y, _ = thing.base if len(thing.points) else (0.0, 0.0, 0.0)
    elif isinstance(thing, Dot):
        if thing.width >= LARGEST_DOT:
            return None
        x, y, _ = thing.get_center()
    elif _has(thing, "find_screen_anchor") and not _is_part_of(thing, parent):
        x, y, _ = thing.find_screen_anchor()
    else:
        return None
    return _Placing(view.scale, (1 - view.scale) * float(x), (1 - view.scale) * float(y))


def _has(thing: Any, name: str) -> bool:
    """Return whether a thing has an attribute. `hasattr` is slow where it has not: manim then looks for properties."""
    return name in vars(thing) or hasattr(type(thing), name)


def _is_part_of(text: Mobject, parent: Mobject | None) -> bool:
    """Return whether a text stands in a shape beside it that is little larger: in a box, a cell, a coin."""
    if parent is None:
        return False
    low, high = text.get_corner(np.array([-1, -1, 0])), text.get_corner(np.array([1, 1, 0]))
    for shape in [parent, *parent.submobjects]:
        if shape is text or not len(shape.points):
            continue
        left, top = shape.points[:, :2].min(axis=0), shape.points[:, :2].max(axis=0)
        inside = (left <= low[:2]).all() and (top >= high[:2]).all()
        size, own = top - left, high[:2] - low[:2]
        if inside and (size <= CLOSE_FIT * own).any():
            return True
    return False
