"""What a frame of a scene costs, sampled while the scene is measured, and what all its frames will cost together.

Nearly all plays are cheap, and known to be so without looking: only where frames may be dear are a few of them really
drawn, at the size of the footage, and one is profiled to find the line of the author's code that costs most.
"""

from __future__ import annotations

import cProfile
import linecache
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from manim import Mobject, Scene

from .canvas import Canvas
from .findings import Finding, too_dear
from .timing import BeatPlan, Timetable

WORTH_A_LOOK = 0.01
"""Share of the allowed seconds that a play must be likely to cost before frames of it are drawn."""
MAX_LOOKING, FREE_LOOKING = 0.25, 0.03
"""Looking may take up to this share of what measuring took so far, and this many seconds in any case."""
PART_SECONDS, POINT_SECONDS = 25e-6, 1e-6
"""A guess at what drawing takes for each part of a moving thing, and for each of its points; measured on lessons."""
MEGAPIXEL_SECONDS = 0.0025
"""What converting and encoding takes for each million pixels of a frame; measured on lessons."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlayCost:
    """A play's place and its cost in CPU seconds for each frame. `line` is the author's line that costs most of it.

    `redrawn` is set when that line runs in every frame; else it is the line that plays the animation. `lasting` is set
    when the frames after the play cost as much, because something moves by itself.
    """

    beat: int
    run: int
    seconds: float
    per_frame: float
    line: int | None
    redrawn: bool
    lasting: bool


class FrameCosts:
    """Measures plays as they are run, in the measuring pass. `allowed` is what the render may cost, in CPU seconds."""

    def __init__(
        self, *, allowed: float, table: Timetable, source: str, clock: Callable[[], float] = time.process_time
    ):
        self.allowed = allowed
        self.plays: list[PlayCost] = []
        self._table = table
        self._source = source
        self._clock = clock
        self._started = clock()
        self._looking = 0.0
        self._updating = 0.0
        self._updates: list[float] = []
        self._guess = 0.0
        self._drawing: float | None = None
        self._culprit: int | None = None
        self._look_at: float | None = None
        self._next = 0.0
        self._frames = 0.0

    def choose_steps(self, scene: Scene, steps: Sequence[float]) -> Sequence[float]:
        """Begin a play that will be run in these steps (seconds); return them, and one more where a look is needed."""
        length = steps[-1]
        self._frames = length * self._table.fps
        self._updates, self._drawing, self._culprit = [], None, None
        self._guess = guess_drawing(scene.moving_mobjects)
        self._look_at = None
        self._next = length
        if is_updated(scene) or self._is_dear(self._guess):
            if len(steps) == 1:
                steps = [length / 2, length]
            middle = (len(steps) - 1) // 2
            self._look_at, self._next = steps[middle], steps[middle + 1] if middle + 1 < len(steps) else length
        return steps

    def advance(self, scene: Scene, to: float) -> None:
        """Update the scene to `to` seconds of the play, and look at what a frame costs there if it may be dear."""
        self._updates.append(self._time(lambda: scene.update_to_time(to)))
        if to != self._look_at or to >= self._next or not self._is_dear(self._updates[-1] + self._guess):
            return
        if self._looking > FREE_LOOKING + MAX_LOOKING * (self._clock() - self._started - self._looking):
            return
        before = self._clock()
        self._look(scene, to)
        self._looking += self._clock() - before

    def end_play(self, *, beat: int, run: int, seconds: float, line: int | None, lasting: bool) -> None:
        """Record the play. `seconds` is its natural length, `line` the author's line that played it."""
        update = sum(self._updates) / len(self._updates) if self._updates else 0.0
        self._updating += sum(self._updates)
        drawing = self._guess if self._drawing is None else self._drawing
        self.plays.append(
            PlayCost(
                beat=beat,
                run=run,
                seconds=seconds,
                per_frame=update + drawing,
                line=self._culprit or line,
                redrawn=self._culprit is not None,
                lasting=lasting,
            )
        )
        self._updates, self._guess, self._drawing, self._culprit = [], 0.0, None, None

    def foretell(self, plans: Sequence[BeatPlan], megapixels: float) -> tuple[float, list[Finding]]:
        """Foretell the CPU seconds of the whole render, of frames with so many pixels. Report it if it is too dear.

        The render measures once more, builds everything a second time, and then draws each frame.
        """
        measuring = self._clock() - self._started - self._looking
        frames = self._table.frames * megapixels * MEGAPIXEL_SECONDS
        by_line: dict[tuple[int | None, bool], float] = defaultdict(float)
        slowest: dict[tuple[int | None, bool], float] = defaultdict(float)
        for play, count in zip(self.plays, count_frames(self.plays, plans, self._table), strict=True):
            by_line[play.line, play.redrawn] += count * play.per_frame
            slowest[play.line, play.redrawn] = max(slowest[play.line, play.redrawn], play.per_frame)
        drawing = sum(by_line.values())
        foretold = 2 * measuring - self._updating + frames + drawing
        if foretold <= self.allowed or not by_line:
            return foretold, []
        worst = max(by_line, key=lambda place: by_line[place])
        line, redrawn = worst
        finding = too_dear(
            foretold=foretold,
            allowed=self.allowed,
            share=by_line[worst] / foretold,
            frame=slowest[worst],
            line=line,
            code=linecache.getline(self._source, line).strip() if line else "",
            redrawn=redrawn,
        )
        return foretold, [finding]

    def _is_dear(self, frame: float) -> bool:
        return frame * self._frames > WORTH_A_LOOK * self.allowed

    def _look(self, scene: Scene, to: float) -> None:
        """Draw two frames, of which the second is timed, and profile a third."""
        step = (self._next - to) / 3
        canvas = Canvas(scene.renderer.camera)
        canvas.begin(scene.static_mobjects)
        first = self._time(lambda: canvas.draw(scene.moving_mobjects))
        self._updates.append(self._time(lambda: scene.update_to_time(to + step)))
        self._drawing = min(first, self._time(lambda: canvas.draw(scene.moving_mobjects)))
        profile = cProfile.Profile(self._clock)
        profile.enable()
        try:
            scene.update_to_time(to + 2 * step)
        finally:
            profile.disable()
        update = sum(self._updates) / len(self._updates)
        if update > self._drawing:
            self._culprit = find_dearest_line(profile, self._source)

    def _time(self, work: Callable[[], Any]) -> float:
        before = self._clock()
        work()
        return self._clock() - before


