"""Drawing only what changed.

For each frame, manim redraws every object behind and above a moving one. The canvas compares the appearance of each
object with the previous frame and redraws only the regions where something changed; the rest of the picture, and its
conversion to video, is kept. Pictures are the same as manim's, up to rounding at the edges of regions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import Mobject, MovingCamera, VMobject
from manim.camera.camera import Camera

from .camera import FilmCamera
from .photo import Photo
from .regions import Region, align, area, intersect, merge

MITER_LIMIT = 10.0
"""Cairo's default: a sharp corner sticks out by up to this many half line widths."""
MAX_REDRAWN_SHARE = 0.7
"""When more than this share of the picture changed, redrawing all of it is cheaper."""


@dataclass(kw_only=True, slots=True)
class _Entry:
    """An object as it was last drawn. `path` is cached for objects that are redrawn without having changed."""

    appearance: tuple[Any, ...]
    region: Region | None
    path: Any = None
    painted: bool = False


class Canvas:
    """The picture of one camera. `begin` draws static objects, `draw` adds moving ones and keeps them up to date."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.whole: Region = (0, 0, camera.pixel_width, camera.pixel_height)
        self._static_pixels = np.empty_like(camera.pixel_array)
        self._entries: dict[int, _Entry] = {}
        self._static_entries: dict[int, _Entry] = {}
        self._view: tuple[float, ...] | None = None
        self._redraw_all = True

    def begin(self, static: Sequence[Mobject]) -> None:
        """Draw the background and the objects that stand still during the next frames."""
        camera = self.camera
        camera.reset()
        shown = camera.get_mobjects_to_display(static) if static else []
        if not can_compare(camera, shown):
            camera.capture_mobjects(static)
        else:
            context = camera.get_cairo_context(camera.pixel_array)
            for each in shown:
                entry = self._static_entries.get(id(each))
                appearance = self._describe(each)
                if entry is None or entry.appearance != appearance:
                    entry = self._static_entries[id(each)] = _Entry(appearance=appearance, region=None)
                self._paint(context, each, entry)
        np.copyto(self._static_pixels, camera.pixel_array)
        self._entries = {}
        self._redraw_all = True

    def draw(self, moving: Iterable[Mobject]) -> list[Region]:
        """Bring the picture up to date; return the regions that changed, an empty list when none did."""
        camera = self.camera
        shown = camera.get_mobjects_to_display(moving)
        if not can_compare(camera, shown):
            np.copyto(camera.pixel_array, self._static_pixels)
            camera.capture_mobjects(moving)
            self._redraw_all = True
            return [self.whole]
        entries, changed = self._compare(shown)
        self._entries = entries
        if not changed:
            return []
        self._redraw(shown, entries, changed)
        return changed

    def _compare(self, shown: Sequence[Any]) -> tuple[dict[int, _Entry], list[Region]]:
        view = _view(self.camera)
        whole = self._redraw_all or view != self._view
        self._redraw_all, self._view = False, view
        before, entries, dirty = self._entries, {}, []
        for each in shown:
            appearance = self._describe(each)
            old = before.get(id(each))
            alike = old is not None and old.appearance == appearance
            if old is not None and alike and not whole:
                entries[id(each)] = old
                continue
            entry = entries[id(each)] = _Entry(appearance=appearance, region=self._find_region(each, view))
            if old is not None and alike:  # only the view has changed: paths are in the scene's units
                entry.path, entry.painted = old.path, old.painted
            dirty.append(entry.region)
            if old is not None:
                dirty.append(old.region)
        dirty += [old.region for key, old in before.items() if key not in entries]
        kept = [key for key in before if key in entries]
        whole = whole or kept != [key for key in entries if key in before]
        regions = [self.whole] if whole else merge(region for region in dirty if region is not None)
        if sum(map(area, regions)) > MAX_REDRAWN_SHARE * area(self.whole):
            regions = [self.whole]
        return entries, regions

    def _redraw(self, shown: Sequence[Any], entries: dict[int, _Entry], regions: list[Region]) -> None:
        pixels = self.camera.pixel_array
        context = self.camera.get_cairo_context(pixels)
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
                self._paint(context, each, entry)
        context.restore()

    def _paint(self, context: Any, each: Any, entry: _Entry) -> None:
        camera = self.camera
        if entry.path is not None:
            context.new_path()
            context.append_path(entry.path)
        else:
            camera.set_cairo_context_path(context, each)
            # an object drawn a second time with the same appearance will be drawn a third time
            entry.path = context.copy_path() if entry.painted or entry.region is None else None
            entry.painted = True
        camera.apply_stroke(context, each, background=True)
        camera.apply_fill(context, each)
        camera.apply_stroke(context, each)

    def _describe(self, each: Any) -> tuple[Any, ...]:
        appearance = describe_appearance(each)
        if isinstance(self.camera, FilmCamera):
            return (*appearance, self.camera.placing_of(each))
        return appearance

    def _find_region(self, each: Any, view: tuple[float, ...]) -> Region | None:
        points = each.points
        if isinstance(self.camera, FilmCamera):
            points = self.camera.place_points(each, points)
        low, high = points.min(axis=0), points.max(axis=0)
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            return self.whole
        widest = max(each.get_stroke_width(), each.get_stroke_width(background=True))
        beyond = widest * self.camera.cairo_line_width_multiple / 2 * MITER_LIMIT
        x, y, width, height = view
        across, down = self.whole[2] / width, self.whole[3] / height
        box = (
            (low[0] - beyond - x + width / 2) * across,
            (y + height / 2 - high[1] - beyond) * down,
            (high[0] + beyond - x + width / 2) * across,
            (y + height / 2 - low[1] + beyond) * down,
        )
        return align(box, self.whole[2], self.whole[3])


def can_compare(camera: Camera, shown: Sequence[Any]) -> bool:
    """Return whether the objects can be compared and drawn one by one: plain shapes in front of a plain camera."""
    return type(camera) in (Camera, MovingCamera, FilmCamera) and all(
        isinstance(each, VMobject) and each.get_background_image() is None for each in shown
    )


def describe_appearance(each: Any) -> tuple[Any, ...]:
    """Collect everything that decides how a shape is drawn, for comparison."""
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


def _view(camera: Camera) -> tuple[float, ...]:
    center = camera.frame_center
    return float(center[0]), float(center[1]), float(camera.frame_width), float(camera.frame_height)
