"""The directors: they decide how long things take, in two passes over the same scene code.

The measuring pass plays everything at natural length and records it per beat; the filming pass grants each play,
wait and hold its frames. Scene code cannot tell the passes apart.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .findings import Finding, beat_missing, beat_overrun, word_missing
from .spoken_words import find_phrase
from .timing import LEAD_SECONDS, MIN_LENGTH_RATIO, BeatPlan, Timetable, plan_beat, plan_waits


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokenWord:
    """A word of the narration, its times in seconds from the start of the scene, and its beat, counted from 0."""

    text: str
    start: float
    beat: int
    end: float = 0.0


@dataclass(kw_only=True)
class MeasuredBeat:
    """A beat as the measuring pass saw it.

    `runs` are the natural seconds of animation between `at()` calls, `anchors` the words' times in seconds from the
    start of the beat. A wait just before a word or the end of the beat is a hold, and is not part of a run. `moving`
    and `resting` are the seconds of all animations and of all waits; `line` is where the beat begins in the source.
    """

    runs: list[float] = field(default_factory=lambda: [0.0])
    anchors: list[float] = field(default_factory=list)
    waiting: float = 0.0
    moving: float = 0.0
    resting: float = 0.0
    plays: int = 0
    line: int | None = None

    def add(self, seconds: float, *, wait: bool) -> None:
        """Add a play, or a wait, to the current run."""
        if wait:
            self.waiting += seconds
            self.resting += seconds
            return
        self.moving += seconds
        self.plays += 1
        self.runs[-1] += self.waiting + seconds
        self.waiting = 0.0

    def start_run(self, anchor: float) -> None:
        """Start the next run at `anchor`."""
        self.runs.append(0.0)
        self.anchors.append(anchor)
        self.waiting = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What scene code did, in order: it entered or left a beat, waited for a word or the pause, played or waited.

    The last may be an exit: what is not carried leaves.

    `seconds` is a play's natural length. `alive` is set when something moves by itself meanwhile. `line` is the
    author's, from 1.
    """

    kind: Literal["enter", "leave", "word", "pause", "play", "wait", "exit"]
    seconds: float = 0.0
    word: str = ""
    alive: bool = False
    line: int | None = None


class Director:
    """Follows the scene through its beats. Plays outside any beat belong to the next beat, or to the last one."""

    def __init__(self, table: Timetable, *, words: Sequence[SpokenWord], texts: Sequence[str], source: str) -> None:
        self.table = table
        self.source = source
        self.texts = tuple(texts)
        self.words_by_beat = [[word for word in words if word.beat == index] for index in range(len(table.ends))]
        self.beats_entered = 0
        self.in_beat = False
        self.words_heard = 0

    @property
    def last_beat(self) -> int:
        """The last beat of the script, counted from 0."""
        return len(self.table.ends) - 1

    @property
    def beat(self) -> int:
        """The beat that plays belong to now, counted from 0."""
        return min(self.beats_entered - 1 if self.in_beat else self.beats_entered, self.last_beat)

    def enter_beat(self) -> None:
        """Begin a `with self.beat():` block. Raises RuntimeError inside another one."""
        if self.in_beat:
            raise RuntimeError(
                "self.beat() inside another beat: end the first `with self.beat():` block before the next"
            )
        self.beats_entered += 1
        self.in_beat = True
        self.words_heard = 0

    def leave_beat(self) -> None:
        """End the block."""
        self.in_beat = False

    def hear_word(self, word: str) -> float | None:
        """Listen for `word` in this beat; return when it is spoken, in seconds from the start of the scene.

        The next search starts after it. None when the beat does not contain the word.
        """
        spoken = self.words_by_beat[self.beat]
        index = find_phrase(word, [each.text for each in spoken], after=self.words_heard)
        if index is None:
            return None
        self.words_heard = index + 1
        return spoken[index].start

    def listen_ahead(self) -> tuple[list[str], int]:
        """Return the words of this beat, and the index of the first one that nobody has waited for yet."""
        return [each.text for each in self.words_by_beat[self.beat]], self.words_heard

    def hear_pause(self) -> float | None:
        """Return when the last word of this beat has been spoken, in seconds from the start of the scene."""
        spoken = self.words_by_beat[self.beat]
        self.words_heard = len(spoken)
        return max(spoken[-1].start, spoken[-1].end) if spoken else None

    def note(self, finding: Finding) -> None:
        """Note a finding that the scene's code has brought about; only the measuring pass keeps it."""

    def author_line(self) -> int | None:
        """Return the line of the author's code that is running now."""
        frame = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self.source:
                return frame.f_lineno
            frame = frame.f_back  # type: ignore[assignment]
        return None


