"""Cutting a scene's words into cues: the cheapest partition, by dynamic programming over the places to cut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from lectern.composer.captions.guide import Guide
from lectern.composer.captions.lines import lay_out
from lectern.composer.captions.phrases import Phrase, phrases, width
from lectern.composer.captions.sentences import break_cost, ends_sentence
from lectern.contracts.narration import Word

PAUSE = 0.8  # seconds of silence that a cue should not bridge

# What each fault of a cue costs, against 1 for there being a cue at all.
CUT = 6.0  # times break_cost
SENTENCE_INSIDE = 3.0
BEAT_INSIDE = 2.0
PAUSE_INSIDE = 4.0
TOO_SHORT = 12.0
BRISK = 1.0
TOO_FAST = 8.0
LONE_WORD = 2.0
EPSILON = 1e-6


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """Words shown together, from frame `start` up to frame `end`, counted from the scene's first frame."""

    start: int
    end: int
    lines: tuple[tuple[Word, ...], ...]

    def words(self) -> tuple[Word, ...]:
        """The cue's words in order."""
        return tuple(word for line in self.lines for word in line)


def cues(words: Sequence[Word], frames: int, fps: int, guide: Guide) -> tuple[Cue, ...]:
    """The cues of one scene of `frames` frames: every word once, in order; no overlap; nothing outside the scene."""
    pieces = phrases([word for word in words if word.text.strip()], guide)
    if not pieces:
        return ()
    groups = _partition(pieces, frames / fps, guide, guide.gap / fps)
    starts = _starts([group[0].first.start for group in groups], frames, fps)
    made = []
    for number, group in enumerate(groups):
        layout = lay_out(group, guide)
        at = layout.at if layout else 0
        following = starts[number + 1] if number + 1 < len(starts) else None
        made.append(
            Cue(
                start=starts[number],
                end=_end(group, starts[number], following, frames, fps, guide),
                lines=tuple(_words(line) for line in (group[:at], group[at:]) if line),
            )
        )
    return tuple(made)


def _words(line: Sequence[Phrase]) -> tuple[Word, ...]:
    return tuple(word for phrase in line for word in phrase.words)


def _partition(pieces: Sequence[Phrase], seconds: float, guide: Guide, gap: float) -> list[Sequence[Phrase]]:
    """The cheapest way to cut phrases into cues."""
    cheapest = [0.0] + [math.inf] * len(pieces)
    came_from = [0] * (len(pieces) + 1)
    for last in range(1, len(pieces) + 1):
        for first in range(last - 1, -1, -1):
            cost = _cost(pieces, first, last, seconds, guide, gap)
            if cost is None:
                break  # more phrases fit even less
            if cheapest[first] + cost < cheapest[last]:
                cheapest[last], came_from[last] = cheapest[first] + cost, first
    groups: list[Sequence[Phrase]] = []
    last = len(pieces)
    while last:
        groups.append(pieces[came_from[last] : last])
        last = came_from[last]
    return groups[::-1]


def _cost(pieces: Sequence[Phrase], first: int, last: int, seconds: float, guide: Guide, gap: float) -> float | None:
    """What showing pieces[first:last] together costs; None when they cannot be."""
    group = pieces[first:last]
    layout = lay_out(group, guide)
    said, until = group[0].first.start, group[-1].last
    spoken = until.end - said
    if layout is None or (spoken > guide.longest and len(group) > 1):
        return None
    following = pieces[last].first if last < len(pieces) else None
    shown = (following.start if following else seconds) - gap - said
    chars = width(group)
    speed = chars / max(min(shown, max(spoken + guide.linger, chars / guide.fastest)), 0.01)
    cost = 1.0 + layout.cost / 2 + CUT * (break_cost(until.text, following.text, guide.small) if following else 0.0)
    for before, after in pairwise(group):
        cost += SENTENCE_INSIDE * ends_sentence(before.last.text, after.first.text)
        cost += BEAT_INSIDE * (before.last.beat != after.first.beat)
        cost += PAUSE_INSIDE * (after.first.start - before.last.end > PAUSE)
    cost += TOO_SHORT * max(0.0, 1 - shown / guide.shortest)
    cost += BRISK * max(0.0, speed / guide.comfortable - 1) + TOO_FAST * max(0.0, speed / guide.fastest - 1)
    lone = len(group) == 1 and not ends_sentence(until.text, following.text if following else None)
    return cost + LONE_WORD * lone


def _starts(times: Sequence[float], frames: int, fps: int) -> list[int]:
    """The frame each cue starts in: that of its first word, kept apart and inside the scene."""
    starts: list[int] = []
    for time in times:
        frame = math.floor(time * fps + EPSILON)
        starts.append(max(frame, starts[-1] + 1 if starts else 0))
    for number in range(len(starts) - 1, -1, -1):
        latest = starts[number + 1] - 1 if number + 1 < len(starts) else frames - 1
        starts[number] = max(0, min(starts[number], latest))
    return starts


def _end(group: Sequence[Phrase], start: int, following: int | None, frames: int, fps: int, guide: Guide) -> int:
    """The frame a cue is gone in: after its words, long enough to read, a gap before the next cue."""
    spoken = math.ceil(group[-1].last.end * fps - EPSILON)
    chars = width(group)
    readable = start + math.ceil(chars / guide.comfortable * fps)
    wanted = max(
        spoken,
        min(readable, spoken + round(guide.linger * fps)),
        start + math.ceil(chars / guide.fastest * fps),
        start + math.ceil(guide.shortest * fps - EPSILON),
    )
    border = frames if following is None else following
    longest = start + math.floor(guide.longest * fps)
    if following is not None and following - wanted < guide.close * fps:
        wanted = border - guide.gap
    return max(min(wanted, longest, border - guide.gap), start + 1)
