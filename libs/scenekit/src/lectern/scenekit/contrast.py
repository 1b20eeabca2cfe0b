"""The contrast of colours, as WCAG 2 defines it."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim.utils.color import ManimColor


def to_rgb(color: Any) -> Any:
    """Convert anything manim accepts as a colour to an array (3,) of red, green and blue from 0 to 1."""
    return np.asarray(ManimColor(color).to_rgb(), dtype=float)


def contrast_ratio(one: Any, other: Any) -> float:
    """Return the contrast ratio, 1 to 21, of two colours as arrays (3,) from 0 to 1."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(rgb: Any) -> float:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
