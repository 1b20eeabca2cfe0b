"""The moments at which a critique looks at a scene: after words that animations wait for, and at beats' ends."""

from __future__ import annotations

import msgspec

from lectern.coder.codegen.code_beats import CodeBeat, find_code_beats
from lectern.contracts.narration import Narration
from lectern.language.words import fold

MAX_LOOKS = 12  # pictures of a scene
MAX_LOOKS_PER_BEAT = 3
# All in seconds.
BEFORE_END = 0.2  # of a beat: its animations are over, and the next beat's have not begun
AFTER_WORD = 0.9  # what an animation that starts on a word needs to be seen: most take a second
BEFORE_NEXT = 0.1  # word that is waited for: its animation has not begun
MIN_APART = 0.6  # between two pictures: nearer ones show the same


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One picture of a scene: its time, its beat counted from 1, and where in the beat it stands."""

    time: float
    beat: int
    place: str


def plan_looks(code: str, narration: Narration) -> tuple[Look, ...]:
    """The moments to look at, in order: two or three of each beat while there are few beats, at least its end."""
    code_beats = find_code_beats(code)
    if len(code_beats) != len(narration.beats):
        code_beats = ()
    ends = [
        Look(time=round(max(span.start, span.end - BEFORE_END), 3), beat=number, place="its end")
        for number, span in enumerate(narration.beats, 1)
    ]
    kept_ends = _spread(ends, MAX_LOOKS)
    spare = min((MAX_LOOKS - len(kept_ends)) // len(kept_ends), MAX_LOOKS_PER_BEAT - 1) if kept_ends else 0
    looks: list[Look] = []
    for end in kept_ends:
        during = _looks_during(end, narration, code_beats[end.beat - 1] if code_beats else None)
        looks += [*_spread(during, spare), end]
    return tuple(looks)


def _looks_during(end: Look, narration: Narration, code_beat: CodeBeat | None) -> list[Look]:
    """After each word that the beat's animations wait for; at half its time where they wait for none."""
    span = narration.beats[end.beat - 1]
    cues = _cue_times(code_beat.cues, narration, end.beat - 1) if code_beat else []
    if not cues:
        middle = Look(time=round((span.start + span.end) / 2, 3), beat=end.beat, place="its middle")
        return [middle] if _are_apart(middle, end) else []
    following = [time for _, time in cues[1:]] + [end.time + BEFORE_NEXT]
    looks: list[Look] = []
    for (word, time), until in zip(cues, following, strict=True):
        seen = round(min(time + AFTER_WORD, until - BEFORE_NEXT, end.time), 3)
        look = Look(time=seen, beat=end.beat, place=f"after “{word}” is spoken")
        if look.time > time and _are_apart(look, end) and all(_are_apart(look, other) for other in looks):
            looks.append(look)
    return looks


def _cue_times(cues: tuple[str, ...], narration: Narration, beat: int) -> list[tuple[str, float]]:
    """The words that are waited for and spoken, each with the time it starts, as `at` finds them."""
    words = [word for word in narration.words if word.beat == beat]
    spoken = [fold(word.text) for word in words]
    found: list[tuple[str, float]] = []
    after = 0
    for cue in cues:
        parts = [part for part in map(fold, cue.split()) if part]
        places = range(after, len(spoken) - len(parts) + 1)
        index = next((place for place in places if parts and _matches(spoken[place : place + len(parts)], parts)), None)
        if index is not None:
            found.append((" ".join(word.text for word in words[index : index + len(parts)]), words[index].start))
            after = index + len(parts)
    return found


def _matches(spoken: list[str], parts: list[str]) -> bool:
    return all(
        word == part or (len(part) > 2 and word.startswith(part)) for word, part in zip(spoken, parts, strict=True)
    )


def _are_apart(one: Look, other: Look) -> bool:
    return abs(one.time - other.time) >= MIN_APART


def _spread(looks: list[Look], count: int) -> list[Look]:
    """At most `count` of the looks, evenly spread, the last one among them."""
    if len(looks) <= count:
        return looks
    return [looks[(number + 1) * len(looks) // count - 1] for number in range(count)]
