# mypy: disallow-subclassing-any=False
"""How the camera moves: from view to view, past things, and with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from manim import Animation, Mobject, config
from manim.utils.rate_functions import ease_in_out_sine, linear

from .camera import CameraView, FilmCamera
from .layout import frame

CLOSEST = 0.04
"""The narrowest view, as a share of the frame: beyond, drawings have no detail left."""
LIFT = 0.35
"""How far the camera steps back on a long way, in widths of its view for each width of the way."""


class CameraMove(Animation):
    """The camera moves to the views that `find_views` finds when the move begins, one after the other."""

    sound = "swish"

    def __init__(
        self,
        camera: FilmCamera,
        find_views: Callable[[CameraView], Sequence[CameraView]],
        *,
        run_time: float,
        **kwargs: Any,
    ) -> None:
        super().__init__(camera.marker, run_time=run_time, rate_func=linear, **kwargs)
        self.camera = camera
        self.find_views = find_views

    def begin(self) -> None:
        start = self.camera.view
        self.views = [start, *self.find_views(start)]
        ways = [_measure_way(one, other) for one, other in zip(self.views, self.views[1:], strict=False)]
        whole = sum(ways) or 1.0
        self.ends = np.cumsum([way / whole for way in ways])
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        leg = min(int(np.searchsorted(self.ends, min(alpha, 1.0) - 1e-9)), len(self.ends) - 1)
        before = self.ends[leg - 1] if leg else 0.0
        length = self.ends[leg] - before
        share = float(ease_in_out_sine((alpha - before) / length)) if length > 0 else 1.0
        if alpha >= 1:
            self.camera.show(self.views[-1])
        else:
            self.camera.show(mix_views(self.views[leg], self.views[leg + 1], share))


class CameraFollow(Animation):
    """The camera catches up with a thing, and goes where it goes until the next move."""

    def __init__(self, camera: FilmCamera, thing: Mobject, scale: float | None, *, run_time: float) -> None:
        super().__init__(camera.marker, run_time=run_time, rate_func=ease_in_out_sine)
        self.camera, self.thing, self.scale = camera, thing, scale

    def begin(self) -> None:
        self.start = self.camera.view
        center = self.thing.get_center()
        self.offset = (self.start.x - center[0], self.start.y - center[1])
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = float(self.rate_func(alpha))
        scale = self.start.scale if self.scale is None else self.start.scale ** (1 - share) * self.scale**share
        middle = frame.body.center
        aim = (-scale * middle[0], -scale * middle[1]) if scale < 1 else (0.0, 0.0)
        x, y = (here + (there - here) * share for here, there in zip(self.offset, aim, strict=True))
        center = self.thing.get_center()
        self.camera.show(CameraView(x=center[0] + x, y=center[1] + y, width=scale * config.frame_width))
        self.camera.follow(self.thing, x, y)


def find_view(thing: Any, fill: float) -> CameraView:
    """Find the view in which a thing takes `fill` of the body's width or height, and is in its middle.

    A point has no size: the view comes the closer to it, the larger `fill` is, from the whole frame for almost 0 to a
    fifth of it for 1.

    Near an edge of the frame the view ends there, and the thing is off the middle: beyond is nothing to see. A thing
    that reaches beyond the frame itself is looked at as it is.
    """
    if not 0 < fill <= 1:
        raise ValueError(f"close_up(thing, fill={fill!r}): fill is the share of the picture that it takes, up to 1")
    body = frame.body
    if isinstance(thing, Mobject):
        x, y, _ = thing.get_center()
        half = thing.width / 2, thing.height / 2
        scale = max(thing.width / (fill * body.width), thing.height / (fill * body.height))
    else:
        x, y = (float(each) for each in tuple(thing)[:2])
        half = 0.0, 0.0
        scale = 1 / (1 + 4 * fill**1.5)
    scale = min(1.0, max(CLOSEST, scale))
    sides = float(config.frame_width), float(config.frame_height)
    x, y = (
        _keep_inside(at, at - scale * middle, reach, side, scale)
        for at, middle, reach, side in zip((x, y), body.center[:2], half, sides, strict=True)
    )
    return CameraView(x=x, y=y, width=scale * sides[0])


def _keep_inside(at: float, aim: float, reach: float, side: float, scale: float) -> float:
    """Return the middle of a view, `aim` where it may be, of `scale` times a side of the frame, on one axis."""
    if abs(at) + reach > side / 2:
        return aim
    room = side * (1 - scale) / 2
    return min(max(aim, -room), room)


def has_extent(thing: Any) -> bool:
    """Tell whether a thing takes any room; a point that is no thing does."""
    return not isinstance(thing, Mobject) or max(thing.width, thing.height) > 1e-3


def find_whole_view() -> CameraView:
    """Find the view of the whole frame."""
    return CameraView(x=0.0, y=0.0, width=float(config.frame_width))


def list_way(start: CameraView, first: CameraView, last: CameraView) -> list[CameraView]:
    """List the views of a way past one thing to another: the first is left out when the camera is there already."""
    return [last] if _measure_way(start, first) < 0.05 else [first, last]


def mix_views(one: CameraView, other: CameraView, share: float) -> CameraView:
    """Find the view at `share` of the way. Coming closer, the place under the camera's middle stays put on the way."""
    width = one.width ** (1 - share) * other.width**share
    along = (width - one.width) / (other.width - one.width) if abs(other.width / one.width - 1) > 1e-3 else share
    far = float(np.hypot(other.x - one.x, other.y - one.y)) / max(one.width, other.width)
    highest = max(width, float(config.frame_width))
    lifted = width * (1 + LIFT * max(0.0, far - 0.5) * 4 * share * (1 - share))
    return CameraView(
        x=one.x + (other.x - one.x) * along, y=one.y + (other.y - one.y) * along, width=min(lifted, highest)
    )


def _measure_way(one: CameraView, other: CameraView) -> float:
    """Return how far two views are apart, in widths of a view and powers of e in size."""
    far = float(np.hypot(other.x - one.x, other.y - one.y)) / min(one.width, other.width)
    return min(far, 3.0) + abs(float(np.log(other.width / one.width)))
