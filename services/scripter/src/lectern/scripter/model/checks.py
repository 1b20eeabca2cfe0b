"""Whether a script can be spoken, captioned and drawn: pure rules, told as findings a writer can act on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

from lectern.contracts import script as s
from lectern.language.detection import is_written_in
from lectern.language.sentences import sentences
from lectern.language.words import count_words
from lectern.markdown import limits
from lectern.scripter.model.plain import has_address, has_markup, symbols

Rule: TypeAlias = Literal[
    "scene-length", "total-length", "scene-count", "beat-length", "nothing-said", "markup", "symbols", "language",
    "speakers", "on-screen", "beat-count", "untranslated", "no-room", "cue-missing",
]  # fmt: skip

WORDS_PER_SECOND = 158 / 60  # the pace of the default voice
SHORTEST, LONGEST = 8.0, 45.0  # seconds of a scene
PAUSE = 0.45  # seconds between beats
BREATH = 0.85  # seconds around a scene
TOLERANCE = 0.15  # of the length that was asked for
BEAT_SENTENCES = 2
IN_SCRIPT = 0.6  # share of letters; names, formulas and quotations may be in another script
UNSPEAKABLE: frozenset[Rule] = frozenset({"markup", "nothing-said"})


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for. `seconds` and `scenes` 0 leave them free; `rate` is the voice's, 1 the usual."""

    seconds: int = 0
    scenes: int = 0
    language: str = "en"
    dialogue: bool = False
    rate: float = 1.0


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong: what, in which scene (from 1; 0 the whole script), and what to do about it."""

    rule: Rule
    scene: int = 0
    said: str


def scene_seconds(scene: s.Scene, rate: float = 1.0) -> float:
    """How long a scene will take to say, about. Pauses are the listener's and do not shrink with the rate."""
    words = sum(count_words(beat.spoken_text()) for beat in scene.beats)
    return words / (WORDS_PER_SECOND * rate) + PAUSE * max(0, len(scene.beats) - 1) + BREATH


def findings(script: s.Script, wanted: Wanted) -> tuple[Finding, ...]:
    """What is wrong with a script, in its order; empty when it is fit to be made."""
    return (*_of_the_whole(script, wanted), *_of_scenes(script, wanted))


def unspeakable(text: str) -> bool:
    """Whether a voice cannot say this at all."""
    return has_markup(text) or has_address(text) or not any(char.isalnum() for char in text)


def _of_the_whole(script: s.Script, wanted: Wanted) -> Iterator[Finding]:
    if wanted.scenes and len(script.scenes) != wanted.scenes:
        yield Finding(
            rule="scene-count", said=f"There are {len(script.scenes)} scenes; {wanted.scenes} were asked for."
        )
    total = sum(scene_seconds(scene, wanted.rate) for scene in script.scenes)
    if wanted.seconds and abs(total - wanted.seconds) > TOLERANCE * wanted.seconds:
        change = round(abs(total - wanted.seconds) * WORDS_PER_SECOND * wanted.rate)
        do = "longer: add" if total < wanted.seconds else "shorter: cut"
        yield Finding(
            rule="total-length",
            said=f"The narration takes {total:.0f} s to say; {wanted.seconds} s were asked for. "
            f"It must be {do} about {change} words.",
        )
    text = " ".join(beat.text for scene in script.scenes for beat in scene.beats)
    if not is_written_in(text, wanted.language, IN_SCRIPT):
        yield Finding(rule="language", said=f"The narration is not in the language {wanted.language!r}; write it so.")
    speakers = {beat.speaker for scene in script.scenes for beat in scene.beats}
    if wanted.dialogue and ("" in speakers or len(speakers) != 2):
        yield Finding(rule="speakers", said="In this dialogue every beat must name one of the plan's two speakers.")


def _of_scenes(script: s.Script, wanted: Wanted) -> Iterator[Finding]:
    for number, scene in enumerate(script.scenes, 1):
        seconds = scene_seconds(scene, wanted.rate)
        if not any(beat.spoken_text() for beat in scene.beats):
            yield Finding(rule="nothing-said", scene=number, said=f"Scene {number} says nothing.")
        elif not SHORTEST <= seconds <= LONGEST:
            yield Finding(
                rule="scene-length",
                scene=number,
                said=f"Scene {number} takes {seconds:.0f} s to say; it must take {SHORTEST:.0f} to {LONGEST:.0f} s.",
            )
        for place, beat in enumerate(scene.beats, 1):
            where = f"Scene {number}, beat {place}"
            yield from (
                Finding(rule=rule, scene=number, said=f"{where} {fault}")
                for rule, fault in _of_a_beat(beat, wanted.language)
            )


def _of_a_beat(beat: s.Beat, language: str) -> Iterator[tuple[Rule, str]]:
    words = max(count_words(beat.text), count_words(beat.spoken))
    if words > limits.BEAT_WORDS or len(sentences(beat.text)) > BEAT_SENTENCES:
        yield (
            "beat-length",
            f"has {words} words in {len(sentences(beat.text))} sentences; a beat has {BEAT_SENTENCES} sentences "
            f"and {limits.BEAT_WORDS} words at most: split it.",
        )
    if any(has_markup(text) or has_address(text) for text in (beat.text, beat.spoken)):
        yield "markup", f"contains markup, LaTeX or an address ({beat.text[:60]!r}); write plain sentences."
    elif not any(char.isalnum() for char in beat.text):
        yield "nothing-said", "has no word that could be spoken; write a sentence, or leave it out."
    elif odd := symbols(beat.spoken_text(), language):
        yield "symbols", f"has {' '.join(odd)} to be spoken; give the words to be said in `spoken`."
