"""What lies in front of a film, beyond the reach of scenes and cameras: its cards, and the sender's logo.

A layer is drawn once. Where the picture behind it changes it is laid over again; elsewhere it costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .footage import FootageWriter, Pixels
from .regions import Region, disjoin, intersect, merge

FULL = 255


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A picture in front: `pixels` (height, width, RGBA; colours multiplied by alpha) at the corner of `region`.

    `strength(second)` is how much of it is shown, 0 to 1, in seconds from the start of the scene.
    """

    pixels: Pixels
    region: Region
    strength: Callable[[float], float]


class FrontWriter:
    """Writes pictures to footage with the layers in front of them."""

    def __init__(self, footage: FootageWriter, layers: Sequence[Layer]) -> None:
        self.footage = footage
        self.layers = tuple(layers)
        self._strengths = [0] * len(self.layers)

    @property
    def frames_written(self) -> int:
        """The frames so far."""
        return self.footage.frames_written

    def write(self, pixels: Pixels, count: int, changed: Sequence[Region]) -> None:
        """Write `pixels` as `count` frames, as `FootageWriter.write` does. They are the same again on return."""
        regions = list(changed)
        while count > 0:
            first = self.footage.frames_written
            strengths = self._measure(first)
            length = 1
            while length < count and self._measure(first + length) == strengths:
                length += 1
            before = zip(self.layers, self._strengths, strengths, strict=True)
            regions = merge([*regions, *(layer.region for layer, was, now in before if was != now)])
            self._strengths = strengths
            kept = self._lay(pixels, regions)
            self.footage.write(pixels, length, regions)
            for region, behind in reversed(kept):
                _cut(pixels, region)[:] = behind
            regions = []
            count -= length

    def _measure(self, frame: int) -> list[int]:
        second = frame / self.footage.encoding.fps
        return [round(FULL * min(1.0, max(0.0, layer.strength(second)))) for layer in self.layers]

    def _lay(self, pixels: Pixels, regions: Sequence[Region]) -> list[tuple[Region, Any]]:
        """Lay what is shown over `regions`; return what was there."""
        whole = [(0, 0, self.footage.encoding.width, self.footage.encoding.height)]
        shown = whole if self.footage.frames_written == 0 else disjoin(regions)  # laid twice, a layer is too strong
        kept = []
        for layer, strength in zip(self.layers, self._strengths, strict=True):
            for region in shown:
                if strength and intersect(region, layer.region):
                    part = _overlap(region, layer.region)
                    kept.append((part, _cut(pixels, part).copy()))
                    _blend(_cut(pixels, part), _cut_layer(layer, part), strength)
        return kept


def _blend(behind: Any, front: Any, strength: int) -> None:
    alpha = front[:, :, 3:].astype(np.uint32) * strength // FULL
    color = front[:, :, :3].astype(np.uint32) * strength // FULL
    behind[:, :, :3] = np.minimum(FULL, color + behind[:, :, :3] * (FULL - alpha) // FULL)


def _cut(pixels: Pixels, region: Region) -> Any:
    left, top, right, bottom = region
    return pixels[top:bottom, left:right]


def _cut_layer(layer: Layer, part: Region) -> Any:
    left, top = layer.region[:2]
    return layer.pixels[part[1] - top : part[3] - top, part[0] - left : part[2] - left]


def _overlap(one: Region, other: Region) -> Region:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
