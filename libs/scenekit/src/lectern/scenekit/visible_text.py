"""The pieces of text in a picture: their places, their sizes, and their contrast with what is behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import DecimalNumber, MarkupText, Mobject, Paragraph, SingleStringMathTex, Text, Typst, VMobject

from .contrast import contrast_ratio, to_rgb
from .labels import Label

TEXT_KINDS = (Label, Paragraph, DecimalNumber, Text, MarkupText, SingleStringMathTex, Typst)
MIN_OPACITY = 0.35
"""Text fainter than this is fading in or out, or dimmed on purpose, and is not judged."""
UNKNOWN_SIZE = 99.0
"""The font size of text that does not know its own: large enough never to be a finding."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TextPiece:
    """A piece of text on screen. `box` is (left, bottom, right, top) in manim units, `order` its drawing order."""

    name: str
    text: str
    mobject: Any
    box: tuple[float, float, float, float]
    size: float
    order: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FilledShape:
    """A filled shape that text may stand on. `outline` is an array (n, 2) of points in manim units."""

    outline: Any
    color: Any
    opacity: float
    order: int


def find_text(mobjects: Iterable[Mobject]) -> tuple[list[TextPiece], list[FilledShape]]:
    """Find the visible text and the filled shapes among `mobjects`, in drawing order."""
    pieces: list[TextPiece] = []
    shapes: list[FilledShape] = []
    for order, (mobject, parts) in enumerate(_walk(mobjects)):
        if isinstance(mobject, TEXT_KINDS):
            visible = [part for part in parts if _opacity(part) > MIN_OPACITY]
            if visible:
                pieces.append(_measure_piece(mobject, visible, order))
        elif isinstance(mobject, VMobject) and len(mobject.points) >= 8 and mobject.get_fill_opacity() > 0.3:
            outline = mobject.points[::4, :2]
            color = to_rgb(mobject.get_fill_color())
            shapes.append(FilledShape(outline=outline, color=color, opacity=mobject.get_fill_opacity(), order=order))
    return pieces, shapes


def measure_contrast(piece: TextPiece, shapes: Iterable[FilledShape], background: Any) -> float:
    """Return the contrast ratio, 1 to 21, of text against what is drawn behind its middle.

    `background` is the picture's colour as red, green and blue from 0 to 1.
    """
    middle = ((piece.box[0] + piece.box[2]) / 2, (piece.box[1] + piece.box[3]) / 2)
    behind = np.asarray(background, dtype=float)
    for shape in shapes:
        if shape.order < piece.order and is_inside(shape.outline, middle):
            behind = shape.color * shape.opacity + behind * (1 - shape.opacity)
    parts = piece.mobject.family_members_with_points()
    ratios = sorted(contrast_ratio(_ink(part), behind) for part in parts)
    return ratios[len(ratios) // 2]


def is_inside(outline: Any, point: tuple[float, float]) -> bool:
    """Return whether `point` is inside the polygon `outline` (n, 2), by the even-odd rule."""
    x, y = outline[:, 0], outline[:, 1]
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    crossing = (y > point[1]) != (next_y > point[1])
    if not crossing.any():
        return False
    x, y, next_x, next_y = x[crossing], y[crossing], next_x[crossing], next_y[crossing]
    return bool(np.count_nonzero(point[0] < (next_x - x) * (point[1] - y) / (next_y - y) + x) % 2)


def _walk(mobjects: Iterable[Mobject]) -> Iterator[tuple[Mobject, list[Any]]]:
    for mobject in mobjects:
        if isinstance(mobject, TEXT_KINDS):
            yield mobject, mobject.family_members_with_points()
        else:
            yield mobject, []
            yield from _walk(mobject.submobjects)


def _measure_piece(mobject: Any, parts: list[Any], order: int) -> TextPiece:
    points = np.concatenate([part.points[:, :2] for part in parts])
    left, bottom = points.min(axis=0)
    right, top = points.max(axis=0)
    text = _text(mobject)
    return TextPiece(
        name=f"{type(mobject).__name__}({text[:40]!r})",
        text=text,
        mobject=mobject,
        box=(float(left), float(bottom), float(right), float(top)),
        size=_font_size(mobject),
        order=order,
    )


def _text(mobject: Any) -> str:
    for name in ("original_text", "text", "tex_string", "typst_code"):
        if isinstance(getattr(mobject, name, None), str):
            return str(getattr(mobject, name)).strip("$ ")
    return str(getattr(mobject, "number", ""))


def _font_size(mobject: Any) -> float:
    """Return the current font size of text, after any scaling."""
    if isinstance(mobject, (Label, Paragraph)):
        lines = (line for line in mobject.submobjects if hasattr(line, "font_size"))
        return max(map(_font_size, lines), default=UNKNOWN_SIZE)
    try:
        return float(mobject.font_size)
    except (ZeroDivisionError, AttributeError):
        return UNKNOWN_SIZE


def _opacity(part: Any) -> float:
    return float(max(part.get_fill_opacity(), part.get_stroke_opacity() if part.get_stroke_width() > 0 else 0.0))


def _ink(part: Any) -> Any:
    return to_rgb(part.get_fill_color() if part.get_fill_opacity() > MIN_OPACITY else part.get_stroke_color())
