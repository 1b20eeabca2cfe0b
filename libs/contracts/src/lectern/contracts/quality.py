"""The quality presets: the one table of frame sizes, frame rates and encoder settings."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import msgspec

__all__ = [
    "ASPECTS",
    "AUDIO_RATE",
    "QUALITIES",
    "Aspect",
    "Preset",
    "Quality",
    "preset",
]

Quality: TypeAlias = Literal["draft", "standard", "high", "ultra"]
Aspect: TypeAlias = Literal["16:9", "9:16", "1:1"]

QUALITIES: tuple[Quality, ...] = get_args(Quality)
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)

AUDIO_RATE = 48_000  # Hz; every preset's frame is a whole number of samples: 3200, 1600 or 800


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """Frame size in pixels, frames a second, and how footage is encoded.

    `ultrafast` costs about a third of `medium`'s CPU on flat animated pictures; at CRF 20 it is
    visually indistinguishable, and footage is drawn far more often than it is downloaded.
    """

    width: int
    height: int
    fps: int
    encoder_preset: str
    crf: int


_SHORT_EDGE: dict[Quality, tuple[int, int, int, str]] = {
    # short edge in pixels, fps, CRF, x264 preset
    "draft": (480, 15, 23, "ultrafast"),  # to look at while editing: seconds, not minutes
    "standard": (720, 30, 20, "ultrafast"),  # what most people watch in a page
    "high": (1080, 60, 20, "ultrafast"),  # full screen; 60 fps keeps motion smooth
    "ultra": (2160, 60, 20, "ultrafast"),  # 4K displays; four times the pixels of `high`
}


def preset(quality: Quality, aspect: Aspect) -> Preset:
    """The preset for a quality in an aspect. Frame edges are even, as yuv420p needs."""
    short, fps, crf, encoder_preset = _SHORT_EDGE[quality]
    long = round(short * 16 / 9)
    long += long % 2
    width, height = {"16:9": (long, short), "9:16": (short, long), "1:1": (short, short)}[aspect]
    return Preset(width=width, height=height, fps=fps, encoder_preset=encoder_preset, crf=crf)
