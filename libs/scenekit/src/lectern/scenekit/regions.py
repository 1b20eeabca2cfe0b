"""Rectangles of pixels that must be drawn again. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable

Region = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels; right and bottom are exclusive."""

MAX_REGIONS = 5
"""More rectangles than this cost more to handle than the pixels they save."""
CELL = 192
"""Regions that begin in the same square of this many pixels are joined first: the glyphs of a word move together."""
ALIGN_X, ALIGN_Y = 16, 2
"""Multiples, in pixels, that rectangles start and end on: whole chroma blocks and whole vectors of the converter."""


def align(box: tuple[float, float, float, float], width: int, height: int) -> Region | None:
    """Return the smallest aligned region around `box` (left, top, right, bottom in pixels) and the pixels it blurs.

    The region is cut to the picture of `width` by `height` pixels; None when nothing of it is left.
    """
    left = max(0, math.floor((box[0] - 2) / ALIGN_X) * ALIGN_X)
    top = max(0, math.floor((box[1] - 2) / ALIGN_Y) * ALIGN_Y)
    right = min(width, math.ceil((box[2] + 2) / ALIGN_X) * ALIGN_X)
    bottom = min(height, math.ceil((box[3] + 2) / ALIGN_Y) * ALIGN_Y)
    return (left, top, right, bottom) if left < right and top < bottom else None


def merge(regions: Iterable[Region]) -> list[Region]:
    """Cover all of `regions` with at most `MAX_REGIONS` regions that overlap little."""
    by_cell: dict[tuple[int, int], Region] = {}
    for region in regions:
        cell = (region[0] // CELL, region[1] // CELL)
        by_cell[cell] = _union(by_cell[cell], region) if cell in by_cell else region
    kept: list[Region] = []
    for region in by_cell.values():
        kept = _insert(kept, region)
    return kept


def area(region: Region) -> int:
    """Return the number of pixels in a region."""
    return (region[2] - region[0]) * (region[3] - region[1])


def intersect(one: Region, other: Region) -> bool:
    """Return whether two regions share a pixel."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def disjoin(regions: Iterable[Region]) -> list[Region]:
    """Return regions that cover the same pixels, each pixel once."""
    kept: list[Region] = []
    for region in regions:
        parts = [region]
        for other in kept:
            parts = [rest for part in parts for rest in _subtract(part, other)]
        kept += parts
    return kept


def _subtract(region: Region, other: Region) -> list[Region]:
    """Return what is left of a region without another: what is above, below, left and right of it."""
    if not intersect(region, other):
        return [region]
    left, top, right, bottom = region
    upper, lower = max(top, other[1]), min(bottom, other[3])
    parts = [
        (left, top, right, upper),
        (left, lower, right, bottom),
        (left, upper, other[0], lower),
        (other[2], upper, right, lower),
    ]
    return [part for part in parts if part[0] < part[2] and part[1] < part[3]]


def _insert(kept: list[Region], region: Region) -> list[Region]:
    while True:
        waste_by_region = [(area(_union(each, region)) - area(each) - area(region), each) for each in kept]
        if not waste_by_region:
            return [region]
        waste, best = min(waste_by_region)
        if waste > 0 and len(kept) < MAX_REGIONS:
            return [*kept, region]
        kept = [each for each in kept if each != best]
        region = _union(best, region)


def _union(one: Region, other: Region) -> Region:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