class Measuring(Director):
    """The first pass: everything at natural length, nothing drawn. `plain` code does not use beats: it is one beat."""

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
        self.measures = [MeasuredBeat() for _ in table.ends]
        self.lengths: list[float] = []
        self.steps: list[Step] = []
        self.noted: list[Finding] = []
        self.ending: list[list[dict[str, Any]]] = []

    @property
    def plays(self) -> int:
        """The plays and waits so far."""
        return len(self.lengths)

    def line_of(self, play: int) -> int | None:
        """Return the author's line of a play or wait, counted from 1."""
        lines = [each.line for each in self.steps if each.kind in ("play", "wait", "exit")]
        return lines[play - 1] if 0 < play <= len(lines) else None

    def enter_beat(self) -> None:
        super().enter_beat()
        self.steps.append(Step(kind="enter"))
        if self.measures[self.beat].line is None:
            self.measures[self.beat].line = self.author_line()

    def note(self, finding: Finding) -> None:
        self.noted.append(replace(finding, beat=self.beat + 1, line=self.author_line()))

    def record_hold(self, kind: Literal["leave", "word", "pause"], *, word: str = "", alive: bool = False) -> None:
        """Record that the picture is held until a word is spoken, or until the words or the beat end."""
        self.steps.append(Step(kind=kind, word=word, alive=alive))

    def record_play(self, seconds: float, *, wait: bool, alive: bool = False) -> None:
        """Record a play, or a wait, of natural length `seconds`; `alive` when something moves by itself meanwhile."""
        kind: Literal["wait", "play"] = "wait" if wait else "play"
        self.steps.append(Step(kind=kind, seconds=float(seconds), alive=alive, line=self.author_line()))
        self.lengths.append(float(seconds))
        self.measures[self.beat].add(float(seconds), wait=wait)

    def record_word(self, word: str) -> None:
        """Record that what follows starts when `word` is spoken."""
        time = self.hear_word(word)
        if time is None:
            text = self.texts[self.beat] if self.beat < len(self.texts) else ""
            finding = word_missing(beat=self.beat + 1, word=word, text=text, line=self.author_line())
            self.noted.append(finding)
            return
        self.measures[self.beat].start_run(max(0.0, time - LEAD_SECONDS - self.table.starts[self.beat]))

    def record_pause(self) -> None:
        """Record that what follows starts when the beat's last word has been spoken."""
        time = self.hear_pause()
        if time is not None:
            self.measures[self.beat].start_run(max(0.0, time - self.table.starts[self.beat]))

    def record_exit(self, seconds: float, rest: float, *, alive: bool) -> None:
        """Record that things leave in the last `seconds` of the scene but `rest`, in which the picture rests."""
        beat = self.beat
        self.measures[beat].start_run(max(0.0, self.table.stops[beat] - self.table.starts[beat] - seconds - rest))
        self.steps.append(Step(kind="exit", seconds=seconds, alive=alive))
        self.lengths.append(seconds)
        self.measures[beat].add(seconds, wait=False)

    @property
    def wait_ratio(self) -> float:
        """The factor for the length of waits: 1 except for plain code, whose waits were not made for a narration."""
        if not self.plain:
            return 1.0
        whole = self.measures[0]
        return plan_waits(moving=whole.moving, resting=whole.resting, length=self.table.stops[-1])

    def plan_beats(self) -> list[BeatPlan]:
        """Plan what the filming pass will do with each beat."""
        if self.plain:
            runs = [self.measures[0].moving + self.measures[0].resting * self.wait_ratio]
            return [plan_beat(runs=runs, anchors=[], length=self.table.stops[-1])]
        lengths = [stop - start for start, stop in zip(self.table.starts, self.table.stops, strict=True)]
        return [
            plan_beat(runs=measure.runs, anchors=measure.anchors, length=length)
            for measure, length in zip(self.measures, lengths, strict=True)
        ]

    def collect_findings(self, plans: Sequence[BeatPlan], *, beats_expected: bool) -> list[Finding]:
        """Collect what was noted on the way, and the beats that are missing or do not fit."""
        found = list(self.noted)
        if beats_expected and self.beats_entered != len(self.table.ends):
            found.append(beat_missing(script=len(self.table.ends), code=self.beats_entered))
        for index, (measure, plan) in enumerate(zip(self.measures, plans, strict=True)):
            if plan.overrun:
                measured = sum(measure.runs)
                allotted = self.table.stops[index] - self.table.starts[index]
                found.append(
                    beat_overrun(
                        beat=index + 1,
                        measured=measured,
                        allotted=allotted,
                        floor=MIN_LENGTH_RATIO,
                        line=measure.line,
                    )
                )
        return found


