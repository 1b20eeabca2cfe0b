"""Builds a render job's settings and limits from the scene's narration and the video's options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from lectern.contracts.narration import Narration
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import Preset, preset
from lectern.renderer.pool import JobLimits
from lectern.renderer.surround import describe_brand

RENDERER_VERSION = 5  # part of every footage key: raise it when the same code would look different

_SECONDS_PER_MEGAPIXEL_FRAME = 0.15  # ten times what our lessons take on one busy core
_BASE_CPU_SECONDS, _MAX_CPU_SECONDS = 60.0, 1800.0
_FORETELLING_ERROR = 1.5  # dear scenes were foretold at 0.8 to 1.2 times what they took (bench/frame_costs.py)
_STARVED_FACTOR = 20  # a machine that gives a scene less than this part of a core is too busy for it
_MAX_WALL_SECONDS = 4 * 3600.0  # a slot that is held for longer serves nobody
_IDLE_SECONDS = 60.0  # a scene waits for nothing but formulas, which take at most ten seconds each
_GIB = 1024**3


def count_frames(seconds: float, fps: int) -> int:
    """Returns how many frames the footage of a narration has: always exactly this many."""
    return round(seconds * fps)


def build_job_settings(
    narration: Narration,
    options: VideoOptions,
    mode: Literal["render", "measure"],
    surround: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Builds the content of `job.json`. The code decides the seed, so the same scene always looks the same.

    `surround` is what the film has around its scenes; by default the brand's colours and font alone.
    """
    frame = preset(options.quality, options.aspect)
    allowed = {"allowed_seconds": allow_computing(narration.seconds, frame)} if mode == "measure" else {}
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
        "surround": dict(describe_brand(options) if surround is None else surround),
        "encoder": {"preset": frame.encoder_preset, "crf": frame.crf, "threads": 1},
        "tex": "broker",
        **allowed,
    }


def allow_computing(seconds: float, frame: Preset) -> float:
    """Returns the CPU seconds that rendering may be foretold to take, growing with frames and pixels.

    `seconds` is the length of the narration.
    """
    megapixels = frame.width * frame.height / 1e6
    return min(_MAX_CPU_SECONDS, _BASE_CPU_SECONDS + _SECONDS_PER_MEGAPIXEL_FRAME * seconds * frame.fps * megapixels)


def build_render_limits(seconds: float, frame: Preset) -> JobLimits:
    """Builds limits that grow with the footage: computing with frames and pixels, memory and file size with pixels.

    `seconds` is the length of the narration. What preflight let through may take half as long again as foretold.
    """
    megapixels = frame.width * frame.height / 1e6
    cpu = _FORETELLING_ERROR * allow_computing(seconds, frame)
    return JobLimits(
        cpu_seconds=cpu,
        idle_seconds=_IDLE_SECONDS,
        wall_seconds=min(_STARVED_FACTOR * cpu, _MAX_WALL_SECONDS),
        memory_bytes=(2 if megapixels < 3 else 4) * _GIB,
        output_bytes=(256 if megapixels < 3 else 1024) * 1024**2,
    )
