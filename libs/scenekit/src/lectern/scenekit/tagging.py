# mypy: disallow-subclassing-any=False
"""Tags: names that find free room beside their thing, stay beside it, and leave with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from manim import Animation, Line, Mobject, Scene, VGroup, VMobject
from manim.animation.creation import ShowPartial
from manim.utils.rate_functions import ease_out_cubic

from .checks.picture import TEXT_KINDS
from .free_room import DIRECTIONS, LEADER_FROM, Surroundings, find_spot
from .labels import Label
from .layout import frame
from .parametric import flatten_animations
from .style import theme

LEADER_WIDTH = 2
IN_FRONT = 2
"""The z index of tags: what moves later does not cover them."""
LEADER_GAP = 0.1
"""Units between a leader line and the text."""
ON_A_PATH = (0.5, 0.3, 0.7, 0.85, 0.15, 1.0, 0.0)
"""Places along a line, as shares of its length, at which it may be named."""
EDGE = 0.15
"""Units that a tag keeps from the frame's edge when its thing goes there."""
STEPS = 8
"""Places on each Bézier piece that a tag may hold on to."""


def tag(thing: Any, text: str, color: Any = None, size: float | None = None) -> Animation:
    """Name a thing: `self.play(tag(leaf["pore"], "stomata"))`. The name finds free room beside it, with a line where
    it stands farther away; it moves, dims and leaves with its thing. `untag(thing)` takes it away."""
    return Tagging(Tag(thing, text, color=color, size=size))


def untag(*things: Any) -> Animation:
    """Take the tags of things away: `self.play(untag(leaf))`."""
    return Untagging(things)


class Tag(VGroup):
    """A name beside `belongs_to`, its thing. `presence` is how much of it is shown, 0 to 1."""

    def __init__(self, thing: Any, text: str, *, color: Any, size: float | None) -> None:
        super().__init__()
        if not isinstance(thing, Mobject) or not thing.family_members_with_points():
            raise ValueError(f"tag(thing, {text!r}): the thing has nothing to be seen; draw it first")
        self.belongs_to = thing
        self.label = Label(text, size=size, color=color, width=frame.safe.width * 0.4)
        self.leader = Line(stroke_width=LEADER_WIDTH, color=theme.text)
        self.add(self.leader, self.label)
        self.presence, self._shown = 0.0, -1.0
        self.set_z_index(IN_FRONT)
        # the thing may be about to be drawn: later, in the play, it has no points to hold on to
        self._anchors = list(_list_anchors(thing))
        self._holds = [_Hold(thing, point) for point, _ in self._anchors]
        self._hold = self._holds[0]
        self._offset = np.zeros(3)
        self._peak = 0.0
        self.add_updater(lambda me: me.follow() if me is self else None)

    def settle(self, scene: Scene) -> None:
        """Find free room on the screen as it is now."""
        x, y, scale = _find_view(scene)
        anchors = [((point[:2] - (x, y)) / scale, way) for point, way in self._anchors]
        spot = find_spot((self.label.width, self.label.height), anchors, _look_around(scene, self))
        self._hold = self._holds[spot.index]
        self._offset = np.array([*(spot.center - spot.anchor), 0.0])
        self._peak = _measure_opacity(self._hold.part)
        self.follow()

    def follow(self) -> None:
        """Stand beside the thing as it is now, and be as faint as it is."""
        anchor = self._hold.find_point()
        if anchor is None:
            return
        wanted = anchor + self._offset
        half = np.array([frame.width - self.label.width, frame.height - self.label.height]) / 2 - EDGE
        x, y = _clamp(wanted[0], -half[0], half[0]), _clamp(wanted[1], -half[1], half[1])
        place = np.array([x, y, 0.0]) if self._is_in_frame(anchor) else wanted
        if not np.allclose(place, self.label.get_center(), atol=1e-4) or self._shown < 0:
            self.label.shift(place - self.label.get_center())
        self._draw_leader(anchor)
        opacity = _measure_opacity(self._hold.part)
        self._peak = max(self._peak, opacity)
        shown = self.presence * (opacity / self._peak if self._peak > 0.02 else 0.0)
        if abs(shown - self._shown) > 1e-3:
            self._shown = shown
            self.label.set_opacity(shown)
            self.leader.set_stroke(opacity=shown)

    def find_screen_anchor(self) -> Any:
        """The point of the thing around which the name keeps its size on the screen when the camera comes closer."""
        anchor = self._hold.find_point()
        return self.label.get_center() if anchor is None else anchor

    def _is_in_frame(self, point: Any) -> bool:
        return bool(abs(point[0]) < frame.width / 2 and abs(point[1]) < frame.height / 2)

    def _draw_leader(self, anchor: Any) -> None:
        middle, half = self.label.get_center(), np.array([self.label.width, self.label.height, 0.0]) / 2
        edge = np.clip(anchor, middle - half - LEADER_GAP, middle + half + LEADER_GAP)
        far = float(np.linalg.norm(edge - anchor)) > LEADER_FROM - LEADER_GAP
        self.leader.points = np.linspace(edge, anchor, 4) if far else np.zeros((0, 3))


