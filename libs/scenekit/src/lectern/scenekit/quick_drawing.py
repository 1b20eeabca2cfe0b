"""Quicker forms of how manim's cameras draw what the canvas cannot compare: shapes beside images, or coloured by one.

Stream lines and fields are coloured by an image. Manim compares these images pixel by pixel for each shape, and
multiplies and overlays whole pictures as floating numbers; the integers here are the same, for the pixels drawn on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from manim import MovingCamera
from manim.camera.camera import BackgroundColoredVMobjectDisplayer, Camera
from PIL import Image

from .cairo_paths import build_path
from .camera import FilmCamera
from .painter import Painter
from .patching import patch_attribute
from .space_camera import SpaceCamera

CAMERAS = (Camera, MovingCamera, FilmCamera, SpaceCamera)
"""Cameras that draw each shape as manim's plain camera does, once they know its points."""
FULL = 255


@contextmanager
def quicken_drawing() -> Iterator[None]:
    """Let cameras draw shapes one by one in fewer calls inside the block."""
    displayer = BackgroundColoredVMobjectDisplayer
    coloured = "display_multiple_background_colored_vmobjects"
    with (
        patch_attribute(Camera, "display_vectorized", _quicken_shape(Camera.display_vectorized)),
        patch_attribute(Camera, "display_multiple_vectorized_mobjects", display_shapes),
        patch_attribute(Camera, coloured, _quicken_overlaying(getattr(Camera, coloured))),
        patch_attribute(displayer, "display", _quicken_coloring(displayer.display)),
    ):
        yield


def display_shapes(self: Any, shapes: Iterable[Any], pixels: Any) -> None:
    """Draw shapes into pixels, as `Camera.display_multiple_vectorized_mobjects` does."""
    for image, batch in group_by_image(shapes):
        if image:
            self.display_multiple_background_colored_vmobjects(batch, pixels)
        else:
            self.display_multiple_non_background_colored_vmobjects(batch, pixels)


def group_by_image(shapes: Iterable[Any]) -> list[tuple[Any, list[Any]]]:
    """Group shapes that follow each other and are coloured by the same image, or by none."""
    groups: list[tuple[Any, list[Any]]] = []
    for each in shapes:
        image = each.get_background_image()
        if groups and (image is groups[-1][0] or image == groups[-1][0]):
            groups[-1][1].append(each)
        else:
            groups.append((image, [each]))
    return groups


def _quicken_shape(plain: Callable[..., Any]) -> Callable[..., Any]:
    painters: dict[int, Painter] = {}

    def display_vectorized(self: Any, shape: Any, context: Any) -> Any:
        if type(self) not in CAMERAS:
            return plain(self, shape, context)
        if id(self) not in painters:
            painters[id(self)] = Painter(self)  # it keeps its camera, so that no other gets this id
        points = self.transform_points_pre_display(shape, shape.points)
        path = build_path(points, shape.tolerance_for_point_equality)
        painters[id(self)].paint(context, shape, path, None, self.cairo_line_width_multiple)
        return self

    return display_vectorized


def _quicken_coloring(plain: Callable[..., Any]) -> Callable[..., Any]:
    def display(self: Any, *shapes: Any) -> Any:
        found = None
        for image, batch in group_by_image(shapes):
            colours = self.get_background_array(image)
            if colours.dtype != np.uint8 or self.pixel_array.dtype != np.uint8:
                return plain(self, *shapes)
            self.camera.display_multiple_non_background_colored_vmobjects(batch, self.pixel_array)
            product = np.multiply(colours, self.pixel_array, dtype=np.uint16)
            product //= FULL
            drawn = product.astype(np.uint8)
            found = drawn if found is None else np.maximum(found, drawn)
            self.reset_pixel_array()
        return found

    return display


def _quicken_overlaying(plain: Callable[..., Any]) -> Callable[..., Any]:
    def display_multiple_background_colored_vmobjects(self: Any, cvmobjects: Iterable[Any], pixel_array: Any) -> Any:
        groups = group_by_image(cvmobjects)
        shapes = [each for _, batch in groups for each in batch]
        if type(self) not in CAMERAS or len(groups) != 1:
            return plain(self, shapes, pixel_array)
        displayer = self.get_background_colored_vmobject_displayer()
        arrays = displayer.get_background_array(groups[0][0]), displayer.pixel_array, pixel_array
        if any(each.dtype != np.uint8 or not each.flags.c_contiguous for each in arrays):
            return plain(self, shapes, pixel_array)
        self.display_multiple_non_background_colored_vmobjects(shapes, displayer.pixel_array)
        colours, layer, pixels = (each.reshape(-1, 4) for each in arrays)
        touched = np.flatnonzero(layer.view(np.uint32))
        if len(touched):
            product = np.multiply(colours[touched], layer[touched], dtype=np.uint16)
            product //= FULL
            below, above = (Image.fromarray(each[np.newaxis]) for each in (pixels[touched], product.astype(np.uint8)))
            pixels[touched] = np.asarray(Image.alpha_composite(below, above))[0]
            layer[touched] = 0
        return self

    return display_multiple_background_colored_vmobjects
