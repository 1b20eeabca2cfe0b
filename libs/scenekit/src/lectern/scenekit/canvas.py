"""Drawing only what changed.

For each frame, manim redraws every object behind and above a moving one. The canvas compares the appearance of each
object with the previous frame and redraws only the regions where something changed; the rest of the picture, and its
conversion to video, is kept. Pictures are the same as manim's, up to rounding at the edges of regions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import Mobject, PMobject, VMobject
from manim.camera.camera import Camera
from manim.mobject.types.image_mobject import AbstractImageMobject

from .cairo_paths import PathData
from .camera import FilmCamera
from .outlines import Box, Outline, build_outlines
from .painter import Painter
from .photo import Photo
from .quick_drawing import CAMERAS
from .regions import Region, align, area, intersect, merge
from .space_camera import SpaceCamera

MITER_LIMIT = 10.0
"""Cairo's default: a sharp corner sticks out by up to this many half line widths."""
PICTURED = (VMobject, PMobject, AbstractImageMobject)
"""The kinds of things that manim's cameras draw (`Camera.type_or_raise`)."""
MAX_REDRAWN_SHARE = 0.7
"""When more than this share of the picture changed, redrawing all of it is cheaper."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _View:
    """How a camera sees: the middle and size of what it shows, in units, the width of a line of width 1, and more."""

    x: float
    y: float
    width: float
    height: float
    line_width: float
    orientation: tuple[float, ...] = ()


@dataclass(kw_only=True, slots=True)
class _Entry:
    """An object as it was last drawn. `path` and `box` (left, low, right, high) do not depend on its `placing`."""

    appearance: tuple[Any, ...]
    placing: tuple[float, float, float] | None
    path: PathData | None
    box: Box
    region: Region | None


class Canvas:
    """The picture of one camera. `begin` draws static objects, `draw` adds moving ones and keeps them up to date."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.whole: Region = (0, 0, camera.pixel_width, camera.pixel_height)
        self._painter = Painter(camera)
        self._static_pixels = np.empty_like(camera.pixel_array)
        self._entries: dict[int, _Entry] = {}
        self._static_entries: dict[int, _Entry] = {}
        self._view: _View | None = None
        self._context: tuple[_View, int, Any] | None = None
        self._redraw_all = True

    def begin(self, static: Sequence[Mobject]) -> None:
        """Draw the background and the objects that stand still during the next frames."""
        camera = self.camera
        camera.reset()
        shown = self._list_shown(static) if static else []
        if not can_compare(camera, shown):
            camera.capture_mobjects(static)
        else:
            view = self._look_at(shown)
            context = self._find_context(view)
            self._static_entries = self._describe(shown, self._static_entries, view)
            for each in shown:
                entry = self._static_entries[id(each)]
                self._painter.paint(context, each, entry.path, entry.placing, view.line_width)
        np.copyto(self._static_pixels, camera.pixel_array)
        self._redraw_all = True

    def draw(self, moving: Iterable[Mobject]) -> list[Region]:
        """Bring the picture up to date; return the regions that changed, an empty list when none did."""
        camera = self.camera
        shown = self._list_shown(moving)
        if not can_compare(camera, shown):
            np.copyto(camera.pixel_array, self._static_pixels)
            camera.capture_mobjects(moving)
            self._redraw_all = True
            return [self.whole]
        view = self._look_at(shown)
        entries, changed = self._compare(shown, view)
        self._entries, self._view = entries, view
        if changed:
            self._redraw(shown, entries, changed, view)
        return changed

    def _list_shown(self, things: Iterable[Mobject]) -> list[Any]:
        """List what is drawn, in order. Trackers have a point and no picture, and stand in many scenes."""
        shown = self.camera.get_mobjects_to_display(things)
        kinds = set(map(type, shown))
        unseen = {kind for kind in kinds if not issubclass(kind, PICTURED)}
        return [each for each in shown if type(each) not in unseen] if unseen else list(shown)

    def _look_at(self, shown: Sequence[Any]) -> _View:
        camera = self.camera
        center = camera.frame_center
        orientation: tuple[float, ...] = ()
        if isinstance(camera, SpaceCamera):
            camera.look_at(shown)
            orientation = camera.orientation
        return _View(
            x=float(center[0]),
            y=float(center[1]),
            width=float(camera.frame_width),
            height=float(camera.frame_height),
            line_width=float(camera.cairo_line_width_multiple),
            orientation=orientation,
        )

    def _compare(self, shown: Sequence[Any], view: _View) -> tuple[dict[int, _Entry], list[Region]]:
        """Find out how things are drawn now, and the regions where that differs from what they were drawn like."""
        still = view == self._view
        before = self._entries
        entries = self._describe(shown, before, view, keep=still)
        dirty: list[Region | None] = []
        for key, entry in entries.items():
            old = before.get(key)
            if entry is not old:
                dirty.append(entry.region)
                if old is not None:
                    dirty.append(old.region)
        if self._redraw_all:
            self._redraw_all = False
            return entries, [self.whole]
        dirty += [old.region for key, old in before.items() if key not in entries]
        if [key for key in before if key in entries] != [key for key in entries if key in before]:
            dirty += [entry.region for entry in entries.values()]
        regions = merge(region for region in dirty if region is not None)
        if sum(map(area, regions)) > MAX_REDRAWN_SHARE * area(self.whole):
            regions = [self.whole]
        return entries, regions

    def _redraw(self, shown: Sequence[Any], entries: dict[int, _Entry], regions: list[Region], view: _View) -> None:
        pixels = self.camera.pixel_array
        context = self._find_context(view)
        context.save()
        if regions != [self.whole]:
            matrix = context.get_matrix()
            context.identity_matrix()
            context.new_path()
            for left, top, right, bottom in regions:
                context.rectangle(left, top, right - left, bottom - top)
            context.clip()
            context.set_matrix(matrix)
        for left, top, right, bottom in regions:
            pixels[top:bottom, left:right] = self._static_pixels[top:bottom, left:right]
        for each in shown:
            entry = entries[id(each)]
            if entry.region is not None and any(intersect(entry.region, region) for region in regions):
                self._painter.paint(context, each, entry.path, entry.placing, view.line_width)
        context.restore()

    def _find_context(self, view: _View) -> Any:
        """Return cairo's context for this view. Manim's moving cameras would make one for each picture."""
        pixels = self.camera.pixel_array
        if self._context is None or self._context[:2] != (view, id(pixels)):
            self._context = view, id(pixels), self.camera.get_cairo_context(pixels)
        return self._context[2]

    def _describe(
        self, shown: Sequence[Any], before: dict[int, _Entry], view: _View, *, keep: bool = False
    ) -> dict[int, _Entry]:
        """Describe how things are drawn. With `keep`, entries of `before` stay where nothing has changed in this view.

        A path stays while its points do; all that are new are built together.
        """
        camera = self.camera
        appearances = [describe_appearance(each) for each in shown]
        outlines: list[Outline | None] = []
        for each, appearance in zip(shown, appearances, strict=True):
            old = before.get(id(each))
            alike = old is not None and old.appearance[0] == appearance[0]
            if isinstance(camera, SpaceCamera):
                alike = alike and keep and not camera.is_fixed(each)
            outlines.append(Outline(old.path, old.box) if old is not None and alike else None)
        new = [each for each, outline in zip(shown, outlines, strict=True) if outline is None]
        points = [camera.find_points(each) if isinstance(camera, SpaceCamera) else each.points for each in new]
        built = iter(build_outlines(points, [each.tolerance_for_point_equality for each in new]))
        entries: dict[int, _Entry] = {}
        for each, appearance, kept in zip(shown, appearances, outlines, strict=True):
            old = before.get(id(each))
            placing = camera.placing_of(each) if isinstance(camera, FilmCamera) else None
            path, box = kept or next(built)
            if keep and old is not None and old.path is path and (old.placing, old.appearance) == (placing, appearance):
                entries[id(each)] = old
                continue
            region = self._find_region(max(appearance[4:6]), box, placing, view)
            entries[id(each)] = _Entry(appearance=appearance, placing=placing, path=path, box=box, region=region)
        return entries

    def _find_region(
        self,
        widest: float,
        box: Box,
        placing: tuple[float, float, float] | None,
        view: _View,
    ) -> Region | None:
        if not all(map(math.isfinite, box)):
            return self.whole
        scale, x, y = placing or (1.0, 0.0, 0.0)
        left, low, right, high = box
        beyond = widest * view.line_width / 2 * MITER_LIMIT
        x, y = x - view.x + view.width / 2, view.y + view.height / 2 - y
        across, down = self.whole[2] / view.width, self.whole[3] / view.height
        drawn = (
            (left * scale - beyond + x) * across,
            (y - high * scale - beyond) * down,
            (right * scale + beyond + x) * across,
            (y - low * scale + beyond) * down,
        )
        return align(drawn, self.whole[2], self.whole[3])


def can_compare(camera: Camera, shown: Sequence[Any]) -> bool:
    """Return whether the objects can be compared and drawn one by one: plain shapes in front of a plain camera."""
    return (
        type(camera) in CAMERAS
        and all(issubclass(kind, VMobject) for kind in set(map(type, shown)))  # far fewer kinds than shapes
        and all(each.get_background_image() is None for each in shown)
    )


def describe_appearance(each: Any) -> tuple[Any, ...]:
    """Collect everything that decides how a shape is drawn, for comparison. The fifth and sixth are stroke widths."""
    fill, stroke, behind = each.get_fill_rgbas(), each.get_stroke_rgbas(), each.get_stroke_rgbas(background=True)
    graded = len(fill) > 1 or len(stroke) > 1 or len(behind) > 1
    return (
        each.points.tobytes(),
        fill.tobytes(),
        stroke.tobytes(),
        behind.tobytes(),
        each.get_stroke_width(),
        each.get_stroke_width(background=True),
        each.joint_type,
        each.cap_style,
        tuple(each.get_sheen_direction()) if graded else None,
        each.window if isinstance(each, Photo) else None,
    )