class _Hold:
    """A place on the outline of a thing: it stays there while the thing is moved, turned, scaled or bent."""

    def __init__(self, thing: Any, point: Any) -> None:
        best = np.inf
        for part in thing.family_members_with_points():
            curves = _cut_curves(part.points)
            spots = _walk_curves(curves, np.linspace(0.0, 1.0, STEPS + 1))
            distances = np.linalg.norm(spots - point, axis=2)
            if distances.min() < best:
                piece, step = np.unravel_index(int(distances.argmin()), distances.shape)
                best, self.part, self._piece, self._t = distances.min(), part, int(piece), float(step) / STEPS

    def find_point(self) -> Any | None:
        """Return the place as it is now, or None while the thing has no points."""
        curves = _cut_curves(self.part.points)
        if not len(curves):
            return None
        piece = min(self._piece, len(curves) - 1)
        return _walk_curves(curves[piece : piece + 1], np.array([self._t]))[0, 0]


class Tagging(Animation):
    """A tag finds its place when it is played, and appears there."""

    sound = "pop"

    def __init__(self, tag: Tag) -> None:
        super().__init__(tag, introducer=True, run_time=0.6, rate_func=ease_out_cubic, suspend_mobject_updating=False)

    def create_starting_mobject(self) -> Any:
        return self.mobject

    def _setup_scene(self, scene: Scene) -> None:
        self.mobject.settle(scene)
        super()._setup_scene(scene)

    def interpolate_mobject(self, alpha: float) -> None:
        self.mobject.presence = float(self.rate_func(alpha))
        self.mobject.follow()


class Untagging(Animation):
    """The tags of some things fade out and leave."""

    def __init__(self, things: tuple[Any, ...]) -> None:
        super().__init__(Mobject(), introducer=True, run_time=0.5, suspend_mobject_updating=False)
        self.things = things
        self.tags: list[Tag] = []

    def _setup_scene(self, scene: Scene) -> None:
        named = {id(part) for thing in self.things for part in thing.get_family()}
        self.tags = [each for each in scene.mobjects if isinstance(each, Tag) and id(each.belongs_to) in named]

    def interpolate_mobject(self, alpha: float) -> None:
        for each in self.tags:
            each.presence = 1.0 - float(self.rate_func(alpha))
            each.follow()

    def clean_up_from_scene(self, scene: Scene) -> None:
        super().clean_up_from_scene(scene)
        scene.remove(*self.tags)


def _list_anchors(thing: Any) -> Iterator[tuple[Any, Any]]:
    """List points of a thing at which it may be named, each with the direction of the name."""
    parts = thing.family_members_with_points()
    largest = max(parts, key=lambda part: part.width + part.height)
    # a thing that consists of a line is named beside the line, wherever its middle may be
    if _is_open_line(largest) and largest.width + largest.height > 0.8 * (thing.width + thing.height):
        for share in ON_A_PATH:
            point = largest.point_from_proportion(share)
            near = largest.point_from_proportion(min(share + 0.02, 1.0)) - largest.point_from_proportion(
                max(share - 0.02, 0.0)
            )
            normal = np.array([-near[1], near[0]]) / max(float(np.linalg.norm(near)), 1e-9)
            yield point, normal
            yield point, -normal
        return
    for direction in DIRECTIONS:
        yield thing.get_critical_point(np.array([*direction, 0.0])), direction


def _is_open_line(part: Any) -> bool:
    if not isinstance(part, VMobject) or part.get_fill_opacity() > 0.05:
        return False
    return float(np.linalg.norm(part.points[0] - part.points[-1])) > 0.05


def _measure_opacity(part: Any) -> float:
    if not isinstance(part, VMobject):
        return 1.0
    stroke = float(part.get_stroke_opacity()) if part.get_stroke_width() > 0 else 0.0
    return max(float(part.get_fill_opacity()), stroke)


