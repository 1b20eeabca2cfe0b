"""Drawing only what changed.

Manim draws every object behind and above a moving one again for each frame. The canvas compares what each object
looks like with the frame before and draws again only the regions where something changed; the rest of the picture, and
its conversion to video, is kept. Pictures are the same as manim's, up to rounding at the edges of regions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import Mobject, MovingCamera, VMobject
from manim.camera.camera import Camera

from .regions import Region, aligned, area, meets, merged

MITER = 10.0
"""Cairo's miter limit: how many half line widths a sharp corner may stick out."""
MOST = 0.7
"""When more than this share of the picture changed, drawing all of it is cheaper."""


@dataclass(kw_only=True, slots=True)
class _Entry:
    """An object as it was last drawn. `path` is kept for objects that are drawn again without having changed."""

    look: tuple[Any, ...]
    region: Region | None
    path: Any = None
    painted: bool = False


class Canvas:
    """The picture of one camera. `begin` draws what stands still, `draw` brings the picture up to date."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.whole: Region = (0, 0, camera.pixel_width, camera.pixel_height)
        self._under = np.empty_like(camera.pixel_array)
        self._shown: dict[int, _Entry] = {}
        self._paths: dict[int, _Entry] = {}
        self._view: tuple[float, ...] | None = None
        self._fresh = True

    def begin(self, standing: Sequence[Mobject]) -> None:
        """Draws the objects that stand still during the next frames, from the background up."""
        camera = self.camera
        camera.reset()
        shown = camera.get_mobjects_to_display(standing) if standing else []
        if not retained(camera, shown):
            camera.capture_mobjects(standing)
        else:
            context = camera.get_cairo_context(camera.pixel_array)
            for each in shown:
                entry = self._paths.get(id(each))
                look = appearance(each)
                if entry is None or entry.look != look:
                    entry = self._paths[id(each)] = _Entry(look=look, region=None)
                self._paint(context, each, entry)
        np.copyto(self._under, camera.pixel_array)
        self._shown = {}
        self._fresh = True

    def draw(self, moving: Iterable[Mobject]) -> list[Region]:
        """Brings the picture up to date. Returns the regions that changed: none when the picture is the same."""
        camera = self.camera
        shown = camera.get_mobjects_to_display(moving)
        if not retained(camera, shown):
            np.copyto(camera.pixel_array, self._under)
            camera.capture_mobjects(moving)
            self._fresh = True
            return [self.whole]
        entries, changed = self._compare(shown)
        self._shown = entries
        if not changed:
            return []
        self._redraw(shown, entries, changed)
        return changed

    def _compare(self, shown: Sequence[Any]) -> tuple[dict[int, _Entry], list[Region]]:
        view = _view(self.camera)
        whole = self._fresh or view != self._view
        self._fresh, self._view = False, view
        before, entries, dirty = self._shown, {}, []
        for each in shown:
            look = appearance(each)
            old = before.get(id(each))
            if old is not None and old.look == look and not whole:
                entries[id(each)] = old
                continue
            entry = entries[id(each)] = _Entry(look=look, region=self._region(each, view))
            dirty.append(entry.region)
            if old is not None:
                dirty.append(old.region)
        dirty += [old.region for key, old in before.items() if key not in entries]
        kept = [key for key in before if key in entries]
        whole = whole or kept != [key for key in entries if key in before]
        regions = [self.whole] if whole else merged(region for region in dirty if region is not None)
        if sum(map(area, regions)) > MOST * area(self.whole):
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
            pixels[top:bottom, left:right] = self._under[top:bottom, left:right]
        for each in shown:
            entry = entries[id(each)]
            if entry.region is not None and any(meets(entry.region, region) for region in regions):
                self._paint(context, each, entry)
        context.restore()

    def _paint(self, context: Any, each: Any, entry: _Entry) -> None:
        camera = self.camera
        if entry.path is not None:
            context.new_path()
            context.append_path(entry.path)
        else:
            camera.set_cairo_context_path(context, each)
            # an object drawn a second time with the same look will be drawn a third time
            entry.path = context.copy_path() if entry.painted or entry.region is None else None
            entry.painted = True
        camera.apply_stroke(context, each, background=True)
        camera.apply_fill(context, each)
        camera.apply_stroke(context, each)

    def _region(self, each: Any, view: tuple[float, ...]) -> Region | None:
        points = each.points
        low, high = points.min(axis=0), points.max(axis=0)
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            return self.whole
        widest = max(each.get_stroke_width(), each.get_stroke_width(background=True))
        beyond = widest * self.camera.cairo_line_width_multiple / 2 * MITER
        x, y, width, height = view
        across, down = self.whole[2] / width, self.whole[3] / height
        box = (
            (low[0] - beyond - x + width / 2) * across,
            (y + height / 2 - high[1] - beyond) * down,
            (high[0] + beyond - x + width / 2) * across,
            (y + height / 2 - low[1] + beyond) * down,
        )
        return aligned(box, self.whole[2], self.whole[3])


def retained(camera: Camera, shown: Sequence[Any]) -> bool:
    """Whether the objects can be compared and drawn one by one: plain shapes before a plain camera."""
    return type(camera) in (Camera, MovingCamera) and all(
        isinstance(each, VMobject) and each.get_background_image() is None for each in shown
    )


def appearance(each: Any) -> tuple[Any, ...]:
    """Everything that decides how a shape is drawn, to be compared."""
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
    )


def _view(camera: Camera) -> tuple[float, ...]:
    center = camera.frame_center
    return float(center[0]), float(center[1]), float(camera.frame_width), float(camera.frame_height)
