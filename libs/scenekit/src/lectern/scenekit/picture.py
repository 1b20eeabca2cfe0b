# mypy: disallow-subclassing-any=False
"""Images that came with the document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from manim import DOWN, Animation, LaggedStart, RoundedRectangle, SVGMobject, VGroup
from manim.utils.rate_functions import ease_in_out_sine

from .contrast import to_rgb
from .labels import Caption
from .layout import Area, frame
from .motion import appear
from .near_names import refuse_name
from .photo import Photo, blur, read_pixels
from .style import theme

ASSETS = Path("assets")
VEIL = 0.62
"""Share of the background's colour in the blurred image behind."""
MAX_ZOOM = 1.6
PHOTOGRAPHS, MAX_CROP = (".jpg", ".jpeg", ".webp"), 1.3
"""Photographs fill more of the body, by this factor at most: what is cut off at first is seen in a pan."""
MAX_SVG_ZOOM = 1.03
"""A drawing is not cut off at its frame, so that it hardly grows."""


class Picture(VGroup):
    """An image that came with the lesson, as large as the body allows: `p = Picture("leaf.png", caption="A leaf")`.

    `spots={"vein": (0.3, 0.6)}` names places, as shares from its left and top. `self.add(p.ground, p)` shows it over a
    blurred copy; `self.play(p.pan("vein"))` comes closer, slowly, `p.pan()` shows all again. KeyError for an unknown
    spot, FileNotFoundError listing the files there are.
    """

    def __init__(
        self,
        name: str,
        caption: str | None = None,
        *,
        alt: str = "",
        spots: dict[str, tuple[float, float]] | None = None,
        area: Area | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        path = find_asset(name)
        self.name, self.alt, self.spots = name, alt, dict(spots or {})
        area = area or frame.body
        words = Caption(caption, width=area.width) if caption else None
        room = area.height - (words.height + 0.3 if words is not None else 0)
        self.ground = VGroup()
        self.image: Any
        if path.suffix.lower() == ".svg":
            self.image = SVGMobject(str(path))
            self.image.scale(min(area.width / self.image.width, room / self.image.height) / MAX_SVG_ZOOM)
        else:
            pixels = read_pixels(path, area.width, room)
            scale = min(area.width / pixels.shape[1], room / pixels.shape[0])
            crop = MAX_CROP if path.suffix.lower() in PHOTOGRAPHS else 1.0
            width, height = pixels.shape[1] * scale, pixels.shape[0] * scale
            self.image = Photo(pixels, min(area.width, width * crop), min(room, height * crop))
            self._draw_behind(pixels)
        self.add(self.image)
        if words is not None:
            self.add(words.next_to(self.image, DOWN, buff=0.3))
        self.move_to(area.center)

    def reveal(self) -> Animation:
        """The picture fades in, then its caption."""
        return LaggedStart(*(appear(part, run_time=0.9) for part in self), lag_ratio=0.4)

    def pan(self, spot: Any = None, zoom: float = 1.35, run_time: float = 4.0) -> Animation:
        """Come slowly closer to `spot`, a name or a place such as (0.3, 0.6); without one show the whole picture."""
        if isinstance(spot, str):
            if spot not in self.spots:
                raise refuse_name("spot", spot, self.spots)
            spot = self.spots[spot]
        if spot is None:
            return Pan(self.image, (0.5, 0.5, 1.0), run_time=run_time)
        closer = max(1.0, min(zoom, MAX_ZOOM))
        reach = 0.5 / closer
        x, y = (float(np.clip(each, reach, 1 - reach)) for each in spot)
        return Pan(self.image, (x, y, closer), run_time=run_time)

    def _draw_behind(self, pixels: Any) -> None:
        """Draw the blurred image that fills the frame, or a plate behind an image that one can see through."""
        if (pixels[:, :, 3] < 250).mean() > 0.02:
            seen = pixels[:, :, 3] > 128
            dark = not seen.any() or pixels[seen][:, :3].mean() < 128
            plate = RoundedRectangle(width=self.image.width + 0.3, height=self.image.height + 0.3, corner_radius=0.3)
            plate.set_style(fill_color="#f4f5f7" if dark else "#14161c", fill_opacity=1, stroke_width=0)
            self.add(plate)
            return
        soft = blur(pixels, to_rgb(theme.background), VEIL)
        behind = Photo(soft, frame.width + 0.1, frame.height + 0.1, radius=0.01)
        self.ground.add(behind)


class Pan(Animation):
    """The window of a photo glides to another one; a drawing grows a little instead, and returns."""

    def __init__(self, image: Any, window: tuple[float, float, float], *, run_time: float, **kwargs: Any) -> None:
        self.window = window
        super().__init__(image, run_time=run_time, **({"rate_func": ease_in_out_sine} | kwargs))

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def begin(self) -> None:
        self.parts = []
        if isinstance(self.mobject, Photo):
            self.before = self.mobject.window
        else:
            self.center = self.mobject.get_center()
            self.parts = [(part, part.points.copy()) for part in self.mobject.family_members_with_points()]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        if isinstance(self.mobject, Photo):
            old, new = self.before, self.window
            x, y, zoom = (before + (after - before) * share for before, after in zip(old, new, strict=True))
            self.mobject.window = (x, y, zoom)
            return
        factor = 1 + (MAX_SVG_ZOOM - 1) * float(np.sin(np.pi * share)) ** 2
        for part, points in self.parts:
            part.points = self.center + (points - self.center) * factor


def find_asset(name: str) -> Path:
    """Return the path of an asset. Raises FileNotFoundError listing the assets there are."""
    for path in (ASSETS / name, ASSETS / Path(name).name, Path(name)):
        if path.is_file():
            return path
    available = ", ".join(sorted(each.name for each in ASSETS.iterdir())) if ASSETS.is_dir() else ""
    raise FileNotFoundError(f"no picture named {name!r}; the lesson came with: {available or 'no pictures'}")
