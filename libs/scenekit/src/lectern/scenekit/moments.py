"""Moments of a timeline: what their dates mean, and where they lie to scale. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_AGO = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(thousand|million|billion|trillion)?\s*(?:years?\s*)?ago", re.IGNORECASE)
_CENTURY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)\s+century", re.IGNORECASE)
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:.](\d{2})(?!\d)")
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?\.?\s*(?=[a-z])|(?<=[a-z])\s+(\d{1,2})(?!\d)", re.IGNORECASE)
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})[a-z]*\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d.,])(\d{1,4}|\d{1,3}(?:,\d{3})+)(?![\d.,]*\d)(?:s\b)?")
_BEFORE = re.compile(r"\bb\.?\s?c\b|\bbce\b|v\.\s?chr", re.IGNORECASE)
PRESENT = 2000.0  # what "ago" is counted from; only differences matter


def read_moment(text: str) -> float | None:
    """Read a date as a number of years, or a time of the day as a number of hours. None for anything else."""
    if match := _AGO.search(text):
        return PRESENT - float(match[1].replace(",", "")) * _SCALES.get((match[2] or "").lower(), 1.0)
    sign = -1.0 if _BEFORE.search(text) else 1.0
    if match := _CENTURY.search(text):
        return sign * (float(match[1]) * 100 - 50)
    if match := _CLOCK.search(text):
        return float(match[1]) + float(match[2]) / 60
    month = _MONTH.search(text)
    years = [match for match in _YEAR.finditer(text) if month is None or len(match[1]) >= 3]
    if not years:
        return None
    value = sign * float(years[-1][1].replace(",", ""))
    if month is not None:
        day = _DAY.search(text)
        value += _MONTHS.index(month[1].lower()[:3]) / 12
        value += (float(day[1] or day[2]) - 1) / 372 if day else 0.0
    return value


def read_moments(texts: Sequence[str]) -> list[float] | None:
    """Read all dates. None unless each can be read and each is later than the one before."""
    values = [read_moment(text) for text in texts]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or len(known) < 2:
        return None
    return known if all(a < b for a, b in pairwise(known)) else None


def is_plain_year(text: str) -> bool:
    """Return whether a date is nothing but a year of our era."""
    return re.fullmatch(r"\d{3,4}", text.strip()) is not None


def place_to_scale(values: Sequence[float], length: float, least: float) -> list[float]:
    """Return where each value lies on a line of `length`, the first at 0 and the last at its end.

    Distances are true to scale, but for those that would be under `least`: they are made that wide, and the others
    share what is left by their lengths.
    """
    gaps = [b - a for a, b in pairwise(values)]
    least = min(least, length / max(1, len(gaps)))
    wide = [False] * len(gaps)
    while True:
        free = sum(gap for gap, fixed in zip(gaps, wide, strict=True) if not fixed)
        room = length - least * sum(wide)
        unit = room / free if free > 0 else 0.0
        short = [not fixed and gap * unit < least - 1e-9 for gap, fixed in zip(gaps, wide, strict=True)]
        if not any(short):
            break
        wide = [fixed or now for fixed, now in zip(wide, short, strict=True)]
    places = [0.0]
    for gap, fixed in zip(gaps, wide, strict=True):
        places.append(places[-1] + (least if fixed else gap * unit))
    return places
