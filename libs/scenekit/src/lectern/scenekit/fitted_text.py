"""Text that keeps to its place: set smaller down to what is legible, then shortened, which is remarked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from manim import ORIGIN

from .checks.rules import TEXT_SHORTENED, Fault
from .labels import Label
from .line_breaking import is_unspaced
from .remarks import remark
from .style import theme

STEP = 0.9
"""Factor between one font size and the next smaller one that is tried."""
MAX_CUTS = 12


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

    points = float(size)
    label = set_in(text, points)
    while points > theme.small and not (fits(label) and _keeps_words(label, text)):
        points = max(float(theme.small), points * STEP)
        label = set_in(text, points)
    if fits(label):
        return label
    words = " ".join(text.split())
    share = min(1.0, (height or label.height) / label.height, width / label.width)
    for cut in range(MAX_CUTS):
        shortened = words[: max(1, int(len(words) * share * 0.94**cut) - 1)].rstrip(" .,;:-") + "\u2026"
        label = set_in(shortened, points)
        if fits(label):
            break
    what = f'"{words[:60]}" is too long for its place and is shown as "{label.text[:40]}"'
    remark(Fault(rule=TEXT_SHORTENED, what=what, name=words[:40]))
    return label


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
