"""The pieces of text in a picture: where they are, how large, and how they stand out from what is behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import DecimalNumber, MarkupText, Mobject, Paragraph, SingleStringMathTex, Text, Typst, VMobject
from manim.utils.color import ManimColor

from .lettering import Label

WHOLE = (Label, Paragraph, DecimalNumber, Text, MarkupText, SingleStringMathTex, Typst)
VISIBLE = 0.35
"""Text fainter than this is on its way in or out, or dimmed on purpose, and is not judged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A piece of text on screen. `box` is (left, bottom, right, top) in manim units, `order` its place in drawing."""

    name: str
    text: str
    mobject: Any
    box: tuple[float, float, float, float]
    size: float
    order: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Patch:
    """A filled shape that text may stand on."""

    outline: Any
    color: Any
    opacity: float
    order: int


def survey(mobjects: Iterable[Mobject]) -> tuple[list[Piece], list[Patch]]:
    """The visible text and the filled shapes among `mobjects`, in drawing order."""
    pieces: list[Piece] = []
    patches: list[Patch] = []
    for order, (mobject, parts) in enumerate(_walk(mobjects)):
        if isinstance(mobject, WHOLE):
            shown = [part for part in parts if _strength(part) > VISIBLE]
            if shown:
                pieces.append(_piece(mobject, shown, order))
        elif isinstance(mobject, VMobject) and len(mobject.points) >= 8 and mobject.get_fill_opacity() > 0.3:
            outline = mobject.points[::4, :2]
            color = _rgb(mobject.get_fill_color())
            patches.append(Patch(outline=outline, color=color, opacity=mobject.get_fill_opacity(), order=order))
    return pieces, patches


def contrast(piece: Piece, patches: Iterable[Patch], background: Any) -> float:
    """The contrast ratio (1 to 21, as WCAG 2 defines it) of the text against what is drawn behind its middle."""
    middle = ((piece.box[0] + piece.box[2]) / 2, (piece.box[1] + piece.box[3]) / 2)
    behind = np.asarray(background, dtype=float)
    for patch in patches:
        if patch.order < piece.order and inside(patch.outline, middle):
            behind = patch.color * patch.opacity + behind * (1 - patch.opacity)
    parts = piece.mobject.family_members_with_points()
    ratios = sorted(_ratio(_ink(part), behind) for part in parts)
    return ratios[len(ratios) // 2]


def inside(outline: Any, point: tuple[float, float]) -> bool:
    """Whether `point` is inside the polygon `outline` (n, 2), by the even-odd rule."""
    x, y = outline[:, 0], outline[:, 1]
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    crossing = (y > point[1]) != (next_y > point[1])
    if not crossing.any():
        return False
    x, y, next_x, next_y = x[crossing], y[crossing], next_x[crossing], next_y[crossing]
    return bool(np.count_nonzero(point[0] < (next_x - x) * (point[1] - y) / (next_y - y) + x) % 2)


def _walk(mobjects: Iterable[Mobject]) -> Iterator[tuple[Mobject, list[Any]]]:
    for mobject in mobjects:
        if isinstance(mobject, WHOLE):
            yield mobject, mobject.family_members_with_points()
        else:
            yield mobject, []
            yield from _walk(mobject.submobjects)


def _piece(mobject: Any, parts: list[Any], order: int) -> Piece:
    points = np.concatenate([part.points[:, :2] for part in parts])
    left, bottom = points.min(axis=0)
    right, top = points.max(axis=0)
    text = _text(mobject)
    return Piece(
        name=f"{type(mobject).__name__}({text[:40]!r})",
        text=text,
        mobject=mobject,
        box=(float(left), float(bottom), float(right), float(top)),
        size=_size(mobject),
        order=order,
    )


def _text(mobject: Any) -> str:
    for name in ("original_text", "text", "tex_string", "typst_code"):
        if isinstance(getattr(mobject, name, None), str):
            return str(getattr(mobject, name)).strip("$ ")
    return str(getattr(mobject, "number", ""))


def _size(mobject: Any) -> float:
    """The font size text has now, whatever it has been scaled by."""
    if isinstance(mobject, (Label, Paragraph)):
        return max((_size(line) for line in mobject.submobjects if hasattr(line, "font_size")), default=99.0)
    try:
        return float(mobject.font_size)
    except (ZeroDivisionError, AttributeError):
        return 99.0


def _strength(part: Any) -> float:
    return float(max(part.get_fill_opacity(), part.get_stroke_opacity() if part.get_stroke_width() > 0 else 0.0))


def _ink(part: Any) -> Any:
    return _rgb(part.get_fill_color() if part.get_fill_opacity() > VISIBLE else part.get_stroke_color())


def _rgb(color: Any) -> Any:
    return np.asarray(ManimColor(color).to_rgb(), dtype=float)


def _ratio(one: Any, other: Any) -> float:
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(rgb: Any) -> float:
    """Relative luminance as WCAG 2 defines it."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
