"""Cutting a scene's words into cues: the cheapest partition, by dynamic programming over the places to cut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from lectern.composer.captions.guide import Guide
from lectern.composer.captions.lines import lay_out, width
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
    words = [word for word in words if word.text.strip()]
    if not words:
        return ()
    groups = _partition(words, frames / fps, guide, guide.gap / fps)
    starts = _starts([words[first].start for first, _ in groups], frames, fps)
    made = []
    for number, (first, last) in enumerate(groups):
        group = words[first:last]
        layout = lay_out([word.text for word in group], guide)
        at = layout.at if layout else 0
        lines = (tuple(group[:at]), tuple(group[at:])) if at else (tuple(group),)
        following = starts[number + 1] if number + 1 < len(starts) else None
        made.append(
            Cue(start=starts[number], end=_end(group, starts[number], following, frames, fps, guide), lines=lines)
        )
    return tuple(made)


def _partition(words: Sequence[Word], seconds: float, guide: Guide, gap: float) -> list[tuple[int, int]]:
    """The cheapest way to cut words into groups, each given as (first, after last)."""
    cheapest = [0.0] + [math.inf] * len(words)
    came_from = [0] * (len(words) + 1)
    for last in range(1, len(words) + 1):
        for first in range(last - 1, -1, -1):
            cost = _cost(words, first, last, seconds, guide, gap)
            if cost is None:
                break  # more words fit even less
            if cheapest[first] + cost < cheapest[last]:
                cheapest[last], came_from[last] = cheapest[first] + cost, first
    groups: list[tuple[int, int]] = []
    last = len(words)
    while last:
        groups.append((came_from[last], last))
        last = came_from[last]
    return groups[::-1]


def _cost(words: Sequence[Word], first: int, last: int, seconds: float, guide: Guide, gap: float) -> float | None:
    """What showing words[first:last] together costs; None when they cannot be."""
    group = words[first:last]
    texts = [word.text for word in group]
    layout = lay_out(texts, guide)
    spoken = group[-1].end - group[0].start
    if layout is None or (spoken > guide.longest and len(group) > 1):
        return None
    following = words[last] if last < len(words) else None
    shown = (following.start if following else seconds) - gap - group[0].start
    chars = width(texts)
    speed = chars / max(min(shown, spoken + guide.linger), 0.01)
    cost = 1.0 + layout.cost / 2 + CUT * (break_cost(texts[-1], following.text, guide.small) if following else 0.0)
    for before, after in pairwise(group):
        cost += SENTENCE_INSIDE * ends_sentence(before.text, after.text)
        cost += BEAT_INSIDE * (before.beat != after.beat)
        cost += PAUSE_INSIDE * (after.start - before.end > PAUSE)
    cost += TOO_SHORT * max(0.0, 1 - shown / guide.shortest)
    cost += BRISK * max(0.0, speed / guide.comfortable - 1) + TOO_FAST * max(0.0, speed / guide.fastest - 1)
    return cost + LONE_WORD * (len(group) == 1 and not ends_sentence(texts[0], following.text if following else None))


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


def _end(group: Sequence[Word], start: int, following: int | None, frames: int, fps: int, guide: Guide) -> int:
    """The frame a cue is gone in: after its words, long enough to read, a gap before the next cue."""
    spoken = math.ceil(group[-1].end * fps - EPSILON)
    readable = start + math.ceil(width([word.text for word in group]) / guide.comfortable * fps)
    wanted = max(
        spoken, min(readable, spoken + round(guide.linger * fps)), start + math.ceil(guide.shortest * fps - EPSILON)
    )
    border = frames if following is None else following
    longest = start + math.floor(guide.longest * fps)
    if following is not None and following - wanted < guide.close * fps:
        wanted = border - guide.gap
    return max(min(wanted, longest, border - guide.gap), start + 1)