def count_frames(plays: Sequence[PlayCost], plans: Sequence[BeatPlan], table: Timetable) -> list[float]:
    """Count the frames of each play as planned. What is left of a beat belongs to its last play, if that is lasting."""
    counts = []
    for play in plays:
        ratios = plans[play.beat].ratios
        counts.append(play.seconds * ratios[min(play.run, len(ratios) - 1)] * table.fps)
    for beat, (start, stop) in enumerate(zip(table.starts, table.stops, strict=True)):
        own = [index for index, play in enumerate(plays) if play.beat == beat]
        left = (stop - start) * table.fps - sum(counts[index] for index in own)
        if own and left > 0 and plays[own[-1]].lasting:
            counts[own[-1]] += left
    return counts


def guess_drawing(moving: Sequence[Mobject]) -> float:
    """Guess the CPU seconds that drawing these things takes in each frame, from their parts and points."""
    parts = points = 0
    for each in moving:
        for part in each.get_family():
            parts += 1
            points += len(part.points)
    return parts * PART_SECONDS + points * POINT_SECONDS


def is_updated(scene: Scene) -> bool:
    """Return whether a function of the author's, or of the kit, runs in every frame."""
    return bool(scene.updaters) or any(part.updaters for each in scene.moving_mobjects for part in each.get_family())


def find_dearest_line(profile: cProfile.Profile, source: str) -> int | None:
    """Find the line where the author's innermost function begins that takes most of the profiled time."""
    own = [
        (entry.totaltime, entry.code.co_firstlineno)
        for entry in profile.getstats()
        if not isinstance(entry.code, str) and entry.code.co_filename == source
    ]
    if not own:
        return None
    most = max(total for total, _ in own)
    return min((total, line) for total, line in own if total >= 0.8 * most)[1]
