"""Round numbers for an axis, and how they are written. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence


def choose_ticks(values: Sequence[float], count: int = 4) -> list[float]:
    """Return between three and about `count` + 2 evenly spaced round numbers that cover `values` and zero."""
    low, high = min([0.0, *values]), max([0.0, *values])
    if high - low < 1e-300:  # nothing to show, or numbers too small to divide
        low, high = 0.0, 1.0
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in (1, 2, 2.5, 5, 10) if nice * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def choose_ticks_between(low: float, high: float, count: int = 5) -> list[float]:
    """Return about `count` evenly spaced round numbers from `low` to `high`, both included where they are round."""
    rough = (high - low) / max(1, count)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in (1, 2, 2.5, 5, 10) if nice * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def format_number(value: float, unit: str = "") -> str:
    """Write a number for people: no superfluous digits, thin spaces between thousands, followed by the unit."""
    if value == int(value) and abs(value) < 1e15:
        digits = f"{int(value):,}".replace(",", "\u2009" if abs(value) >= 10000 else "")
    else:
        digits = f"{value:.4g}"
    joint = "" if unit in ("", "%", "°") else "\u2009"
    return f"{digits}{joint}{unit}".replace("-", "\u2212")
