"""The video's poster: its first picture while the question stands on it, where that has most to see.

A film without cards has no such picture: of frames near the ends of its scenes, it is the one with the most detail.
"""

from __future__ import annotations

from pathlib import Path

from lectern.composer.derived_files import choose_second
from lectern.composer.inputs import VideoInputs, footage_name
from lectern.composer.timeline import VideoTimeline
from lectern.media import Shot, build_stills_command, run_ffmpeg

LONGEST_EDGE = 1280  # pixels
MAX_CANDIDATES = 12  # scenes, the longest ones
STILLS_TIMEOUT_SECONDS = 60.0
OPENING_MOMENTS = (0.0, 0.5, 1.0, 1.5, 2.0)  # seconds; the question is there in full until 2.6
OPENING_SHARE = 0.4  # of a short first scene; there the question goes sooner


async def choose_thumbnail(inputs: VideoInputs, *, cards: bool) -> Path:
    """Returns the JPEG with the most detail, measured in bytes: an empty or half-faded frame takes fewer."""
    candidates = choose_opening_shots(inputs.timeline) if cards else choose_shots(inputs.timeline)
    command = build_stills_command(candidates, longest_edge=LONGEST_EDGE)
    await run_ffmpeg(command, folder=inputs.folder, timeout=STILLS_TIMEOUT_SECONDS)
    stills = [inputs.folder / shot.still for shot in candidates]
    return max(stills, key=lambda still: still.stat().st_size)


def choose_opening_shots(timeline: VideoTimeline) -> list[Shot]:
    """Chooses frames of the first scene that show the film's question in full."""
    first = timeline.spans[0]
    latest = OPENING_SHARE * first.frames / timeline.fps
    return [
        Shot(name=footage_name(first.number), seconds=f"{moment:.3f}", still=f"still-{place:03d}.jpg")
        for place, moment in enumerate(OPENING_MOMENTS)
        if moment <= latest
    ]


def choose_shots(timeline: VideoTimeline) -> list[Shot]:
    """Chooses one frame of each of the longest scenes, in the order of the video."""
    longest = sorted(timeline.spans, key=lambda span: -span.frames)[:MAX_CANDIDATES]
    return [
        Shot(
            name=footage_name(span.number),
            seconds=choose_second(span.frames, timeline.fps),
            still=f"still-{span.number:03d}.jpg",
        )
        for span in sorted(longest, key=lambda span: span.number)
    ]
