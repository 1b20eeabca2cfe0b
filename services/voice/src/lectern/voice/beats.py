"""Prepares a scene's beats for a voice."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import msgspec

from lectern.contracts.problems import Problem
from lectern.contracts.script import CLOSING_SECONDS, Beat, Script
from lectern.language.pronunciation import spell_as_spoken
from lectern.voice.voices import Voice
from lectern.worker import Permanent

MAX_SCENE_CHARACTERS = 4000  # four minutes of speech; a scene should be far shorter
MAX_PRONUNCIATION_CHARACTERS = 300  # of a word, which may stand in every place of a scene
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def prepare_beats(script: Script, scene: int, *, cards: bool = False) -> tuple[Beat, ...]:
    """The scene's beats with the script's pronunciations applied. Raises Permanent if they cannot be spoken.

    With `cards` the end card has time after the film's last word.
    """
    _check_pronunciations(script.pronunciations)
    beats = tuple(_pronounce(beat, script.pronunciations) for beat in script.scene(scene).beats)
    if not beats or not all(re.search(r"\w", beat.spoken_text()) for beat in beats):
        raise Permanent(
            Problem(
                code="nothing-to-say",
                title="A beat without words",
                detail=f"Scene {scene} has {'a beat with no words in it' if beats else 'no narration'}.",
                remedy="Write a sentence for each beat of the scene, or delete the beat.",
            )
        )
    length = sum(len(beat.spoken_text()) for beat in beats)
    if length > MAX_SCENE_CHARACTERS:
        raise Permanent(
            Problem(
                code="scene-too-long",
                title="A scene too long to speak",
                detail=f"Scene {scene} has {length} characters of narration; the limit is {MAX_SCENE_CHARACTERS}.",
                remedy="Split it into scenes of 8 to 45 seconds, about 20 to 120 words each.",
            )
        )
    if cards and script.closes_with(scene):
        *rest, last = beats
        beats = (*rest, msgspec.structs.replace(last, pause=max(last.pause, CLOSING_SECONDS)))
    return beats


def respell_beats(
    beats: Sequence[Beat], voices: Sequence[Voice], language: str, engines: Collection[str]
) -> tuple[Beat, ...]:
    """The beats spelt as they sound, where the voice of the same index belongs to one of `engines`."""
    return tuple(
        _respell(beat, language) if voice.engine in engines else beat for beat, voice in zip(beats, voices, strict=True)
    )


def _respell(beat: Beat, language: str) -> Beat:
    spoken = spell_as_spoken(beat.spoken_text(), language)
    return msgspec.structs.replace(beat, spoken="" if spoken == beat.text else spoken)


def _check_pronunciations(pronunciations: Mapping[str, str]) -> None:
    for written, pronunciation in pronunciations.items():
        if len(pronunciation) > MAX_PRONUNCIATION_CHARACTERS:
            raise Permanent(
                Problem(
                    code="pronunciation-too-long",
                    title="A pronunciation too long to be one",
                    detail=f"The pronunciation of {written[:40]!r} has {len(pronunciation)} characters; the limit is "
                    f"{MAX_PRONUNCIATION_CHARACTERS}.",
                    remedy="Write how the voice says the word, as in `Nguyen | nwin`.",
                )
            )


def _pronounce(beat: Beat, pronunciations: Mapping[str, str]) -> Beat:
    spoken = _CONTROL.sub(" ", beat.spoken_text())
    found = sorted((written for written in pronunciations if written and written in spoken), key=len, reverse=True)
    if found:  # all at once: what is put in for one word is not looked through for another
        words = "|".join(map(re.escape, found))
        spoken = re.sub(rf"(?<!\w)(?:{words})(?!\w)", lambda match: pronunciations[match[0]], spoken)
    text = _CONTROL.sub(" ", beat.text)
    return msgspec.structs.replace(beat, text=text, spoken="" if spoken == text else spoken)
