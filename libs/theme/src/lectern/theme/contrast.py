"""The contrast of two colours as WCAG 2 defines it, and the nearest colour that has enough of it."""

from __future__ import annotations

from collections.abc import Sequence

from .palettes import rgb

TEXT_RATIO = 4.5
"""WCAG 2.2, success criterion 1.4.3 (AA): text."""
MARK_RATIO = 3.0
"""WCAG 2.2, success criterion 1.4.11 (AA): lines, edges and other marks that carry meaning."""
STEPS = 200


def measure_contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two `#RRGGBB` colours, from 1 to 21."""
    first, second = _luminance(one), _luminance(other)
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def least_contrast(colour: str, behind: Sequence[str]) -> float:
    """Return the lowest contrast ratio of `colour` with any of the colours `behind` it."""
    return min(measure_contrast(colour, each) for each in behind)


def find_readable(colour: str, behind: Sequence[str], ratio: float) -> str:
    """Return the colour nearest to `colour` whose contrast with all of `behind` is at least `ratio`.

    It is mixed with black or with white, whichever needs less. Where neither gives enough (two colours behind it
    that lie far apart), the better of the two is returned.
    """
    if least_contrast(colour, behind) >= ratio:
        return colour
    for step in range(1, STEPS + 1):
        share = step / STEPS
        mixed = max(
            (mix(colour, end, share) for end in ("#000000", "#FFFFFF")), key=lambda c: least_contrast(c, behind)
        )
        if least_contrast(mixed, behind) >= ratio:
            return mixed
    return max("#000000", "#FFFFFF", key=lambda each: least_contrast(each, behind))


def mix(one: str, other: str, share: float) -> str:
    """Return `one` with `share` (0 to 1) of it replaced by `other`."""
    channels = (round(a + (b - a) * share) for a, b in zip(rgb(one), rgb(other), strict=True))
    return "#{:02X}{:02X}{:02X}".format(*channels)


def _luminance(colour: str) -> float:
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in (channel / 255 for channel in rgb(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
