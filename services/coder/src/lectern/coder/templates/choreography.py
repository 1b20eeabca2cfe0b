"""The timing of a template: its reveals, spread over the beats and started on the words that name them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, pairwise

import msgspec

from lectern.contracts.narration import Narration
from lectern.language.stems import stem, stems
from lectern.language.words import fold, is_content_word

# All in seconds.
MAX_STILL = 5.0  # between motions; after that something on screen is highlighted
MIN_LINGER, MAX_LINGER = 0.9, 6.0  # what a thing that was just shown lives on for
MIN_GAP = 2.6  # between two motions that do not belong together
MAX_EMPTY = 1.5  # with nothing but the title on screen
REVEAL = 1.0  # what a reveal takes, roughly
MIN_REVEAL = 0.55  # what a reveal needs; where a beat has less for each, they come in one sweep
PAUSE = 0.3  # after what lasts until the next motion
MIN_BEFORE_END = 1.2  # from the start of a highlight to the end of its beat


class Highlight(msgspec.Struct, frozen=True, kw_only=True):
    """Points out something on screen: the text it stands for, and the animation as source.

    `linger` is the source, up to its seconds, of what goes on until the next motion: `points.dwell(0, `. A `paced`
    animation is written so, too: it takes the time that there is until the next one.
    """

    text: str
    animation: str
    linger: str = ""
    paced: bool = False


class Reveal(Highlight, frozen=True, kw_only=True):
    """Shows something, which has its highlights afterwards."""

    highlights: tuple[Highlight, ...] = ()


class CuedAnimation(msgspec.Struct, frozen=True, kw_only=True):
    """An animation in a beat; with `word` it waits until that word is spoken."""

    animation: str
    word: str = ""


class _TimedAnimation(msgspec.Struct, frozen=True, kw_only=True):
    time: float
    animation: str
    index: int = -1  # of the word it starts on; -1 for the start of the beat
    linger: str = ""
    paced: bool = False


class _SpokenBeat(msgspec.Struct, frozen=True, kw_only=True):
    start: float
    end: float
    text: str
    words: tuple[tuple[str, float], ...]  # each with its start

    def find_word(self, target_stems: frozenset[str], start: int, language: str) -> int | None:
        """The index of the first content word, from `start` on, whose stem is among the targets."""
        for index, (word, _) in enumerate(self.words[start:], start):
            if is_content_word(word) and stem(word, language) in target_stems:
                return index
        return None


def choreograph(
    reveals: Sequence[Reveal], narration: Narration, language: str = "en", opening: Highlight | None = None
) -> list[list[CuedAnimation]]:
    """The animations of each beat. Every reveal comes once, in order, and something moves in every beat.

    Beats before the first reveal have `opening`; without one, the first reveal comes in the first beat.
    """
    beats = _spoken_beats(narration)
    reveal_stems = [stems(reveal.text, language) for reveal in reveals]
    places = assign_beats(reveal_stems, [stems(beat.text, language) for beat in beats])
    animations: list[list[CuedAnimation]] = []
    if places and opening is None:
        places[0] = 0
    shown: list[Highlight] = [opening] if opening else []
    linger = ""
    for number, beat in enumerate(beats):
        own = [reveal for reveal, place in zip(reveals, places, strict=True) if place == number]
        if own and opening in shown:
            shown.remove(opening)
        timed = _time_reveals(own, beat, language, opening=number == 0)
        timed = _add_mentions(timed, shown, beat, language)
        shown += [highlight for reveal in own for highlight in reveal.highlights]
        timed = _fill_stillness(timed, shown, beat)
        animations.append(_cue(timed, beat, linger))
        linger = next((each.linger for each in sorted(timed, key=_order, reverse=True) if each.linger), linger)
    return animations


def assign_beats(things: Sequence[frozenset[str]], beats: Sequence[frozenset[str]]) -> list[int]:
    """The number of the beat that each thing belongs to: in order, where its stems are spoken, evenly otherwise."""
    if not things:
        return []
    best: list[list[tuple[float, int]]] = []  # by thing and beat: the score so far, and the beat of the thing before
    for row, thing in enumerate(things):
        even = row * len(beats) // len(things)
        scores: list[tuple[float, int]] = []
        for column, beat in enumerate(beats):
            own = min(3, len(thing & beat)) - 0.35 * abs(column - even)
            before = max((best[-1][earlier][0], earlier) for earlier in range(column + 1)) if best else (0.0, 0)
            scores.append((own + before[0], before[1]))
        best.append(scores)
    column = max(range(len(beats)), key=lambda each: best[-1][each][0])
    places = [column]
    for row in range(len(things) - 1, 0, -1):
        column = best[row][column][1]
        places.append(column)
    return places[::-1]


def _spoken_beats(narration: Narration) -> list[_SpokenBeat]:
    return [
        _SpokenBeat(
            start=span.start,
            end=span.end,
            text=span.text,
            words=tuple((word.text, word.start) for word in narration.words if word.beat == number),
        )
        for number, span in enumerate(narration.beats)
    ]


def _time_reveals(
    reveals: Sequence[Reveal], beat: _SpokenBeat, language: str, *, opening: bool
) -> list[_TimedAnimation]:
    """Each reveal on the first word that names it, else at its even share of the beat; a sweep where time is short."""
    length = beat.end - beat.start
    earliest = beat.start + (REVEAL if opening else 0.0)  # the title comes first
    if len(reveals) > 1 and (beat.end - earliest) / len(reveals) < MIN_REVEAL * 1.6:
        sweep = f"LaggedStart({', '.join(map(_play_briefly, reveals))}, lag_ratio=0.3)"
        return [_TimedAnimation(time=earliest, animation=sweep, linger=reveals[-1].linger)]
    timed: list[_TimedAnimation] = []
    next_word = 0
    for number, reveal in enumerate(reveals):
        index = beat.find_word(stems(reveal.text, language), next_word, language)
        if index is None and number:
            index = _nearest_word(beat, beat.start + length * number / len(reveals), next_word)
        if index is not None:
            wait = beat.words[index][1] - earliest
            too_early = opening and wait < 0
            too_late = opening and number == 0 and wait > MAX_EMPTY
            overtakes = bool(timed) and beat.words[index][1] <= timed[-1].time
            if too_early or too_late or overtakes or not _can_wait_for(beat, index, next_word):
                index = None
        if index is None:
            time = timed[-1].time + REVEAL if timed else earliest
            timed.append(_time(reveal, time))
        else:
            timed.append(_time(reveal, beat.words[index][1], index))
            next_word = index + 1
    return timed


def _add_mentions(
    timed: list[_TimedAnimation], shown: Sequence[Highlight], beat: _SpokenBeat, language: str
) -> list[_TimedAnimation]:
    """Highlights what is on screen already when it is spoken of again."""
    for highlight in shown:
        index = beat.find_word(stems(highlight.text, language), 0, language)
        if index is not None and _is_free(timed, beat.words[index][1], beat):
            timed = [*timed, _time(highlight, beat.words[index][1], index)]
    return timed


def _fill_stillness(
    timed: list[_TimedAnimation], shown: Sequence[Highlight], beat: _SpokenBeat
) -> list[_TimedAnimation]:
    """Highlights what was shown last wherever nothing would move for long, or during the whole beat."""
    if not shown:
        return timed
    if not timed:
        timed = [_time(shown[-1], beat.start)]
    for highlight in cycle(reversed(shown)):
        times = sorted([each.time for each in timed] + [beat.end])
        length, start = max(((later - earlier, earlier) for earlier, later in pairwise(times)), default=(0.0, 0.0))
        if length <= MAX_STILL:
            break
        last_cue = max((each.index for each in timed if each.time <= start), default=-1)
        index = _nearest_word(beat, start + length / 2, last_cue + 1)
        if index is None or not _is_free(timed, beat.words[index][1], beat):
            break
        timed = [*timed, _time(highlight, beat.words[index][1], index)]
    return timed


def _time(shown: Highlight, time: float, index: int = -1) -> _TimedAnimation:
    return _TimedAnimation(time=time, animation=shown.animation, index=index, linger=shown.linger, paced=shown.paced)


def _play_briefly(shown: Highlight) -> str:
    return f"{shown.animation}{REVEAL})" if shown.paced else shown.animation


def _order(each: _TimedAnimation) -> tuple[float, int]:
    return each.time, each.index


def _last(animation: str, seconds: float) -> str:
    """The source of an animation that lasts for so many seconds, given its source up to them."""
    return f"{animation}{min(max(seconds, MIN_LINGER), MAX_LINGER):.1f})"


def _cue(timed: list[_TimedAnimation], beat: _SpokenBeat, linger: str) -> list[CuedAnimation]:
    """The animations in order of time, and what lingers between them, at first from the beat before.

    None waits for a word that `at()` would take for another one.
    """
    ordered = sorted(timed, key=_order)
    ends = [*(each.time for each in ordered[1:]), beat.end][: len(ordered)]
    cued: list[CuedAnimation] = []
    if linger and ordered and ordered[0].time - beat.start > MIN_LINGER:
        cued.append(CuedAnimation(animation=_last(linger, ordered[0].time - beat.start)))
    next_word = 0
    for each, end in zip(ordered, ends, strict=True):
        word = ""
        if each.index >= next_word and _can_wait_for(beat, each.index, next_word):
            word = fold(beat.words[each.index][0])
            next_word = each.index + 1
        if each.paced:
            cued.append(CuedAnimation(animation=_last(each.animation, end - each.time - PAUSE), word=word))
            continue
        cued.append(CuedAnimation(animation=each.animation, word=word))
        if each.linger and end - each.time > REVEAL + MIN_LINGER:
            cued.append(CuedAnimation(animation=_last(each.linger, end - each.time - REVEAL)))
    return cued


def _can_wait_for(beat: _SpokenBeat, index: int, after: int) -> bool:
    """True if waiting for word `index`, from word `after` on, finds that one and not an equal one before it."""
    target = fold(beat.words[index][0])
    return bool(target) and all(fold(word) != target for word, _ in beat.words[after:index])


def _nearest_word(beat: _SpokenBeat, time: float, after: int) -> int | None:
    """The content word closest to a time (seconds) that can be waited for; None in a beat without one."""
    candidates = [
        (abs(start - time), index)
        for index, (word, start) in enumerate(beat.words)
        if index >= after and is_content_word(word) and _can_wait_for(beat, index, after)
    ]
    return min(candidates, default=(0.0, None))[1]


def _is_free(timed: Sequence[_TimedAnimation], time: float, beat: _SpokenBeat) -> bool:
    return time < beat.end - MIN_BEFORE_END and all(abs(each.time - time) >= MIN_GAP for each in timed)