class Filming(Director):
    """The second pass: grants each play, wait and hold its frames, and never one too many."""

    def __init__(self, measuring: Measuring, plans: Sequence[BeatPlan]) -> None:
        super().__init__(measuring.table, words=[], texts=measuring.texts, source=measuring.source)
        self.words_by_beat = measuring.words_by_beat
        self.plans = tuple(plans)
        self.lengths = measuring.lengths
        self.wait_ratio = measuring.wait_ratio
        self.ending = measuring.ending
        self.plays = 0
        self.frames_granted = 0
        self.position = 0.0
        self.run = 0

    def next_length(self, fallback: float) -> float:
        """Take the next play's length in seconds from the measuring pass, where a stop condition may have ended it."""
        self.plays += 1
        return self.lengths[self.plays - 1] if self.plays <= len(self.lengths) else fallback

    def grant_play(self, seconds: float, *, wait: bool) -> int:
        """Grant the frames of a play, or a wait, of natural length `seconds`."""
        beat = self.beat
        plan = self.plans[beat]
        run = min(self.run, len(plan.ratios) - 1)
        target = self.position + seconds * plan.ratios[run] * (self.wait_ratio if wait else 1.0)
        if wait:
            start = self.table.starts[beat]
            over = start + plan.starts[run + 1] if run + 1 < len(plan.starts) else self.table.stops[beat]
            target = max(self.position, min(target, over))
        return self._grant_until(target)

    def grant_until_word(self, word: str) -> int:
        """Grant the frames of a hold that lasts until `word` is spoken."""
        return 0 if self.hear_word(word) is None else self._grant_next_run()

    def grant_until_pause(self) -> int:
        """Grant the frames of a hold that lasts until the beat's last word has been spoken."""
        return 0 if self.hear_pause() is None else self._grant_next_run()

    def _grant_next_run(self) -> int:
        self.run += 1
        plan = self.plans[self.beat]
        if self.run >= len(plan.starts):
            return 0
        return self._grant_until(max(self.position, self.table.starts[self.beat] + plan.starts[self.run]))

    def grant_until_exit(self) -> int:
        """Grant the frames of the hold before things leave at the end of the scene."""
        self.run += 1
        plan = self.plans[self.beat]
        if self.run >= len(plan.starts):
            return 0
        return self._grant_until(max(self.position, self.table.starts[self.beat] + plan.starts[self.run]))

    def grant_exit(self, seconds: float) -> int:
        """Grant the frames in which things leave, but never the scene's last: it shows what is carried, alone."""
        count = self.grant_play(seconds, wait=False)
        if count and self.frames_granted == self.table.frames:
            self.frames_granted -= 1
            return count - 1
        return count

    def grant_until_beat_ends(self) -> int:
        """Grant the frames of the hold at the end of a beat. The last beat is held only when the scene is over."""
        if self.beats_entered > self.last_beat:
            return 0
        return self._grant_until(self.table.stops[self.beats_entered - 1])

    def leave_beat(self) -> None:
        super().leave_beat()
        if self.beats_entered <= self.last_beat:
            self.position = self.table.stops[self.beats_entered - 1]
            self.run = 0

    def grant_rest(self) -> int:
        """Grant all remaining frames, for the hold after the scene's code has ended."""
        remaining = self.table.frames - self.frames_granted
        self.frames_granted = self.table.frames
        return remaining

    def _grant_until(self, target: float) -> int:
        beat = self.beat
        self.position = min(target, self.table.stops[beat])
        frame = min(round(self.position * self.table.fps), self.table.ends[beat])
        if self.position >= self.table.stops[beat]:
            frame = self.table.ends[beat]
        count = max(0, frame - self.frames_granted)
        self.frames_granted += count
        return count
