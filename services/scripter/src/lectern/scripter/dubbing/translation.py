"""A model's translation: its shape, its faults, and the script that is built from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import msgspec

from lectern.contracts import script as s
from lectern.language.detection import is_written_in
from lectern.llm import fence
from lectern.markdown import clean_line
from lectern.scripter.dubbing.original import Original
from lectern.scripter.scriptwriting.checks import Rule, ScriptFault

MAX_GROWTH = 1.5  # times its original's length that a text on screen may have
EXTRA_CHARACTERS = 8  # on top, for short texts
MIN_SCRIPT_SHARE = 0.5  # of letters that must be in the script of the language
STRUCTURAL_RULES: frozenset[Rule] = frozenset({"scene-count", "beat-count", "nothing-said", "language"})


class TranslatedBeat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A beat in the other language."""

    text: str
    spoken: str = ""


class TextPair(msgspec.Struct, frozen=True, kw_only=True):
    """A text, and the one that replaces it."""

    was: str
    now: str


class TranslatedScene(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scene in the other language."""

    title: str
    beats: list[TranslatedBeat]
    screen: list[TextPair] = []
    cues: list[TextPair] = []


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """The whole video in the other language. `cast` has the texts of things that several scenes show."""

    title: str
    question: str = ""
    idea: str = ""
    scenes: Annotated[list[TranslatedScene], msgspec.Meta(min_length=1)]
    cast: list[TextPair] = []


class _SceneToTranslate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    beats: tuple[str, ...]
    screen: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()


def describe_original(original: Original, language: str) -> str:
    """The original's words as a model is shown them."""
    script = original.script
    scenes = []
    for number, scene in enumerate(script.scenes, 1):
        texts = original.texts(number)
        beats = tuple(beat.text for beat in scene.beats)
        scenes.append(_SceneToTranslate(title=scene.title, beats=beats, screen=texts.screen, waits_for=texts.cues))
    cards = {name: text for name in ("question", "idea") if (text := getattr(script, name))}
    told: dict[str, object] = {"title": script.title, **cards, "scenes": scenes}
    if cast := original.cast_texts():
        told["cast"] = cast
    text = msgspec.json.format(msgspec.json.encode(told), indent=1).decode()
    return f"From: {script.language}\nTo: {language}\n\n{fence(text)}"


def check_translation(original: Original, translation: Translation, language: str) -> list[ScriptFault]:
    """The faults of a translation, structural ones first."""
    scenes = original.script.scenes
    if len(translation.scenes) != len(scenes):
        message = (
            f"There are {len(translation.scenes)} scenes; there must be {len(scenes)}, one for each of the original's."
        )
        return [ScriptFault(rule="scene-count", message=message)]
    faults: list[ScriptFault] = []
    for number, (before, after) in enumerate(zip(scenes, translation.scenes, strict=True), 1):
        if len(before.beats) != len(after.beats):
            message = f"Scene {number} has {len(after.beats)} beats; it must have {len(before.beats)}."
            faults.append(ScriptFault(rule="beat-count", message=message))
        elif not all(any(char.isalnum() for char in beat.text) for beat in after.beats):
            faults.append(ScriptFault(rule="nothing-said", message=f"Scene {number} has a beat without words."))
    text = " ".join(beat.text for scene in translation.scenes for beat in scene.beats)
    if not is_written_in(text, language, MIN_SCRIPT_SHARE):
        faults.append(ScriptFault(rule="language", message=f"The narration is not in the language {language}."))
    faults += _check_screen("The cast", original.cast_texts(), _replacements(translation.cast))
    for number, scene in enumerate(translation.scenes, 1):
        faults += _check_texts(original, number, scene)
    return faults


def build_dub(original: Original, translation: Translation, language: str) -> s.Script:
    """The script of the dub, from a translation without structural faults."""
    scenes = tuple(
        original.scene_with(
            number,
            clean_line(after.title),
            tuple(_build_beat(beat, of) for beat, of in zip(after.beats, before.beats, strict=True)),
            _replacements(after.screen),
            _replacements(after.cues),
        )
        for number, (after, before) in enumerate(zip(translation.scenes, original.script.scenes, strict=True), 1)
    )
    return s.Script(
        title=clean_line(translation.title),
        language=language,
        scenes=scenes,
        question=clean_line(translation.question) if original.script.question else "",
        idea=clean_line(translation.idea) if original.script.idea else "",
        sources=original.script.sources,
        cast=original.cast_with(_replacements(translation.cast)),
    )


def _check_texts(original: Original, number: int, scene: TranslatedScene) -> Iterator[ScriptFault]:
    texts = original.texts(number)
    screen, cues = _replacements(scene.screen), _replacements(scene.cues)
    yield from _check_screen(f"Scene {number}", texts.screen, screen)
    narration = " ".join(part for beat in scene.beats for part in (beat.spoken, beat.text)).casefold()
    for text in texts.cues:
        if text not in cues or cues[text].casefold() not in narration:
            message = f"Scene {number}: {text!r} needs a word of its beats, spelled as there."
            yield ScriptFault(rule="cue-missing", message=message)


def _check_screen(place: str, texts: Sequence[str], screen: Mapping[str, str]) -> Iterator[ScriptFault]:
    for text in texts:
        if text not in screen:
            yield ScriptFault(rule="untranslated", message=f"{place}: the text {text!r} of the screen is missing.")
    for text in texts:
        if len(screen.get(text, "")) > len(text) * MAX_GROWTH + EXTRA_CHARACTERS:
            message = f"{place}: {screen[text]!r} is too long for where {text!r} stood."
            yield ScriptFault(rule="no-room", message=message)


def _replacements(pairs: Sequence[TextPair]) -> Mapping[str, str]:
    """The replacement of each text; empty ones count as missing."""
    return {was: now for was, now in {pair.was: pair.now for pair in pairs}.items() if now.strip()}


def _build_beat(beat: TranslatedBeat, original: s.Beat) -> s.Beat:
    text, spoken = clean_line(beat.text), clean_line(beat.spoken)
    return msgspec.structs.replace(original, text=text, spoken="" if spoken == text else spoken)
