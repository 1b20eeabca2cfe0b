"""The frame's safe area, and a few ways to arrange objects in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import DOWN, ORIGIN, RIGHT, Group, Mobject, VGroup, VMobject, config

SIDE_MARGIN = 0.7
TOP_MARGIN, UPRIGHT_TOP_MARGIN = 0.4, 1.0
TITLE_BAND, UPRIGHT_TITLE_BAND = 0.8, 1.05
"""Units between the top of the safe area and the body, for a Title of one line, and of two in an upright frame."""
CAPTION_SHARE, UPRIGHT_CAPTION_SHARE = 0.12, 0.29
"""The share of the frame's height, at its bottom, that belongs to captions; in an upright frame also to the buttons and
texts of the platforms that show it, which take the lowest fifth."""
UPRIGHT_TYPE_SCALE = 1.35
"""How much larger type is in an upright frame, whose short side is as wide as a phone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """A rectangle of the frame, in manim units."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def center(self) -> Any:
        """The centre, as a point (x, y, 0)."""
        return np.array([(self.left + self.right) / 2, (self.bottom + self.top) / 2, 0.0])

    def at(self, x: float, y: float) -> Any:
        """The point at shares `x` of the width and `y` of the height, from the lower left: `area.at(0.5, 1)`."""
        return np.array([self.left + x * self.width, self.bottom + y * self.height, 0.0])


class FrameGeometry:
    """The picture, whose short side is always 8 units.

    `frame.safe` is the area inside the margins and above the captions; `frame.body` is the safe area below a Title.
    Both have `.left .right .top .bottom .width .height .center`. `frame.portrait` is true for upright videos.
    """

    @property
    def width(self) -> float:
        return float(config.frame_width)

    @property
    def height(self) -> float:
        return float(config.frame_height)

    @property
    def portrait(self) -> bool:
        """True for a picture that is taller than it is wide."""
        return self.height > self.width * 1.05

    @property
    def landscape(self) -> bool:
        """True for a picture that is wider than it is tall."""
        return self.width > self.height * 1.05

    @property
    def type_scale(self) -> float:
        """The factor for the theme's font sizes in this frame."""
        return UPRIGHT_TYPE_SCALE if self.portrait else 1.0

    @property
    def caption_share(self) -> float:
        """The share of the height, at the bottom, that is kept clear for captions."""
        return UPRIGHT_CAPTION_SHARE if self.portrait else CAPTION_SHARE

    @property
    def safe(self) -> Area:
        """The frame without margins and captions."""
        margin = SIDE_MARGIN if self.width > 10 else 0.5
        half_width, half_height = self.width / 2, self.height / 2
        top = UPRIGHT_TOP_MARGIN if self.portrait else TOP_MARGIN
        return Area(
            left=margin - half_width,
            right=half_width - margin,
            bottom=self.caption_share * self.height - half_height,
            top=half_height - top,
        )

    @property
    def body(self) -> Area:
        """The safe area below a title."""
        safe = self.safe
        band = UPRIGHT_TITLE_BAND if self.portrait else TITLE_BAND
        return Area(left=safe.left, right=safe.right, bottom=safe.bottom + 0.1, top=safe.top - band)


frame = FrameGeometry()


def group(*objects: Mobject) -> Mobject:
    """Group objects of any kind."""
    return VGroup(*objects) if all(isinstance(each, VMobject) for each in objects) else Group(*objects)


def fit(thing: Mobject, width: float | None = None, height: float | None = None) -> Mobject:
    """Shrink `thing` (never enlarge it) to at most `width` and `height` units; without either, to `frame.body`."""
    if width is None and height is None:
        width, height = frame.body.width, frame.body.height
    scale = 1.0
    if width is not None and thing.width > width:
        scale = min(scale, width / thing.width)
    if height is not None and thing.height > height:
        scale = min(scale, height / thing.height)
    return resize(thing, scale) if scale < 1 else thing


def resize(thing: Mobject, scale: float, **kwargs: Any) -> Mobject:
    """Scale `thing`, and have the parts that are set for their size, such as letters in atoms, set anew."""
    thing.scale(scale, **kwargs)
    for part in thing.get_family():
        if hasattr(part, "settle_letters"):
            part.settle_letters()
    return thing


def place(thing: Mobject, width: float | None = None, height: float | None = None) -> Mobject:
    """Put `thing` in the middle of `frame.body`, shrunk to fit. Kit objects place themselves there."""
    body = frame.body
    return fit(thing, width or body.width, height or body.height).move_to(body.center)


def settle(thing: Mobject, area: Area, *apart: Mobject) -> None:
    """Put `thing` in the middle of `area`, shrunk to fit, and what belongs to it but stands apart along with it."""
    center = thing.get_center()
    scale = min(1.0, area.width / max(thing.width, 1e-6), area.height / max(thing.height, 1e-6))
    for each in (thing, *apart):
        if scale < 1:
            resize(each, scale, about_point=center)
        each.shift(area.center - center)


def stack(*things: Mobject, gap: float = 0.4, align: Any = ORIGIN) -> Mobject:
    """`things` below each other, in the middle of the body, shrunk to fit. `align=LEFT` lines up their left edges."""
    return place(group(*things).arrange(DOWN, buff=gap, aligned_edge=align))


def row(*things: Mobject, gap: float = 0.6, align: Any = ORIGIN) -> Mobject:
    """`things` side by side, in the middle of the body, shrunk to fit. `align=UP` lines up their top edges."""
    return place(group(*things).arrange(RIGHT, buff=gap, aligned_edge=align))


def columns(*things: Mobject, gap: float = 0.8) -> Mobject:
    """Each of `things` in an equal share of the body: side by side, or below each other in an upright video.

    Each is shrunk to its share and centred in it: `columns(Bullets("a", "b"), Picture("leaf.png"))`.
    """
    body = frame.body
    count = max(1, len(things))
    if frame.portrait:
        share = (body.height - gap * (count - 1)) / count
        for index, thing in enumerate(things):
            middle = body.top - share / 2 - index * (share + gap)
            fit(thing, body.width, share).move_to([body.center[0], middle, 0])
    else:
        share = (body.width - gap * (count - 1)) / count
        for index, thing in enumerate(things):
            middle = body.left + share / 2 + index * (share + gap)
            fit(thing, share, body.height).move_to([middle, body.center[1], 0])
    return group(*things)
