"""The picture that stands for a video: of frames near the scenes' ends, the one with the most to see."""

from __future__ import annotations

from pathlib import Path

from lectern.composer.materials import Materials, footage_name
from lectern.composer.timeline import Span, Timeline
from lectern.media.ffmpeg import run_ffmpeg
from lectern.media.stills import Shot, stills_args

LONGEST_EDGE = 1280  # pixels
CANDIDATES = 12  # scenes looked at: the longest ones
SETTLED = 0.5  # seconds before a scene's end by which its last animation is usually over
PATIENCE = 60.0


async def thumbnail(materials: Materials) -> Path:
    """A JPEG. Detail is measured by the bytes it takes to write: an empty or half-faded frame takes fewer."""
    chosen = shots(materials.timeline)
    args = stills_args(chosen, longest_edge=LONGEST_EDGE)
    await run_ffmpeg(args, timeout=PATIENCE, cwd=materials.folder)
    stills = [materials.folder / shot.still for shot in chosen]
    return max(stills, key=lambda still: still.stat().st_size)


def shots(timeline: Timeline) -> list[Shot]:
    """The frames to look at, one a scene."""
    longest = sorted(timeline.spans, key=lambda span: -span.frames)[:CANDIDATES]
    return [
        Shot(
            name=footage_name(span.number),
            seconds=_settled(span, timeline.fps),
            still=f"still-{span.number:03d}.jpg",
        )
        for span in sorted(longest, key=lambda span: span.number)
    ]


def _settled(span: Span, fps: int) -> str:
    """A whole second near the end, where footage has a key frame and nothing must be decoded before it.

    A scene too short to have one after its start gives the frame in its middle.
    """
    second = int((span.frames / fps) - SETTLED)
    if second >= 1:
        return str(second)
    return f"{max(0.0, (span.frames // 2 - 0.5) / fps):.6f}"
