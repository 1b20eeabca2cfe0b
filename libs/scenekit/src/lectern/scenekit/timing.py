"""The arithmetic of beats: the frame each ends at, the speed of its animations, and the times of its words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MIN_LENGTH_RATIO = 0.4
"""The shortest an animation may become, as a share of its natural length. Faster motion cannot be followed."""

LEAD_SECONDS = 0.12
"""How long before its word an animation starts: film leads the ear, and what fades in is not seen at once."""

MIN_WAIT_RATIO, MAX_WAIT_RATIO = 0.1, 4.0
"""Bounds for shortening and stretching the waits of plain manim code, before its animations are sped up."""

_SLACK = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Timetable:
    """The start and end of each beat.

    `starts` and `stops` are in seconds from the start of the scene. `ends` are the same ends as `stops` in frames, also
    counted from the start of the scene, so that rounding errors never add up.
    """

    fps: int
    frames: int
    starts: tuple[float, ...]
    stops: tuple[float, ...]
    ends: tuple[int, ...]


def build_timetable(*, fps: int, seconds: float, beats: Sequence[tuple[float, float]]) -> Timetable:
    """Build the timetable of a scene of `seconds` seconds. `beats` are (start, end) in seconds and partition the scene.

    No beats means one beat as long as the scene. The last beat always ends at frame `round(seconds * fps)`.
    Raises ValueError when the scene is shorter than a frame, or when beats overlap or run backwards.
    """
    frames = round(seconds * fps)
    if fps <= 0 or frames <= 0:
        raise ValueError(f"a scene of {seconds:g} s at {fps} frames per second has no frames; give it seconds and fps")
    spans = list(beats) or [(0.0, seconds)]
    stops = [end for _, end in spans[:-1]] + [seconds]
    starts = [0.0, *stops[:-1]]
    for index, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        if stop < start:
            raise ValueError(f"beats[{index}] ends at {stop:g} s, before it starts at {start:g} s")
    ends = [min(round(stop * fps), frames) for stop in stops[:-1]] + [frames]
    return Timetable(fps=fps, frames=frames, starts=tuple(starts), stops=tuple(stops), ends=tuple(ends))


@dataclass(frozen=True, kw_only=True, slots=True)
class BeatPlan:
    """The fit of a beat's animations to its narration.

    The `at()` calls of a beat divide it into runs: `starts[j]` is when run `j` starts (in seconds from the start of
    the beat), `ratios[j]` the factor for its natural lengths (1.0 is natural speed, 0.4 is 2.5 times as fast).
    `overrun` is set when the runs do not fit even at the minimum ratio, and every run was squeezed below it.
    """

    starts: tuple[float, ...]
    ratios: tuple[float, ...]
    overrun: bool

    @property
    def speed(self) -> float:
        """The speed of the fastest run, as a multiple of natural speed."""
        return 1.0 / min(self.ratios)


def plan_beat(*, runs: Sequence[float], anchors: Sequence[float], length: float) -> BeatPlan:
    """Fit `runs` of animation (natural seconds) into a beat of `length` seconds.

    Run `j` starts at `anchors[j - 1]` or later: the time of the word it waits for, in seconds from the start of the
    beat. A run is sped up when the next word, or the end of the beat, comes too soon, but not below
    `MIN_LENGTH_RATIO`. When a word comes so late that there is no time left for what follows it, that starts early by
    just as much as is needed.
    """
    if len(anchors) != len(runs) - 1:
        raise ValueError(f"{len(runs)} runs need {len(runs) - 1} anchors between them, not {len(anchors)}")
    total = sum(runs)
    if total * MIN_LENGTH_RATIO > length + _SLACK:
        ratio = length / total
        starts = [sum(runs[:index]) * ratio for index in range(len(runs))]
        return BeatPlan(starts=tuple(starts), ratios=(ratio,) * len(runs), overrun=True)
    latest = [length - MIN_LENGTH_RATIO * sum(runs[index:]) for index in range(len(runs))]
    held = [0.0, *(min(anchor, latest[index + 1]) for index, anchor in enumerate(anchors)), length]
    position = 0.0
    starts, ratios = [], []
    for index, run in enumerate(runs):
        position = max(position, held[index])
        ratio = 1.0 if run <= 0 else min(1.0, max(MIN_LENGTH_RATIO, (held[index + 1] - position) / run))
        starts.append(position)
        ratios.append(ratio)
        position += run * ratio
    return BeatPlan(starts=tuple(starts), ratios=tuple(ratios), overrun=False)


def plan_waits(*, moving: float, resting: float, length: float) -> float:
    """Return the factor for a scene's waits with which it lasts `length` seconds, for scenes not written for narration.

    `moving` and `resting` are the natural seconds of its animations and its waits; the animations keep their speed.
    The factor stays between `MIN_WAIT_RATIO` and `MAX_WAIT_RATIO`.
    """
    if resting <= 0:
        return 1.0
    return min(MAX_WAIT_RATIO, max(MIN_WAIT_RATIO, (length - moving) / resting))
