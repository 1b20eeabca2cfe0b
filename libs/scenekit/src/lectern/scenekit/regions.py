"""Rectangles of pixels that must be drawn again. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable

Region = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels; right and bottom are outside."""

FEW = 5
"""More rectangles than this cost more to handle than the pixels they save."""
NEAR = 192
"""Regions that begin in the same square of so many pixels are joined at once: the glyphs of a word move together."""
ACROSS, DOWN = 16, 2
"""Rectangles are aligned so that every one starts on a block of chroma and of the converter's vectors."""


def aligned(box: tuple[float, float, float, float], width: int, height: int) -> Region | None:
    """The smallest aligned region of the picture around `box` (pixels) and the pixels it blurs; None when outside."""
    left = max(0, math.floor((box[0] - 2) / ACROSS) * ACROSS)
    top = max(0, math.floor((box[1] - 2) / DOWN) * DOWN)
    right = min(width, math.ceil((box[2] + 2) / ACROSS) * ACROSS)
    bottom = min(height, math.ceil((box[3] + 2) / DOWN) * DOWN)
    return (left, top, right, bottom) if left < right and top < bottom else None


def merged(regions: Iterable[Region]) -> list[Region]:
    """Few regions that cover all of `regions`, overlapping little."""
    near: dict[tuple[int, int], Region] = {}
    for region in regions:
        place = (region[0] // NEAR, region[1] // NEAR)
        near[place] = _both(near[place], region) if place in near else region
    kept: list[Region] = []
    for region in near.values():
        kept = _with(kept, region)
    return kept


def area(region: Region) -> int:
    """Its pixels."""
    return (region[2] - region[0]) * (region[3] - region[1])


def meets(one: Region, other: Region) -> bool:
    """Whether they have a pixel in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _with(kept: list[Region], region: Region) -> list[Region]:
    while True:
        worth = [(area(_both(each, region)) - area(each) - area(region), each) for each in kept]
        if not worth:
            return [region]
        waste, best = min(worth)
        if waste > 0 and len(kept) < FEW:
            return [*kept, region]
        kept = [each for each in kept if each != best]
        region = _both(best, region)


def _both(one: Region, other: Region) -> Region:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
