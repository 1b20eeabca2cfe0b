"""What is on screen at one moment: pieces of text with the boxes of their glyphs, and shapes with theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from manim import (
    DecimalNumber,
    Group,
    MarkupText,
    Mobject,
    Paragraph,
    Scene,
    SingleStringMathTex,
    Text,
    Typst,
    VGroup,
    VMobject,
    config,
)

from lectern.scenekit.camera import FilmCamera
from lectern.scenekit.equation import FORMULA_SCALE
from lectern.scenekit.labels import Label, Title
from lectern.scenekit.number import Number

TEXT_KINDS = (Label, Paragraph, DecimalNumber, Number, Text, MarkupText, SingleStringMathTex, Typst)
FORMULA_KINDS = (SingleStringMathTex, Typst)
BARE_GROUPS = (VGroup, Group, Mobject, VMobject)
"""Classes whose name says nothing about what they hold."""
MIN_OPACITY = 0.08
"""Fainter things are not seen."""
VANISHING = 0.04
"""Units; text that is lower than this is shrinking away or growing out of a point."""
UNKNOWN_SIZE = 99.0
"""The font size of text that does not know its own: large enough never to be a finding."""

Box = tuple[float, float, float, float]
"""(left, bottom, right, top) in manim units."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TextPiece:
    """A piece of text on screen.

    `glyphs` are the boxes (n, 4) of its visible `parts`. `size` is the font size of a Label whose small letters are
    equally high. `order` is the place in the drawing order. `owner` is the outermost thing that it is a part of.
    """

    name: str
    text: str
    mobject: Any
    box: Box
    glyphs: Any
    parts: Sequence[Any]
    size: float
    opacity: float
    order: int
    owner: Any
    parent: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """Anything on screen that is no text. `fill` and `stroke` are opacities; `stroke` is 0 without a line width."""

    mobject: Any
    box: Box
    fill: float
    stroke: float
    order: int
    owner: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """The picture at the end of a play or at the start of a hold, in drawing order. `view` is what the camera shows."""

    pieces: Sequence[TextPiece]
    shapes: Sequence[Shape]
    view: FrameView
    names: Mapping[int, str]

    def name_of(self, mobject: Any) -> str:
        """Name a thing by its class and, if the author's code has one, its variable."""
        given = self.names.get(id(mobject))
        return f"{type(mobject).__name__} {given}" if given else type(mobject).__name__

    def measure_body(self) -> Box | None:
        """Return the box of all that is seen but titles, as large as the camera shows it, or None when nothing is."""
        seen: list[TextPiece | Shape] = [*self.pieces, *self.shapes]
        boxes = [each.box for each in seen if not isinstance(each.owner, Title)]
        if not boxes:
            return None
        low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
        left, bottom = max(low[0], self.view.left), max(low[1], self.view.bottom)
        right, top = min(high[2], self.view.right), min(high[3], self.view.top)
        if right < left or top < bottom:
            return None
        x, y, scale = self.view.left, self.view.bottom, self.view.magnification
        return (left - x) * scale, (bottom - y) * scale, (right - x) * scale, (top - y) * scale

    @property
    def empty(self) -> bool:
        """True when nothing is seen at all."""
        return not self.pieces and not any(do_meet(each.box, self.view.box) for each in self.shapes)


class FrameView:
    """The part of the scene that the camera shows, in manim units."""

    def __init__(self, scene: Scene) -> None:
        camera = scene.camera
        x, y = float(camera.frame_center[0]), float(camera.frame_center[1])
        width, height = float(camera.frame_width), float(camera.frame_height)
        self.left, self.right = x - width / 2, x + width / 2
        self.bottom, self.top = y - height / 2, y + height / 2
        self.magnification = config.frame_width / width
        self.zoomed = abs(self.magnification - 1) > 0.02 or abs(x) > 0.1 or abs(y) > 0.1

    @property
    def box(self) -> Box:
        return self.left, self.bottom, self.right, self.top


@dataclass(kw_only=True, slots=True)
class _Found:
    """A thing met on the walk, with its parts that have points."""

    mobject: Any
    parts: list[Any]
    owner: Any
    parent: Any
    is_text: bool
    opacity: float = 1.0
    stroke: float = 0.0
    order: int = 0
    depth: float = 0.0


