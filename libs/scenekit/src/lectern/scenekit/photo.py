# mypy: disallow-subclassing-any=False
"""A photograph as a shape: with round corners, and a window that moves over it without being drawn anew by hand.

Cairo paints the image into the shape's path, so that a pan costs what a filled shape costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import cairo
import numpy as np
from manim import RoundedRectangle, config
from manim.camera.camera import Camera
from PIL import Image, ImageFilter, UnidentifiedImageError

from .patching import patch_attribute

MAX_PIXELS = 60_000_000
"""Larger images would take too much memory."""
ZOOM_ROOM = 1.6
"""Images are kept so large that a zoom of this much stays sharp."""
BLUR_PIXELS = 48
"""Width of the blurred image; enlarged, it has no more detail than that."""


class Photo(RoundedRectangle):
    """The image `pixels` (height, width, RGBA) in a box of `width` by `height` units.

    `window` is the part that is seen: (x, y) of its centre from the top left, as shares of the image, and its zoom; at
    zoom 1 the image covers the box.
    """

    def __init__(self, pixels: Any, width: float, height: float, *, radius: float = 0.22, **kwargs: Any) -> None:
        super().__init__(width=width, height=height, corner_radius=radius, stroke_width=0, **kwargs)
        mean = pixels.reshape(-1, 4)[:, :3].mean(axis=0) / 255
        self.set_fill("#" + "".join(f"{round(each * 255):02x}" for each in mean), opacity=1)
        self.window = (0.5, 0.5, 1.0)
        self.pixels = pixels
        self.surface = _build_surface(pixels)

    def __deepcopy__(self, memo: dict[int, Any]) -> Photo:
        """Copy the shape; the image is shared."""
        memo[id(self.surface)], memo[id(self.pixels)] = self.surface, self.pixels
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        for name, value in self.__dict__.items():
            setattr(made, name, deepcopy(value, memo))
        return made

    def paint(self, context: Any) -> None:
        """Paint the window of the image into the path that the context has."""
        left, bottom = self.points[:, 0].min(), self.points[:, 1].min()
        right, top = self.points[:, 0].max(), self.points[:, 1].max()
        high, wide = self.pixels.shape[:2]
        x, y, zoom = self.window
        step = min(wide / max(right - left, 1e-6), high / max(top - bottom, 1e-6)) / zoom
        corner_x, corner_y = x * wide - (right - left) * step / 2, y * high - (top - bottom) * step / 2
        pattern = cairo.SurfacePattern(self.surface)
        pattern.set_filter(cairo.FILTER_GOOD)
        pattern.set_extend(cairo.EXTEND_PAD)
        pattern.set_matrix(cairo.Matrix(xx=step, yy=-step, x0=corner_x - left * step, y0=corner_y + top * step))
        context.save()
        context.clip_preserve()
        context.set_source(pattern)
        context.paint_with_alpha(float(self.get_fill_opacity()))
        context.restore()


@contextmanager
def paint_photos() -> Iterator[None]:
    """Let cameras paint photos inside the block; others fill them with their mean colour."""
    plain = Camera.apply_fill

    def apply_fill(camera: Any, context: Any, vmobject: Any) -> Any:
        if not isinstance(vmobject, Photo):
            return plain(camera, context, vmobject)
        vmobject.paint(context)
        return camera

    with patch_attribute(Camera, "apply_fill", apply_fill):
        yield


def read_pixels(path: Path, width: float, height: float) -> Any:
    """Read an image that will be at most `width` by `height` units large, as an array (height, width, RGBA).

    Raises ValueError for a file that is no image, or one that is too large.
    """
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise ValueError(
                    f"the picture {path.name!r} has {opened.width} by {opened.height} pixels; use at most "
                    f"{MAX_PIXELS // 1_000_000} million"
                )
            unit = config.pixel_width / config.frame_width * ZOOM_ROOM
            opened.draft("RGB", (round(width * unit), round(height * unit)))
            image = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise ValueError(f"the picture {path.name!r} cannot be read as an image: {error}") from error
    scale = min(1.0, max(width * unit / image.width, height * unit / image.height))
    if scale < 1:
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        image = image.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(image)


def blur(pixels: Any, veil: Any, strength: float) -> Any:
    """Return the image as a soft backdrop: small, blurred, and mixed with the colour `veil` (0 to 1) by `strength`."""
    image = Image.fromarray(pixels).convert("RGB")
    height = max(1, round(BLUR_PIXELS * image.height / image.width))
    small = image.resize((BLUR_PIXELS, min(height, 4 * BLUR_PIXELS)), Image.Resampling.BOX)
    soft = np.asarray(small.filter(ImageFilter.GaussianBlur(4)), dtype=float)
    mixed = soft * (1 - strength) + np.asarray(veil, dtype=float) * 255 * strength
    opaque = np.full((*mixed.shape[:2], 1), 255.0)
    return np.concatenate([mixed, opaque], axis=2).astype(np.uint8)


def _build_surface(pixels: Any) -> Any:
    """Build cairo's surface. It has the channels in the order in which manim keeps them: red first."""
    high, wide = pixels.shape[:2]
    stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_ARGB32, wide)
    data = np.zeros((high, stride // 4, 4), dtype=np.uint8)
    alpha = pixels[:, :, 3:].astype(np.uint16)
    data[:, :wide, :3] = pixels[:, :, :3] * alpha // 255
    data[:, :wide, 3] = pixels[:, :, 3]
    return cairo.ImageSurface.create_for_data(memoryview(data.data), cairo.FORMAT_ARGB32, wide, high, stride)
