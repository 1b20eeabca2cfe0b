"""When to show what: the things a scene reveals, spread over its beats and started on the words that name them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from lectern.coder.templates.words import bare, first_match, stems, tells
from lectern.contracts.narration import Narration

STILL = 6.5  # seconds without motion after which something already on screen is pointed out
APART = 2.6  # seconds between two motions that do not belong together
EMPTY = 1.5  # seconds that only the title may be on screen
PLAY = 1.0  # seconds a reveal takes, roughly
ENOUGH = 0.55  # seconds a reveal needs at least; where a beat has less for each, they come in one sweep


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Something on screen that can be pointed out: the text it stands for, and the animation that does it."""

    text: str
    point: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something to reveal: the text it stands for, its animation as source, and what can be pointed out afterwards."""

    text: str
    show: str
    parts: tuple[Part, ...] = ()


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """An animation in a beat; with `word` it waits until that word is spoken."""

    play: str
    word: str = ""


class _Placed(msgspec.Struct, kw_only=True):
    time: float
    play: str
    index: int = -1  # of the word it starts on; -1 for the start of the beat


class _Beat(msgspec.Struct, frozen=True, kw_only=True):
    start: float
    end: float
    text: str
    words: tuple[tuple[str, float], ...]

    def spoken(self) -> list[str]:
        return [word for word, _ in self.words]


def choreograph(steps: Sequence[Step], narration: Narration) -> list[list[Move]]:
    """The moves of each beat. Every step comes once, in order, and something moves in every beat."""
    beats = _beats(narration)
    chosen = assign([stems(step.text) for step in steps], [stems(beat.text) for beat in beats])
    moves: list[list[Move]] = []
    shown: list[Part] = []
    for number, beat in enumerate(beats):
        mine = [step for step, place in zip(steps, chosen, strict=True) if place == number]
        placed = _reveals(mine, beat, opening=number == 0)
        known = list(shown)
        shown += [part for step in mine for part in step.parts]
        placed = _mentions(placed, known, beat)
        placed = _never_still(placed, shown, beat)
        moves.append(_ordered(placed, beat))
    return moves


def assign(things: Sequence[frozenset[str]], beats: Sequence[frozenset[str]]) -> list[int]:
    """For each thing the number of the beat it belongs to: in order, where its words are spoken, evenly otherwise."""
    count = len(beats)
    best: list[list[tuple[float, int]]] = []  # per thing and beat: the score so far, and the beat of the thing before
    for row, thing in enumerate(things):
        even = row * count // len(things)
        line: list[tuple[float, int]] = []
        for column, beat in enumerate(beats):
            own = min(3, len(thing & beat)) - 0.35 * abs(column - even)
            before = max((best[-1][earlier][0], earlier) for earlier in range(column + 1)) if best else (0.0, 0)
            line.append((own + before[0], before[1]))
        best.append(line)
    if not best:
        return []
    column = max(range(count), key=lambda each: best[-1][each][0])
    places = [column]
    for row in range(len(things) - 1, 0, -1):
        column = best[row][column][1]
        places.append(column)
    return places[::-1]


def _beats(narration: Narration) -> list[_Beat]:
    return [
        _Beat(
            start=span.start,
            end=span.end,
            text=span.text,
            words=tuple((word.text, word.start) for word in narration.words if word.beat == number),
        )
        for number, span in enumerate(narration.beats)
    ]


def _reveals(steps: Sequence[Step], beat: _Beat, *, opening: bool) -> list[_Placed]:
    """Each step on the first word that names it, else at its even share of the beat; in a sweep where time is short."""
    length = beat.end - beat.start
    lead = PLAY if opening else 0.0  # the title comes first
    if len(steps) > 1 and (length - lead) / len(steps) < ENOUGH * 1.6:
        sweep = f"LaggedStart({', '.join(step.show for step in steps)}, lag_ratio=0.3)"
        return [_Placed(time=beat.start + lead, play=sweep)]
    placed: list[_Placed] = []
    after = 0
    for number, step in enumerate(steps):
        index = first_match(beat.spoken(), stems(step.text), after)
        if index is None and number:
            index = word_near(beat, beat.start + length * number / len(steps), after)
        if index is not None:
            wait = beat.words[index][1] - (beat.start + lead)
            unready = opening and (wait < 0 or (number == 0 and wait > EMPTY))
            unready = unready or bool(placed and beat.words[index][1] <= placed[-1].time)  # it would overtake
            index = None if unready or not reachable(beat, index, after) else index
        if index is None:
            placed.append(_Placed(time=placed[-1].time + PLAY if placed else beat.start + lead, play=step.show))
        else:
            placed.append(_Placed(time=beat.words[index][1], play=step.show, index=index))
            after = index + 1
    return placed


def _mentions(placed: list[_Placed], parts: Sequence[Part], beat: _Beat) -> list[_Placed]:
    """Points out what is on screen already when it is spoken of again."""
    for part in parts:
        wanted = stems(part.text)
        index = first_match(beat.spoken(), wanted)
        if index is not None and _free(placed, beat.words[index][1], beat):
            placed = [*placed, _Placed(time=beat.words[index][1], play=part.point, index=index)]
    return placed


def _never_still(placed: list[_Placed], shown: Sequence[Part], beat: _Beat) -> list[_Placed]:
    """Points out what was shown last wherever the picture would stand still for long, or for the whole beat."""
    if not shown:
        return placed
    if not placed:
        placed = [_Placed(time=beat.start, play=shown[-1].point)]
    turn = 0
    while True:
        times = sorted([each.time for each in placed] + [beat.end])
        gaps = [(later - earlier, earlier) for earlier, later in pairwise(times)]
        length, start = max(gaps, default=(0.0, 0.0))
        heard = max((each.index for each in placed if each.time <= start), default=-1)
        index = word_near(beat, start + length / 2, heard + 1) if length > STILL else None
        if index is None or not _free(placed, beat.words[index][1], beat):
            return placed
        placed = [*placed, _Placed(time=beat.words[index][1], play=shown[-1 - turn % len(shown)].point, index=index)]
        turn += 1


def _ordered(placed: list[_Placed], beat: _Beat) -> list[Move]:
    """Moves in order of time; a word that `at()` would take for another one is not waited for."""
    moves: list[Move] = []
    after = 0
    for each in sorted(placed, key=lambda move: (move.time, move.index)):
        word = ""
        if each.index >= after and reachable(beat, each.index, after):
            word = bare(beat.words[each.index][0])
            after = each.index + 1
        moves.append(Move(play=each.play, word=word))
    return moves


def reachable(beat: _Beat, index: int, after: int) -> bool:
    """Whether waiting for word `index`, from word `after` on, finds that one and not an earlier one like it."""
    wanted = bare(beat.words[index][0])
    return bool(wanted) and all(bare(word) != wanted for word, _ in beat.words[after:index])


def word_near(beat: _Beat, time: float, after: int) -> int | None:
    """The telling word closest to a time (seconds) that can be waited for; None in a beat without one."""
    able = [
        (abs(start - time), index)
        for index, (word, start) in enumerate(beat.words)
        if index >= after and tells(word) and reachable(beat, index, after)
    ]
    return min(able, default=(0.0, None))[1]


def _free(placed: Sequence[_Placed], time: float, beat: _Beat) -> bool:
    return time < beat.end - 1.2 and all(abs(each.time - time) >= APART for each in placed)
