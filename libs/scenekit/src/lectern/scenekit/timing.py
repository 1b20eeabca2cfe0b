"""Beat arithmetic: which frame ends a beat, how fast its animations must play, and when a word is waited for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FLOOR = 0.4
"""The shortest an animation may become, as a share of its natural length. Past this motion cannot be followed."""

SHORTEST_REST, LONGEST_REST = 0.1, 4.0
"""How far the waits of plain manim code are shortened or stretched, before its animations are touched."""

_SLACK = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Timetable:
    """When each beat starts and ends, in seconds from the start of the scene, and in frames.

    `ends[i]` is the number of the frame at which beat `i` is over, absolute, so rounding never adds up.
    """

    fps: int
    frames: int
    starts: tuple[float, ...]
    stops: tuple[float, ...]
    ends: tuple[int, ...]


def timetable(*, fps: int, seconds: float, beats: Sequence[tuple[float, float]]) -> Timetable:
    """The timetable of a scene of `seconds` seconds. `beats` are (start, end) in seconds and partition [0, seconds].

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
    """How a beat's animations meet its narration.

    A beat is cut into runs by its `at()` calls: `starts[j]` is when run `j` starts (seconds from the start of the
    beat), `ratios[j]` what its natural lengths are multiplied by (1.0 is natural speed, 0.4 is 2.5 times as fast).
    `overrun` is set when even the floor does not fit, and every run was squeezed past it.
    """

    starts: tuple[float, ...]
    ratios: tuple[float, ...]
    overrun: bool

    @property
    def speed(self) -> float:
        """How many times faster than natural the fastest run plays."""
        return 1.0 / min(self.ratios)


def plan_beat(*, runs: Sequence[float], anchors: Sequence[float], length: float, floor: float = FLOOR) -> BeatPlan:
    """Fits `runs` of animation (natural seconds) into a beat of `length` seconds.

    Run `j` starts at `anchors[j - 1]` or later (seconds from the start of the beat; the word it waits for). A run is
    sped up when the next word, or the end of the beat, comes too soon; never past `floor`. A word so late that what
    follows it could not be shown any more is anticipated by just as much as is needed.
    """
    if len(anchors) != len(runs) - 1:
        raise ValueError(f"{len(runs)} runs have {len(runs) - 1} anchors between them, not {len(anchors)}")
    total = sum(runs)
    if total * floor > length + _SLACK:
        ratio = length / total
        starts = [sum(runs[:index]) * ratio for index in range(len(runs))]
        return BeatPlan(starts=tuple(starts), ratios=(ratio,) * len(runs), overrun=True)
    latest = [length - floor * sum(runs[index:]) for index in range(len(runs))]
    held = [0.0, *(min(anchor, latest[index + 1]) for index, anchor in enumerate(anchors)), length]
    position = 0.0
    starts, ratios = [], []
    for index, run in enumerate(runs):
        position = max(position, held[index])
        ratio = 1.0 if run <= 0 else min(1.0, max(floor, (held[index + 1] - position) / run))
        starts.append(position)
        ratios.append(ratio)
        position += run * ratio
    return BeatPlan(starts=tuple(starts), ratios=tuple(ratios), overrun=False)


def rest_ratio(*, moving: float, resting: float, length: float) -> float:
    """What the waits of a scene (`resting` seconds) are multiplied by so that it lasts `length` with its `moving`
    seconds at natural speed, within bounds. For scenes that were not written for a narration."""
    if resting <= 0:
        return 1.0
    return min(LONGEST_REST, max(SHORTEST_REST, (length - moving) / resting))
