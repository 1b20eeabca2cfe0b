"""Who decides how long things take: two passes over the same scene code.

The measuring pass plays everything at natural length and notes it per beat; the filming pass asks for each play how
many frames it gets. Scene code cannot tell them apart.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import findings as wrong
from .findings import Finding
from .timing import FLOOR, BeatPlan, Timetable, plan_beat, rest_ratio
from .words import find


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokenWord:
    """A word of the narration: when it starts (seconds from the start of the scene) and its beat, counted from 0."""

    text: str
    start: float
    beat: int


@dataclass(kw_only=True)
class BeatMeasure:
    """What the measuring pass noted of one beat: natural seconds of each run between `at()` calls, and the words'
    times in seconds from the start of the beat. Waits right before a word or the end are holds and not counted."""

    runs: list[float] = field(default_factory=lambda: [0.0])
    anchors: list[float] = field(default_factory=list)
    waiting: float = 0.0
    moving: float = 0.0
    resting: float = 0.0
    plays: int = 0
    line: int | None = None

    def add(self, seconds: float, *, wait: bool) -> None:
        if wait:
            self.waiting += seconds
            self.resting += seconds
            return
        self.moving += seconds
        self.plays += 1
        self.runs[-1] += self.waiting + seconds
        self.waiting = 0.0

    def cut(self, anchor: float) -> None:
        self.runs.append(0.0)
        self.anchors.append(anchor)
        self.waiting = 0.0


class Director:
    """Follows the scene through its beats. Plays outside any beat belong to the next beat, or to the last one."""

    def __init__(self, table: Timetable, *, words: Sequence[SpokenWord], texts: Sequence[str], source: str) -> None:
        self.table = table
        self.source = source
        self.texts = tuple(texts)
        self.spoken = [[word for word in words if word.beat == index] for index in range(len(table.ends))]
        self.entered = 0
        self.open = False
        self.heard = 0

    @property
    def last(self) -> int:
        return len(self.table.ends) - 1

    @property
    def beat(self) -> int:
        """The beat that plays belong to now, counted from 0."""
        return min(self.entered - 1 if self.open else self.entered, self.last)

    def enter(self) -> None:
        """A `with self.beat():` begins. Raises RuntimeError inside another one."""
        if self.open:
            raise RuntimeError(
                "self.beat() inside another beat: end the first `with self.beat():` block before the next"
            )
        self.entered += 1
        self.open = True
        self.heard = 0

    def leave(self) -> None:
        self.open = False

    def word_time(self, word: str) -> float | None:
        """When `word` is spoken in this beat, in seconds from the start of the scene."""
        spoken = self.spoken[self.beat]
        index = find(word, [each.text for each in spoken], after=self.heard)
        if index is None:
            return None
        self.heard = index + 1
        return spoken[index].start

    def author_line(self) -> int | None:
        """The line of the author's code that is running now."""
        frame = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self.source:
                return frame.f_lineno
            frame = frame.f_back  # type: ignore[assignment]
        return None


