"""Cutting a scene's words into cues: the cheapest partition, by dynamic programming over the places to cut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from lectern.composer.captions.break_costs import break_cost
from lectern.composer.captions.line_layout import lay_out_lines
from lectern.composer.captions.phrases import Phrase, group_phrases, width_of
from lectern.composer.captions.reading_limits import ReadingLimits
from lectern.contracts.narration import Word

LONG_PAUSE = 0.8  # seconds of silence that a cue should not bridge
MEANT_PAUSE = 1.1  # seconds of silence between beats over which no cue is shown: the script asks for it

# Costs of a cue's faults, against 1 for the cue itself.
CUT = 6.0  # times break_cost
SENTENCE_END_INSIDE = 3.0
BEAT_CHANGE_INSIDE = 2.0
LONG_PAUSE_INSIDE = 4.0
TOO_SHORT = 12.0
UNCOMFORTABLY_FAST = 1.0
TOO_FAST = 8.0
LONE_PHRASE = 2.0
EPSILON = 1e-6


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """Words shown together, from frame `start` up to frame `end`, counted from the scene's first frame."""

    start: int
    end: int
    lines: tuple[tuple[Word, ...], ...]

    def words(self) -> tuple[Word, ...]:
        """Returns the cue's words in order."""
        return tuple(word for line in self.lines for word in line)


def cut_cues(words: Sequence[Word], frames: int, fps: int, limits: ReadingLimits) -> tuple[Cue, ...]:
    """Cuts the words of a scene of `frames` frames into cues.

    Every word is shown once, in order; cues do not overlap and stay inside the scene.
    """
    phrases = group_phrases([word for word in words if word.text.strip()], limits)
    if not phrases:
        return ()
    groups = _partition(phrases, frames / fps, limits, limits.gap / fps)
    starts = _start_frames([group[0].first.start for group in groups], frames, fps)
    cues = []
    for number, group in enumerate(groups):
        layout = lay_out_lines(group, limits)
        at = layout.second_line if layout else 0
        next_start = starts[number + 1] if number + 1 < len(starts) else None
        cues.append(
            Cue(
                start=starts[number],
                end=_end_frame(group, starts[number], next_start, frames, fps, limits),
                lines=tuple(_words_of(line) for line in (group[:at], group[at:]) if line),
            )
        )
    return tuple(cues)


def _words_of(line: Sequence[Phrase]) -> tuple[Word, ...]:
    return tuple(word for phrase in line for word in phrase.words)


def _partition(phrases: Sequence[Phrase], seconds: float, limits: ReadingLimits, gap: float) -> list[Sequence[Phrase]]:
    """Finds the cheapest way to cut phrases into cues."""
    cheapest = [0.0] + [math.inf] * len(phrases)
    came_from = [0] * (len(phrases) + 1)
    for last in range(1, len(phrases) + 1):
        for first in range(last - 1, -1, -1):
            cost = _cost(phrases, first, last, seconds, limits, gap)
            if cost is None:
                break  # more phrases fit even less
            if cheapest[first] + cost < cheapest[last]:
                cheapest[last], came_from[last] = cheapest[first] + cost, first
    groups: list[Sequence[Phrase]] = []
    last = len(phrases)
    while last:
        groups.append(phrases[came_from[last] : last])
        last = came_from[last]
    return groups[::-1]


def _cost(
    phrases: Sequence[Phrase], first: int, last: int, seconds: float, limits: ReadingLimits, gap: float
) -> float | None:
    """Returns the cost of showing phrases[first:last] together; None if that is not possible."""
    group = phrases[first:last]
    layout = lay_out_lines(group, limits)
    start, end = group[0].first.start, group[-1].last.end
    spoken = end - start
    if layout is None or (spoken > limits.max_seconds and len(group) > 1) or _bridges_meant_pause(group):
        return None
    following = phrases[last] if last < len(phrases) else None
    shown = (following.first.start if following else seconds) - gap - start
    columns = width_of(group)
    speed = columns / max(min(shown, max(spoken + limits.linger, columns / limits.max_speed)), 0.01)
    cost = 1.0 + layout.cost / 2
    if following:
        cost += CUT * break_cost(group[-1], following, limits.function_words)
    for before, after in pairwise(group):
        cost += SENTENCE_END_INSIDE * before.ends_sentence
        cost += BEAT_CHANGE_INSIDE * (before.last.beat != after.first.beat)
        cost += LONG_PAUSE_INSIDE * (after.first.start - before.last.end > LONG_PAUSE)
    cost += TOO_SHORT * max(0.0, 1 - shown / limits.min_seconds)
    cost += UNCOMFORTABLY_FAST * max(0.0, speed / limits.comfortable_speed - 1)
    cost += TOO_FAST * max(0.0, speed / limits.max_speed - 1)
    return cost + LONE_PHRASE * (len(group) == 1 and not group[-1].ends_sentence)


def _bridges_meant_pause(group: Sequence[Phrase]) -> bool:
    return any(
        before.last.beat != after.first.beat and after.first.start - before.last.end > MEANT_PAUSE
        for before, after in pairwise(group)
    )


def _start_frames(times: Sequence[float], frames: int, fps: int) -> list[int]:
    """Returns the frame each cue starts in: that of its first word, kept apart and inside the scene."""
    starts: list[int] = []
    for time in times:
        frame = math.floor(time * fps + EPSILON)
        starts.append(max(frame, starts[-1] + 1 if starts else 0))
    for number in range(len(starts) - 1, -1, -1):
        latest = starts[number + 1] - 1 if number + 1 < len(starts) else frames - 1
        starts[number] = max(0, min(starts[number], latest))
    return starts


def _end_frame(
    group: Sequence[Phrase], start: int, next_start: int | None, frames: int, fps: int, limits: ReadingLimits
) -> int:
    """Returns the frame a cue is gone in: after its words, long enough to read, a gap before the next cue."""
    spoken = math.ceil(group[-1].last.end * fps - EPSILON)
    columns = width_of(group)
    readable = start + math.ceil(columns / limits.comfortable_speed * fps)
    preferred = max(
        spoken,
        min(readable, spoken + round(limits.linger * fps)),
        start + math.ceil(columns / limits.max_speed * fps),
        start + math.ceil(limits.min_seconds * fps - EPSILON),
    )
    border = frames if next_start is None else next_start
    latest = start + math.floor(limits.max_seconds * fps)
    if next_start is not None and next_start - preferred < limits.min_pause * fps:
        preferred = border - limits.gap
    return max(min(preferred, latest, border - limits.gap), start + 1)
