"""Puts single beats of a script in other words, after a fact-check, and keeps what is worse out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lectern.contracts import script as s
from lectern.scripter.scriptwriting import replies
from lectern.scripter.scriptwriting.checks import ScriptTarget, check_beat, find_faults, weigh
from lectern.scripter.scriptwriting.drafting import clean_note, draft_beats

WHOLE_SCENE = 0  # in place of a beat: the picture of its scene


class Place(msgspec.Struct, frozen=True, order=True):
    """Where something stands in a script: scene and beat from 1, or `WHOLE_SCENE`."""

    scene: int
    beat: int


class RewrittenScript(msgspec.Struct, frozen=True, kw_only=True):
    """A script, and the places of the one before it that it has changed."""

    script: s.Script
    changed: frozenset[Place]


def locate(doubt: replies.Doubt, script: s.Script) -> Place | None:
    """The place of a doubted claim: where its words stand, else where the doubt says; None if that does not exist."""
    claim = _fold(doubt.claim)
    spoken = [
        Place(number, place)
        for number, scene in enumerate(script.scenes, 1)
        for place, beat in enumerate(scene.beats, 1)
        if claim and claim in _fold(beat.text)
    ]
    named = Place(doubt.scene, doubt.beat)
    if spoken:
        return named if named in spoken else spoken[0]
    exists = 1 <= named.scene <= len(script.scenes) and 0 <= named.beat <= len(script.scene(named.scene).beats)
    return named if exists else None


def apply_rewrite(
    script: s.Script, rewrite: replies.Rewrite, places: Sequence[Place], target: ScriptTarget
) -> RewrittenScript:
    """The script with the beats at `places` replaced, and pictures of their scenes; what else a reply says is ignored.

    A beat with a fault of its own stays as it was; so does the script if it would have more faults than before.
    """
    beats = {Place(each.scene, each.beat): each for each in rewrite.beats}
    pictures = {each.scene: clean_note(each.shows, script.language) for each in rewrite.pictures}
    scenes, changed = list(script.scenes), set[Place]()
    for place in sorted(set(places), reverse=True):  # backwards: a beat may become two
        scene, draft = scenes[place.scene - 1], beats.get(place)
        if draft and place.beat != WHOLE_SCENE:
            before = scene.beats[place.beat - 1]
            after = _redraft(before, draft, script.language)
            if after and after != (before,):
                scene = msgspec.structs.replace(
                    scene, beats=(*scene.beats[: place.beat - 1], *after, *scene.beats[place.beat :])
                )
                changed.add(place)
        if (shows := pictures.get(place.scene)) and shows != scene.plan.shows:
            plan = msgspec.structs.replace(scene.plan, shows=shows)
            scene = msgspec.structs.replace(scene, plan=plan, visual=None)  # a template would hide the new picture
            changed.add(Place(place.scene, WHOLE_SCENE))
        scenes[place.scene - 1] = scene
    after_all = msgspec.structs.replace(script, scenes=tuple(scenes))
    if weigh(find_faults(after_all, target)) > weigh(find_faults(script, target)):
        return RewrittenScript(script=script, changed=frozenset())
    return RewrittenScript(script=after_all, changed=frozenset(changed))


def _redraft(before: s.Beat, draft: replies.RewrittenBeat, language: str) -> tuple[s.Beat, ...]:
    """The beat in its new words, in two where it has become too long; none if they cannot be used."""
    written = replies.BeatDraft(
        text=draft.text,
        spoken=draft.spoken,
        show=draft.show or before.show,
        speaker=before.speaker,
        pause=before.pause,
    )
    beats = tuple(draft_beats(written, language))
    return () if any(True for beat in beats for _ in check_beat(beat, language)) else beats


def _fold(text: str) -> str:
    return " ".join(text.casefold().strip(" .\"“”„'…").split())
