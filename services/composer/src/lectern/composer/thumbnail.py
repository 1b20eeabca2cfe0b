"""The video's thumbnail: of frames near the ends of scenes, the one with the most detail."""

from __future__ import annotations

from pathlib import Path

from lectern.composer.inputs import VideoInputs, footage_name
from lectern.composer.timeline import SceneSpan, VideoTimeline
from lectern.media import Shot, build_stills_command, run_ffmpeg

LONGEST_EDGE = 1280  # pixels
MAX_CANDIDATES = 12  # scenes, the longest ones
SETTLED_SECONDS = 0.5  # before a scene's end, when its last animation is usually over
STILLS_TIMEOUT_SECONDS = 60.0


async def choose_thumbnail(inputs: VideoInputs) -> Path:
    """Returns the JPEG with the most detail, measured in bytes: an empty or half-faded frame takes fewer."""
    candidates = choose_shots(inputs.timeline)
    command = build_stills_command(candidates, longest_edge=LONGEST_EDGE)
    await run_ffmpeg(command, folder=inputs.folder, timeout=STILLS_TIMEOUT_SECONDS)
    stills = [inputs.folder / shot.still for shot in candidates]
    return max(stills, key=lambda still: still.stat().st_size)


def choose_shots(timeline: VideoTimeline) -> list[Shot]:
    """Chooses one frame of each of the longest scenes, in the order of the video."""
    longest = sorted(timeline.spans, key=lambda span: -span.frames)[:MAX_CANDIDATES]
    return [
        Shot(
            name=footage_name(span.number),
            seconds=_settled_second(span, timeline.fps),
            still=f"still-{span.number:03d}.jpg",
        )
        for span in sorted(longest, key=lambda span: span.number)
    ]


def _settled_second(span: SceneSpan, fps: int) -> str:
    """Returns a whole second near the end, where footage has a key frame and decoding starts at once.

    For a scene too short to have one after its start, return the time of the frame in its middle.
    """
    second = int((span.frames / fps) - SETTLED_SECONDS)
    if second >= 1:
        return str(second)
    return f"{max(0.0, (span.frames // 2 - 0.5) / fps):.6f}"