class Measuring(Director):
    """The first pass: everything at natural length, nothing drawn. `plain` code has no beats: it is one."""

    def __init__(
        self,
        table: Timetable,
        *,
        words: Sequence[SpokenWord],
        texts: Sequence[str],
        source: str,
        plain: bool = False,
    ) -> None:
        super().__init__(table, words=words, texts=texts, source=source)
        self.plain = plain
        self.measures = [BeatMeasure() for _ in table.ends]
        self.lengths: list[float] = []
        self.findings: list[Finding] = []

    def enter(self) -> None:
        super().enter()
        if self.measures[self.beat].line is None:
            self.measures[self.beat].line = self.author_line()

    def played(self, seconds: float, *, wait: bool) -> None:
        self.lengths.append(float(seconds))
        self.measures[self.beat].add(float(seconds), wait=wait)

    def at(self, word: str) -> None:
        time = self.word_time(word)
        if time is None:
            text = self.texts[self.beat] if self.beat < len(self.texts) else ""
            self.findings.append(wrong.word_missing(beat=self.beat + 1, word=word, text=text, line=self.author_line()))
            return
        self.measures[self.beat].cut(max(0.0, time - self.table.starts[self.beat]))

    @property
    def rest(self) -> float:
        """What waits are multiplied by: one, but for plain code, whose waits are not in step with this narration."""
        if not self.plain:
            return 1.0
        whole = self.measures[0]
        return rest_ratio(moving=whole.moving, resting=whole.resting, length=self.table.stops[-1])

    def plans(self, *, floor: float = FLOOR) -> list[BeatPlan]:
        """What the filming pass will do with each beat."""
        if self.plain:
            runs = [self.measures[0].moving + self.measures[0].resting * self.rest]
            return [plan_beat(runs=runs, anchors=[], length=self.table.stops[-1], floor=floor)]
        lengths = [stop - start for start, stop in zip(self.table.starts, self.table.stops, strict=True)]
        return [
            plan_beat(runs=measure.runs, anchors=measure.anchors, length=length, floor=floor)
            for measure, length in zip(self.measures, lengths, strict=True)
        ]

    def all_findings(self, plans: Sequence[BeatPlan], *, beats_expected: bool) -> list[Finding]:
        """Beats that are missing or do not fit, and words that are not spoken."""
        found = list(self.findings)
        if beats_expected and self.entered != len(self.table.ends):
            found.append(wrong.beat_missing(script=len(self.table.ends), code=self.entered))
        for index, (measure, plan) in enumerate(zip(self.measures, plans, strict=True)):
            if plan.overrun:
                allotted = self.table.stops[index] - self.table.starts[index]
                found.append(
                    wrong.beat_overrun(
                        beat=index + 1, measured=sum(measure.runs), allotted=allotted, floor=FLOOR, line=measure.line
                    )
                )
        return found


class Filming(Director):
    """The second pass: says how many frames each play, wait and hold is given, and never gives one too many."""

    def __init__(self, measuring: Measuring, plans: Sequence[BeatPlan]) -> None:
        super().__init__(measuring.table, words=[], texts=measuring.texts, source=measuring.source)
        self.spoken = measuring.spoken
        self.plan = tuple(plans)
        self.lengths = measuring.lengths
        self.rest = measuring.rest
        self.plays = 0
        self.written = 0
        self.position = 0.0
        self.run = 0

    def natural_length(self, fallback: float) -> float:
        """What the measuring pass saw this play last: a stop condition may have ended it early."""
        self.plays += 1
        return self.lengths[self.plays - 1] if self.plays <= len(self.lengths) else fallback

    def frames_for(self, seconds: float, *, wait: bool) -> int:
        """Frames of a play of natural length `seconds`."""
        beat = self.beat
        plan = self.plan[beat]
        run = min(self.run, len(plan.ratios) - 1)
        target = self.position + seconds * plan.ratios[run] * (self.rest if wait else 1.0)
        if wait:
            start = self.table.starts[beat]
            over = start + plan.starts[run + 1] if run + 1 < len(plan.starts) else self.table.stops[beat]
            target = max(self.position, min(target, over))
        return self._until(target)

    def frames_at(self, word: str) -> int:
        """Frames to hold until `word` is spoken."""
        if self.word_time(word) is None:
            return 0
        self.run += 1
        plan = self.plan[self.beat]
        if self.run >= len(plan.starts):
            return 0
        return self._until(max(self.position, self.table.starts[self.beat] + plan.starts[self.run]))

    def frames_to_leave(self) -> int:
        """Frames to hold at the end of a beat. The last beat is held only when the scene is over."""
        if self.entered > self.last:
            return 0
        return self._until(self.table.stops[self.entered - 1])

    def leave(self) -> None:
        super().leave()
        if self.entered <= self.last:
            self.position = self.table.stops[self.entered - 1]
            self.run = 0

    def frames_left(self) -> int:
        """Frames to hold when the scene's code is over."""
        left = self.table.frames - self.written
        self.written = self.table.frames
        return left

    def _until(self, target: float) -> int:
        beat = self.beat
        self.position = min(target, self.table.stops[beat])
        frame = min(round(self.position * self.table.fps), self.table.ends[beat])
        if self.position >= self.table.stops[beat]:
            frame = self.table.ends[beat]
        count = max(0, frame - self.written)
        self.written += count
        return count
