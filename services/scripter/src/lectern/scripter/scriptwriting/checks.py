"""Rules that a script must follow to be spoken, captioned and drawn, and the faults a writer can act on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

from lectern.contracts import script as s
from lectern.language.detection import is_written_in
from lectern.language.sentences import sentences
from lectern.language.words import count_words
from lectern.markdown import limits
from lectern.scripter.scriptwriting.plain_text import has_address, has_markup, unspeakable_symbols

Rule: TypeAlias = Literal[
    "scene-length", "total-length", "scene-count", "beat-length", "nothing-said", "markup", "symbols", "language",
    "speakers", "on-screen", "beat-count", "untranslated", "no-room", "cue-missing",
]  # fmt: skip

MIN_SCENE_SECONDS, MAX_SCENE_SECONDS = 8.0, 45.0
BEAT_PAUSE_SECONDS = 0.45  # between beats
SCENE_PAUSE_SECONDS = 0.85  # around a scene
LENGTH_TOLERANCE = 0.15  # of the requested length
MAX_BEAT_SENTENCES = 2
MIN_SCRIPT_SHARE = 0.6  # of letters; names, formulas and quotations may be in another script
UNSPEAKABLE: frozenset[Rule] = frozenset({"markup", "nothing-said"})


class ScriptTarget(msgspec.Struct, frozen=True, kw_only=True):
    """The requested script. `seconds` and `scenes` are free when 0; `rate` is the speaking rate, 1 is normal."""

    seconds: int = 0
    scenes: int = 0
    language: str = "en"
    dialogue: bool = False
    rate: float = 1.0


class ScriptFault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with a script, and what to do about it. `scene` counts from 1; 0 is the whole script."""

    rule: Rule
    scene: int = 0
    message: str


def estimate_seconds(scene: s.Scene, rate: float = 1.0) -> float:
    """The approximate seconds a scene takes to speak. Pauses are the listener's and do not shrink with the rate."""
    words = sum(count_words(beat.spoken_text()) for beat in scene.beats)
    pauses = sum(max(BEAT_PAUSE_SECONDS, beat.pause) for beat in scene.beats) - BEAT_PAUSE_SECONDS + SCENE_PAUSE_SECONDS
    return words / (limits.WORDS_PER_SECOND * rate) + pauses


def find_faults(script: s.Script, target: ScriptTarget) -> tuple[ScriptFault, ...]:
    """The faults of the whole script, then those of its scenes in order; empty when it can be made as it is."""
    return (*_check_whole(script, target), *_check_scenes(script, target))


def weigh(faults: tuple[ScriptFault, ...]) -> int:
    """The weight of faults: text that cannot be spoken or is in the wrong language counts most."""
    return sum(10 if fault.rule in (*UNSPEAKABLE, "language") else 1 for fault in faults)


def is_unspeakable(text: str) -> bool:
    """True if a voice cannot say this at all."""
    return has_markup(text) or has_address(text) or not any(char.isalnum() for char in text)


def _check_whole(script: s.Script, target: ScriptTarget) -> Iterator[ScriptFault]:
    if target.scenes and len(script.scenes) != target.scenes:
        message = f"There are {len(script.scenes)} scenes; {target.scenes} were requested."
        yield ScriptFault(rule="scene-count", message=message)
    total = sum(estimate_seconds(scene, target.rate) for scene in script.scenes)
    if target.seconds and abs(total - target.seconds) > LENGTH_TOLERANCE * target.seconds:
        words = round(abs(total - target.seconds) * limits.WORDS_PER_SECOND * target.rate)
        change = "longer: add" if total < target.seconds else "shorter: cut"
        yield ScriptFault(
            rule="total-length",
            message=f"The narration takes {total:.0f} s to speak; {target.seconds} s were requested. "
            f"It must be {change} about {words} words.",
        )
    text = " ".join(beat.text for scene in script.scenes for beat in scene.beats)
    if not is_written_in(text, target.language, MIN_SCRIPT_SHARE):
        yield ScriptFault(
            rule="language", message=f"The narration is not in the language {target.language!r}; write it in that one."
        )
    speakers = {beat.speaker for scene in script.scenes for beat in scene.beats}
    if target.dialogue and ("" in speakers or len(speakers) != 2):
        yield ScriptFault(
            rule="speakers", message="In this dialogue every beat must name one of the plan's two speakers."
        )


def _check_scenes(script: s.Script, target: ScriptTarget) -> Iterator[ScriptFault]:
    for number, scene in enumerate(script.scenes, 1):
        seconds = estimate_seconds(scene, target.rate)
        if not any(beat.spoken_text() for beat in scene.beats):
            yield ScriptFault(rule="nothing-said", scene=number, message=f"Scene {number} has no narration.")
        elif not MIN_SCENE_SECONDS <= seconds <= MAX_SCENE_SECONDS:
            yield ScriptFault(
                rule="scene-length",
                scene=number,
                message=f"Scene {number} takes {seconds:.0f} s to speak; "
                f"it must take {MIN_SCENE_SECONDS:.0f} to {MAX_SCENE_SECONDS:.0f} s.",
            )
        for place, beat in enumerate(scene.beats, 1):
            for rule, fault in check_beat(beat, target.language):
                yield ScriptFault(rule=rule, scene=number, message=f"Scene {number}, beat {place} {fault}")


def check_beat(beat: s.Beat, language: str) -> Iterator[tuple[Rule, str]]:
    """The faults of one beat: the rule, and the rest of a sentence that begins with the beat's place."""
    words = max(count_words(beat.text), count_words(beat.spoken))
    sentence_count = len(sentences(beat.text, language))
    if words > limits.BEAT_WORDS or sentence_count > MAX_BEAT_SENTENCES:
        yield (
            "beat-length",
            f"has {words} words in {sentence_count} sentences; a beat has at most {MAX_BEAT_SENTENCES} sentences "
            f"and {limits.BEAT_WORDS} words: split it.",
        )
    if any(has_markup(text) or has_address(text) for text in (beat.text, beat.spoken)):
        yield "markup", f"contains markup, LaTeX or an address ({beat.text[:60]!r}); write plain sentences."
    elif not any(char.isalnum() for char in beat.text):
        yield "nothing-said", "has no word that could be spoken; write a sentence, or leave it out."
    elif symbols := unspeakable_symbols(beat.spoken_text(), language):
        yield "symbols", f"has {' '.join(symbols)} to be spoken; put the words to say in `spoken`."
