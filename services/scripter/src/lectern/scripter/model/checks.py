"""Whether a narration can be spoken, captioned and drawn: pure rules, told as findings a writer can act on."""

from __future__ import annotations

import re

from lectern.contracts.script import Script

WORDS_PER_SECOND = 158 / 60  # the pace of the default voice
SHORTEST, LONGEST = 8.0, 45.0  # seconds of a scene
PAUSE = 0.45  # seconds between beats; and about one second of breath around a scene
TOLERANCE = 0.15  # of the length that was asked for
BEAT_WORDS = 60

_MARKUP = re.compile(r"https?://|www\.|```|\*\*|<[a-zA-Z/]|\\[a-zA-Z]+\{|^\s*[-*#] ", re.MULTILINE)


def scene_seconds(script: Script, number: int) -> float:
    """How long a scene will take to say, about."""
    beats = script.scene(number).beats
    words = sum(len(beat.said().split()) for beat in beats)
    return words / WORDS_PER_SECOND + PAUSE * (len(beats) - 1) + 0.85


def findings(script: Script, target_seconds: int, scenes: int = 0) -> tuple[str, ...]:
    """What is wrong with a script, a sentence each; empty when it is fit to be made. 0 asks for no length or number."""
    found: list[str] = []
    lengths = [scene_seconds(script, number) for number in range(1, len(script.scenes) + 1)]
    for number, (scene, seconds) in enumerate(zip(script.scenes, lengths, strict=True), 1):
        if not SHORTEST <= seconds <= LONGEST:
            found.append(
                f"Scene {number} takes {seconds:.0f} s to say; it must take {SHORTEST:.0f} to {LONGEST:.0f} s."
            )
        for place, beat in enumerate(scene.beats, 1):
            where = f"Scene {number}, beat {place}"
            if len(beat.said().split()) > BEAT_WORDS:
                found.append(f"{where} has more than {BEAT_WORDS} words; split it.")
            if _MARKUP.search(beat.text) or _MARKUP.search(beat.spoken):
                found.append(f"{where} contains markup or an address; write plain sentences.")
            if not re.search(r"\w", beat.said()):
                found.append(f"{where} says nothing.")
    total = sum(lengths)
    if target_seconds and abs(total - target_seconds) > TOLERANCE * target_seconds:
        wanted = "longer" if total < target_seconds else "shorter"
        found.append(
            f"The narration takes {total:.0f} s to say; it must be {wanted}: {target_seconds} s were asked for."
        )
    if scenes and len(script.scenes) != scenes:
        found.append(f"There are {len(script.scenes)} scenes; {scenes} were asked for.")
    return tuple(found)
