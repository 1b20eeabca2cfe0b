"""Rules about text and what is drawn behind and over it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .backdrop import Legibility, describe_surroundings, measure_legibility
from .picture import Picture, TextPiece
from .rules import LOW_CONTRAST, TEXT_COVERED, Fault

LOW_RATIO, UNREADABLE_RATIO = 3.0, 1.9
"""Contrast ratios. WCAG 2 asks for 3 for large text; below 1.9 text is a shadow."""
WEAK_SHARE = 0.35
"""Share of the letters that may stand on something worse than the rest, as where text straddles an edge."""
PARTLY_COVERED, COVERED = 0.12, 0.85
"""Shares of the letters that are hidden: between these, text is covered by accident; above, it is not on screen."""
FAINT = 0.35
"""Text fainter than this is fading in or out, or dimmed on purpose, and is not judged."""


class ContrastCheck:
    """Measures each piece of text when it or its surroundings change, and remembers the rest."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Legibility] = {}

    def measure(self, picture: Picture, piece: TextPiece) -> Legibility:
        """Measure a piece of text, or recall the measurement."""
        key = describe_surroundings(picture, piece)
        if key not in self._known:
            self._known[key] = measure_legibility(picture, piece)
        return self._known[key]

    def is_hidden(self, picture: Picture, piece: TextPiece) -> bool:
        """Return whether something opaque hides the text altogether."""
        return float(self.measure(picture, piece).hidden.mean()) > COVERED

    def check(self, picture: Picture) -> Iterator[Fault]:
        """Find text that does not stand out, and text of which a part is covered."""
        for piece in picture.pieces:
            if piece.opacity <= FAINT:
                continue
            seen = self.measure(picture, piece)
            share = float(seen.hidden.mean())
            if share >= PARTLY_COVERED:
                what = f"something opaque hides {share:.0%} of {piece.name}"
                yield Fault(rule=TEXT_COVERED, what=what, name=piece.name)
                continue
            ratios = np.sort(seen.ratios)
            ratio = round(float(ratios[int(len(ratios) * WEAK_SHARE)]), 1)
            if ratio < LOW_RATIO:
                what = (
                    f"{piece.name} hardly stands out from what is behind it (contrast {ratio:.1f}, at least "
                    f"{LOW_RATIO:g} is needed)"
                )
                yield Fault(rule=LOW_CONTRAST, what=what, name=piece.name, severe=ratio < UNREADABLE_RATIO)