def see_picture(scene: Scene, names: Mapping[int, str]) -> Picture:
    """Collect what is on screen. `names` are the author's variables by the `id` of what they hold."""
    found: list[_Found] = []
    seen: set[int] = set()
    for mobject in scene.mobjects:
        _walk(mobject, None, None, found, seen)
    found = [each for each in found if each.parts]
    found.sort(key=lambda each: each.depth)
    close = scene.camera if isinstance(scene.camera, FilmCamera) and scene.camera.zoomed else None
    if close is not None:
        close.place_parts()
    parts = [part for each in found for part in each.parts]
    drawn = [part.points if close is None else close.place_points(part, part.points) for part in parts]
    boxes, starts = _measure_parts(drawn, [len(each.parts) for each in found])
    pieces, shapes = [], []
    for order, (each, first) in enumerate(zip(found, starts, strict=True)):
        own = boxes[first : first + len(each.parts)]
        low, high = own.min(axis=0), own.max(axis=0)
        box = (float(low[0]), float(low[1]), float(high[2]), float(high[3]))
        if each.is_text:
            if max(high[2] - low[0], high[3] - low[1]) < VANISHING:
                continue
            text = _text(each.mobject)
            pieces.append(
                TextPiece(
                    name=f"{type(each.mobject).__name__}({text[:40]!r})",
                    text=text,
                    mobject=each.mobject,
                    box=box,
                    glyphs=own,
                    parts=each.parts,
                    size=_font_size(each.mobject) * _find_scale(each.parts[0], close),
                    opacity=each.opacity,
                    order=order,
                    owner=each.owner,
                    parent=each.parent,
                )
            )
        else:
            shapes.append(
                Shape(
                    mobject=each.mobject,
                    box=box,
                    fill=each.opacity,
                    stroke=each.stroke,
                    order=order,
                    owner=each.owner,
                )
            )
    return Picture(pieces=pieces, shapes=shapes, view=FrameView(scene), names=names)


def is_inside(outline: Any, point: tuple[float, float]) -> bool:
    """Return whether `point` is inside the polygon `outline` (n, 2), by the even-odd rule."""
    x, y = outline[:, 0], outline[:, 1]
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    crossing = (y > point[1]) != (next_y > point[1])
    if not crossing.any():
        return False
    x, y, next_x, next_y = x[crossing], y[crossing], next_x[crossing], next_y[crossing]
    return bool(np.count_nonzero(point[0] < (next_x - x) * (point[1] - y) / (next_y - y) + x) % 2)


def _walk(mobject: Any, owner: Any, parent: Any, found: list[_Found], seen: set[int]) -> None:
    if id(mobject) in seen:
        return
    seen.add(id(mobject))
    if owner is None and type(mobject) not in BARE_GROUPS:
        owner = mobject
    add = partial(_Found, mobject=mobject, owner=owner, parent=parent, depth=float(mobject.z_index))
    if isinstance(mobject, TEXT_KINDS):
        parts = mobject.family_members_with_points()
        seen.update(map(id, parts))
        opacities = [_opacity(part) for part in parts]
        visible = [part for part, opacity in zip(parts, opacities, strict=True) if opacity > MIN_OPACITY]
        found.append(add(parts=visible, is_text=True, opacity=max(opacities, default=0.0)))
        return
    if isinstance(mobject, VMobject) and len(mobject.points):
        fill = float(mobject.get_fill_opacity()) if len(mobject.points) >= 8 else 0.0
        stroke = float(mobject.get_stroke_opacity()) if mobject.get_stroke_width() > 0 else 0.0
        if max(fill, stroke) > MIN_OPACITY:
            found.append(add(parts=[mobject], is_text=False, opacity=fill, stroke=stroke))
    elif len(mobject.points):
        found.append(add(parts=[mobject], is_text=False))
    for each in mobject.submobjects:
        _walk(each, owner, mobject, found, seen)


def _find_scale(part: Any, close: FilmCamera | None) -> float:
    """Return how large a part is drawn while the camera is close, as a share of its size in the scene."""
    placing = None if close is None else close.placing_of(part)
    return 1.0 if placing is None else placing[0]


def _measure_parts(parts: Sequence[Any], counts: Sequence[int]) -> tuple[Any, list[int]]:
    """Return the boxes (n, 4) of the points of the parts, and where each thing's parts begin among them."""
    if not parts:
        return np.zeros((0, 4)), []
    lengths = [len(points) for points in parts]
    points = np.concatenate([each[:, :2] for each in parts])
    offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    low, high = np.minimum.reduceat(points, offsets), np.maximum.reduceat(points, offsets)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(int)
    return np.hstack([low, high]), starts.tolist()


def do_meet(one: Box, other: Box) -> bool:
    """Return whether two boxes overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _text(mobject: Any) -> str:
    for name in ("original_text", "text", "tex_string", "typst_code"):
        if isinstance(getattr(mobject, name, None), str):
            return str(getattr(mobject, name)).strip("$ ")
    return str(getattr(mobject, "number", ""))


def _font_size(mobject: Any) -> float:
    """Return the current size of text after any scaling, as the font size of a Label with equally high letters."""
    if isinstance(mobject, (Label, Paragraph)):
        lines = (line for line in mobject.submobjects if hasattr(line, "font_size"))
        return max(map(_font_size, lines), default=UNKNOWN_SIZE)
    try:
        size = float(mobject.font_size)
    except (ZeroDivisionError, AttributeError):
        return UNKNOWN_SIZE
    return size / FORMULA_SCALE if isinstance(mobject, FORMULA_KINDS) else size


def _opacity(part: Any) -> float:
    return float(max(part.get_fill_opacity(), part.get_stroke_opacity() if part.get_stroke_width() > 0 else 0.0))
