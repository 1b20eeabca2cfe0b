"""The contrast of colours, as WCAG 2 defines it."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim.utils.color import ManimColor


def to_rgb(color: Any) -> Any:
    """Convert anything manim accepts as a colour to an array (3,) of red, green and blue from 0 to 1."""
    return np.asarray(ManimColor(color).to_rgb(), dtype=float)


def contrast_ratios(one: Any, other: Any) -> Any:
    """Return the contrast ratios, 1 to 21, of colours as arrays (..., 3) from 0 to 1."""
    first, second = _luminance(one), _luminance(other)
    return (np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05)


def _luminance(rgb: Any) -> Any:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)
