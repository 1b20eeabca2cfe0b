"""What can be set right without a model, once it has had its turns: cut, join, leave out, and say so."""

from __future__ import annotations

import msgspec

from lectern.contracts import script as s
from lectern.language.sentences import sentences
from lectern.language.splitting import split_text
from lectern.language.words import count_words
from lectern.markdown import limits
from lectern.scripter.model.checks import LONGEST, SHORTEST, Wanted, scene_seconds, unspeakable

LEAST = 0.5  # share of the words that must be left for the script to be what was written


class Mended(msgspec.Struct, frozen=True, kw_only=True):
    """A script that can be made, and what was done to it, a sentence each. `whole` is False when too little is left."""

    script: s.Script
    notes: tuple[str, ...]
    whole: bool


def mended(script: s.Script, wanted: Wanted) -> Mended:
    """The script with nothing unspeakable in it, beats that fit, and scenes of 8 to 45 s where their number is free."""
    notes: list[str] = []
    scenes: list[s.Scene] = []
    for scene in script.scenes:
        beats = tuple(short for beat in scene.beats for said in _speakable(beat) for short in _short(said))
        if not beats:
            notes.append(f"The scene “{scene.title}” was left out: nothing in it could be spoken.")
            continue
        if (lost := _words(scene.beats) - _words(beats)) > 0:
            notes.append(f"{lost} words of the scene “{scene.title}” were left out: they could not be spoken.")
        scenes.append(msgspec.structs.replace(scene, beats=beats))
    cut = [part for scene in scenes for part in _cut(scene, wanted)]
    joined = cut if wanted.scenes else _joined(cut, wanted)
    was, left = (sum(_words(scene.beats) for scene in each) for each in (script.scenes, joined))
    whole = bool(joined) and left >= LEAST * was
    return Mended(script=msgspec.structs.replace(script, scenes=tuple(joined)), notes=tuple(notes), whole=whole)


def _words(beats: tuple[s.Beat, ...]) -> int:
    return sum(count_words(beat.text) for beat in beats)


def _speakable(beat: s.Beat) -> tuple[s.Beat, ...]:
    """The beat with what can be said of it; none when nothing can."""
    spoken = beat.spoken if not unspeakable(beat.spoken) else ""
    if not unspeakable(beat.text):
        return (msgspec.structs.replace(beat, spoken=spoken),)
    text = spoken or " ".join(each for each in sentences(beat.text) if not unspeakable(each))
    return (msgspec.structs.replace(beat, text=text, spoken=""),) if text else ()


def _short(beat: s.Beat) -> tuple[s.Beat, ...]:
    """The beat in beats of the length that fits. One that is spoken differently is captioned as it is spoken."""
    longest = max(count_words(beat.text), count_words(beat.spoken))
    if longest <= limits.BEAT_WORDS:
        return (beat,)
    pieces = split_text(beat.spoken_text(), lambda text: count_words(text) <= limits.BEAT_WORDS)
    first, *rest = (piece.text for piece in pieces)
    start = msgspec.structs.replace(beat, text=first, spoken="")
    return (start, *(s.Beat(text=text, speaker=beat.speaker) for text in rest))


def _cut(scene: s.Scene, wanted: Wanted) -> list[s.Scene]:
    """The scene in scenes short enough to watch; only as many as must be when their number was asked for."""
    must = _words(scene.beats) > limits.SCENE_WORDS
    too_long = scene_seconds(scene, wanted.rate) > LONGEST and not wanted.scenes
    if len(scene.beats) == 1 or not (must or too_long):
        return [scene]
    middle = min(
        range(1, len(scene.beats)),
        key=lambda place: abs(_words(scene.beats[:place]) - _words(scene.beats[place:])),
    )
    first = msgspec.structs.replace(scene, beats=scene.beats[:middle])
    second = s.Scene(title=scene.title, beats=scene.beats[middle:])
    return [*_cut(first, wanted), *_cut(second, wanted)]


def _joined(scenes: list[s.Scene], wanted: Wanted) -> list[s.Scene]:
    """Scenes too short to settle in joined to a neighbour, where one has room and they do not both show something."""
    joined: list[s.Scene] = []
    for scene in scenes:
        if joined and min(scene_seconds(each, wanted.rate) for each in (joined[-1], scene)) < SHORTEST:
            before = joined[-1]
            both = msgspec.structs.replace(
                before, beats=(*before.beats, *scene.beats), visual=before.visual or scene.visual
            )
            if scene_seconds(both, wanted.rate) <= LONGEST and not (before.visual and scene.visual):
                joined[-1] = both
                continue
        joined.append(scene)
    return joined