def _look_around(scene: Scene, own: Tag) -> Surroundings:
    """Collect what is on screen, and what appears in this play, as obstacles for a tag."""
    entering = [each for each in flatten_animations(scene.animations or []) if each.is_introducer()]
    # what is being drawn has no points yet: its copy has them
    drawn = [each.starting_mobject for each in entering if isinstance(each, ShowPartial) and each.starting_mobject]
    fresh = {id(part) for each in entering for part in each.mobject.get_family()}
    if hasattr(scene.camera, "place_parts"):
        scene.camera.place_parts()
    texts: list[Any] = []
    fills: list[Any] = []
    lines: list[Any] = []
    for top in (*scene.mobjects, *drawn):
        if top is own:
            continue
        if isinstance(top, Tag):
            texts.append(_measure_text(scene, top.label))
            continue
        _collect(scene, top, fresh, texts, fills, lines)
    x, y, scale = _find_view(scene)
    fills = [tuple((np.array(box) - (x, y, x, y)) / scale) for box in fills]
    lines = [(each - (x, y, x, y)) / scale for each in lines]
    texts = [tuple((np.array(box) - (x, y, x, y)) / scale) for box in texts]
    safe = frame.safe
    view = (safe.left, safe.bottom, safe.right, safe.top)
    kept = {"texts": np.array(texts).reshape(-1, 4), "fills": np.array(fills).reshape(-1, 4)}
    return Surroundings(view=view, lines=np.concatenate(lines) if lines else np.zeros((0, 4)), **kept)


def _find_view(scene: Scene) -> tuple[float, float, float]:
    """Return the middle of what the camera shows, and its width as a share of the frame's."""
    view = getattr(scene.camera, "view", None)
    return (0.0, 0.0, 1.0) if view is None else (view.x, view.y, view.scale)


def _measure_text(scene: Scene, text: Any) -> tuple[float, float, float, float]:
    """Return the box in which a text is drawn: the camera may keep its size on the screen."""
    place = getattr(scene.camera, "place_points", None)
    parts = text.family_members_with_points()
    if place is None or not parts:
        return _measure_box(text)
    points = np.concatenate([place(part, part.points) for part in parts])
    (left, bottom, _), (right, top, _) = points.min(axis=0), points.max(axis=0)
    return float(left), float(bottom), float(right), float(top)


def _collect(scene: Scene, each: Any, fresh: set[int], texts: list[Any], fills: list[Any], lines: list[Any]) -> None:
    if isinstance(each, TEXT_KINDS):
        if any(_measure_opacity(part) > 0.08 or id(part) in fresh for part in each.family_members_with_points()):
            texts.append(_measure_text(scene, each))
        return
    if isinstance(each, VMobject) and len(each.points) >= 4:
        shown = 1.0 if id(each) in fresh else 0.0
        if max(shown, float(each.get_fill_opacity())) > 0.15 and each.get_fill_opacity() > 0.02:
            fills.append(_measure_box(each))
        elif each.get_stroke_width() > 0 and max(shown, float(each.get_stroke_opacity())) > 0.2:
            lines.append(_flatten_curves(each.points))
    for part in each.submobjects:
        _collect(scene, part, fresh, texts, fills, lines)


def _measure_box(thing: Any) -> tuple[float, float, float, float]:
    low, high = thing.get_corner(np.array([-1.0, -1.0, 0.0])), thing.get_corner(np.array([1.0, 1.0, 0.0]))
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _flatten_curves(points: Any) -> Any:
    """Return straight segments (n, 4) in place of the Bézier pieces of a path."""
    along = _walk_curves(_cut_curves(points), np.linspace(0.0, 1.0, STEPS // 2 + 1))[:, :, :2]
    return np.concatenate([along[:, :-1], along[:, 1:]], axis=2).reshape(-1, 4)


def _cut_curves(points: Any) -> Any:
    """Return the Bézier pieces (n, 4, 3) of a path; a dot without pieces is one that does not move."""
    if 0 < len(points) < 4:
        return np.repeat(points[:1], 4, axis=0)[None]
    return points[: len(points) // 4 * 4].reshape(-1, 4, 3)


def _walk_curves(curves: Any, times: Any) -> Any:
    """Return the points (pieces, times, 3) of Bézier pieces at these times, 0 to 1."""
    t = times[None, :, None]
    start, one, two, end = (curves[:, None, index] for index in range(4))
    return start * (1 - t) ** 3 + 3 * one * t * (1 - t) ** 2 + 3 * two * t**2 * (1 - t) + end * t**3


def _clamp(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
