"""Repairs that need no model, once it has had its turns: split, join and remove, and note what was done."""

from __future__ import annotations

import msgspec

from lectern.contracts import script as s
from lectern.language.sentences import sentences
from lectern.language.splitting import split_text
from lectern.language.words import count_words
from lectern.markdown import limits
from lectern.scripter.scriptwriting.beat_division import divide_note
from lectern.scripter.scriptwriting.checks import (
    MAX_SCENE_SECONDS,
    MIN_SCENE_SECONDS,
    ScriptTarget,
    estimate_seconds,
    is_unspeakable,
)

MIN_REMAINING_SHARE = 0.5  # of the words, below which a script is no longer what was written


class RepairedScript(msgspec.Struct, frozen=True, kw_only=True):
    """A script that can be made, and a sentence about each repair. Not `usable` when too little of it is left."""

    script: s.Script
    notes: tuple[str, ...]
    usable: bool


def repair_script(script: s.Script, target: ScriptTarget) -> RepairedScript:
    """The script without unspeakable text, its beats short enough, its scenes 8 to 45 s long if they may be cut."""
    notes: list[str] = []
    scenes: list[s.Scene] = []
    for scene in script.scenes:
        speakable = [each for beat in scene.beats for each in _keep_speakable(beat, script.language)]
        beats = tuple(short for beat in speakable for short in _split_beat(beat, script.language))
        if not beats:
            notes.append(f"The scene “{scene.title}” was left out: nothing in it could be spoken.")
            continue
        if (lost := _count_words(scene.beats) - _count_words(beats)) > 0:
            notes.append(f"{lost} words of the scene “{scene.title}” were left out: they could not be spoken.")
        scenes.append(msgspec.structs.replace(scene, beats=beats))
    parts = [part for scene in scenes for part in _split_scene(scene, target)]
    if not target.scenes:
        parts = _join_short_scenes(parts, target)
    before, after = (sum(_count_words(scene.beats) for scene in each) for each in (script.scenes, parts))
    return RepairedScript(
        script=msgspec.structs.replace(script, scenes=tuple(parts)),
        notes=tuple(notes),
        usable=bool(parts) and after >= MIN_REMAINING_SHARE * before,
    )


def _count_words(beats: tuple[s.Beat, ...]) -> int:
    return sum(count_words(beat.text) for beat in beats)


def _keep_speakable(beat: s.Beat, language: str) -> tuple[s.Beat, ...]:
    """The beat with those of its sentences that can be spoken; none when nothing can."""
    spoken = "" if is_unspeakable(beat.spoken) else beat.spoken
    if not is_unspeakable(beat.text):
        return (msgspec.structs.replace(beat, spoken=spoken),)
    text = spoken or " ".join(each for each in sentences(beat.text, language) if not is_unspeakable(each))
    return (msgspec.structs.replace(beat, text=text, spoken=""),) if text else ()


def _split_beat(beat: s.Beat, language: str) -> tuple[s.Beat, ...]:
    """The beat in beats that fit. One whose spoken form differs is captioned as it is spoken."""
    longest = max(count_words(beat.text), count_words(beat.spoken))
    if longest <= limits.BEAT_WORDS:
        return (beat,)
    pieces = split_text(beat.spoken_text(), lambda text: count_words(text) <= limits.BEAT_WORDS, language)
    notes = divide_note(beat.show, len(pieces), language)
    parts = [
        msgspec.structs.replace(beat, text=piece.text, spoken="", show=note, pause=0.0)
        for piece, note in zip(pieces, notes, strict=True)
    ]
    return (*parts[:-1], msgspec.structs.replace(parts[-1], pause=beat.pause))


def _split_scene(scene: s.Scene, target: ScriptTarget) -> list[s.Scene]:
    """The scene in scenes short enough to watch; in no more than necessary when their number was requested."""
    too_many_words = _count_words(scene.beats) > limits.SCENE_WORDS
    too_long = estimate_seconds(scene, target.rate) > MAX_SCENE_SECONDS and not target.scenes
    if len(scene.beats) == 1 or not (too_many_words or too_long):
        return [scene]
    middle = min(
        range(1, len(scene.beats)),
        key=lambda place: abs(_count_words(scene.beats[:place]) - _count_words(scene.beats[place:])),
    )
    first = msgspec.structs.replace(scene, beats=scene.beats[:middle])
    second = msgspec.structs.replace(scene, beats=scene.beats[middle:], visual=None)
    return [*_split_scene(first, target), *_split_scene(second, target)]


def _join_short_scenes(scenes: list[s.Scene], target: ScriptTarget) -> list[s.Scene]:
    """Scenes that are too short, joined to a neighbour that has room, unless both have a visual."""
    joined: list[s.Scene] = []
    for scene in scenes:
        if joined and min(estimate_seconds(each, target.rate) for each in (joined[-1], scene)) < MIN_SCENE_SECONDS:
            before = joined[-1]
            both = msgspec.structs.replace(
                before,
                beats=(*before.beats, *scene.beats),
                visual=before.visual or scene.visual,
                plan=msgspec.structs.replace(before.plan, carries=scene.plan.carries),
            )
            if estimate_seconds(both, target.rate) <= MAX_SCENE_SECONDS and not (before.visual and scene.visual):
                joined[-1] = both
                continue
        joined.append(scene)
    return joined
