"""Text that keeps to its place: set smaller down to what is legible, then shortened, which is remarked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from manim import ORIGIN

from .checks.rules import TEXT_SHORTENED, Fault
from .labels import Label
from .line_breaking import UNITS_PER_POINT, is_unspaced, line_gap
from .remarks import remark
from .style import theme

STEP = 0.9
"""Factor between one font size and the next smaller one that is tried."""
MEAN_ADVANCE = 0.53
"""Width of a letter in em, on average: setting text takes long, so that most sizes are only reckoned with."""
MAX_CUTS = 6


def fit_text(
    text: str,
    *,
    size: float,
    width: float,
    height: float | None = None,
    color: Any = None,
    weight: str = "NORMAL",
    align: Any = ORIGIN,
) -> Label:
    """Set `text` in lines of at most `width` units, and at most `height` units high.

    It is set in `size`, or smaller down to `theme.small`, with whole words where it can be. What is still too long then
    ends in an ellipsis.
    """

    def set_in(words: str, points: float) -> Label:
        return Label(words, size=points, color=color, width=width, weight=weight, align=align)

    def fits(label: Label) -> bool:
        return label.width <= width + 0.01 and (height is None or label.height <= height + 0.01)

    sizes = [float(size)]
    while sizes[-1] > theme.small:
        sizes.append(max(float(theme.small), sizes[-1] * STEP))
    likely = [points for points in sizes if _may_fit(text, points, width, height)] or sizes[-1:]
    for points in likely:
        label = set_in(text, points)
        if fits(label) and (_keeps_words(label, text) or points == likely[-1]):
            return label
    words = " ".join(text.split())
    lines = max(1, int((height or label.height) / line_gap(points)))
    room = int(lines * width / estimate_advance(points))
    for cut in range(MAX_CUTS):
        shortened = words[: max(1, int(min(room, len(words)) * 0.85**cut) - 1)].rstrip(" .,;:-") + "\u2026"
        label = set_in(shortened, points)
        if fits(label):
            break
    what = f'"{words[:60]}" is too long for its place and is shown as "{label.text[:40]}"'
    remark(Fault(rule=TEXT_SHORTENED, what=what, name=words[:40]))
    return label


def estimate_advance(points: float) -> float:
    """Estimate the width of a letter in units, in a font size."""
    return points * UNITS_PER_POINT * MEAN_ADVANCE


def _may_fit(text: str, points: float, width: float, height: float | None) -> bool:
    """Return whether a text is likely to fit, by the mean width of letters; a little too readily."""
    limit = width / estimate_advance(points) * 1.1
    if not is_unspaced(text) and max(map(len, text.split()), default=0) > limit:
        return False
    lines = -(-len(text) // max(1, int(limit)))
    return height is None or (lines - 0.4) * line_gap(points) <= height


def fit_texts(texts: Sequence[str], **style: Any) -> list[Label]:
    """Set texts as `fit_text` does, all in the size of the one that needs the smallest."""
    labels = [fit_text(text, **style) for text in texts]
    smallest = min((label.size for label in labels), default=0.0)
    return [
        label if label.size == smallest else fit_text(text, **(style | {"size": smallest}))
        for text, label in zip(texts, labels, strict=True)
    ]


def _keeps_words(label: Label, text: str) -> bool:
    set_words = " ".join(line.original_text for line in label).split()
    return is_unspaced(text) or len(set_words) <= len(text.split())
