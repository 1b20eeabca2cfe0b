"""What a scene's code is told and allowed: the job settings made from its narration and options, and its limits."""

from __future__ import annotations

import zlib
from typing import Any, Literal

import msgspec

from lectern.contracts.narration import Narration
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import Preset, preset
from lectern.renderer.pool import Limits

RENDERER_VERSION = 1  # part of every footage key: raise it when the same code would draw another picture

_SECONDS_PER_MEGAPIXEL_FRAME = 0.15  # ten times what our lessons take on one busy core
_LEAST, _MOST = 60.0, 1800.0
_GIB = 1024**3


def expected_frames(seconds: float, fps: int) -> int:
    """The law: footage has exactly this many frames."""
    return round(seconds * fps)


def job_settings(narration: Narration, options: VideoOptions, mode: Literal["render", "measure"]) -> dict[str, Any]:
    """The content of `job.json`. The seed comes from the text, so the same scene always looks the same."""
    frame = preset(options.quality, options.aspect)
    return {
        "mode": mode,
        "scene_class": None,
        "width": frame.width,
        "height": frame.height,
        "fps": frame.fps,
        "seconds": narration.seconds,
        "beats": msgspec.to_builtins(narration.beats),
        "words": msgspec.to_builtins(narration.words),
        "theme": options.theme,
        "seed": zlib.crc32("".join(beat.text for beat in narration.beats).encode()),
        "encoder": {"preset": frame.encoder_preset, "crf": frame.crf, "threads": 1},
        "tex": "broker",
    }


def render_limits(seconds: float, frame: Preset, factor: float = 1.0) -> Limits:
    """Limits that grow with the picture: time with frames times pixels, memory and file size with pixels."""
    megapixels = frame.width * frame.height / 1e6
    wall = _LEAST + _SECONDS_PER_MEGAPIXEL_FRAME * seconds * frame.fps * megapixels
    wall = min(_MOST, wall) * factor
    return Limits(
        wall_seconds=wall,
        cpu_seconds=wall,
        memory_bytes=(2 if megapixels < 3 else 4) * _GIB,
        output_bytes=(256 if megapixels < 3 else 1024) * 1024**2,
    )
