"""Prepares a scene's beats for a voice."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from lectern.contracts.problems import Problem
from lectern.contracts.script import Beat, Script
from lectern.worker import Permanent

MAX_SCENE_CHARACTERS = 4000  # four minutes of speech; a scene should be far shorter
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def prepare_beats(script: Script, scene: int) -> tuple[Beat, ...]:
    """The scene's beats with the script's pronunciations applied. Raises Permanent if they cannot be spoken."""
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
    return beats


def _pronounce(beat: Beat, pronunciations: Mapping[str, str]) -> Beat:
    spoken = _CONTROL.sub(" ", beat.spoken_text())
    for written, pronunciation in pronunciations.items():
        spoken = pronunciation.join(re.split(rf"(?<!\w){re.escape(written)}(?!\w)", spoken))
    text = _CONTROL.sub(" ", beat.text)
    return msgspec.structs.replace(beat, text=text, spoken="" if spoken == text else spoken)
