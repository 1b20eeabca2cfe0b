"""The script of a dubbed video: another's scenes with new words, and that one's pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from lectern.contracts import script as s
from lectern.contracts.problems import Problem
from lectern.scripter.dubbing.pictures import PictureWords, replaced, translated, words_in, words_of
from lectern.worker import Permanent


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """The video that is dubbed: its script, and the code of each scene's picture, in order."""

    script: s.Script
    codes: tuple[str, ...]

    def words(self, number: int) -> PictureWords:
        """What scene `number` (from 1) writes on the screen, and the words it waits for."""
        visual = self.script.scene(number).visual
        if template(visual):
            return PictureWords(screen=words_of(visual))
        return words_in(self.codes[number - 1])


def template(visual: s.AnyVisual | None) -> bool:
    """Whether a visual is drawn anew from its words; else its picture is code."""
    return visual is not None and not isinstance(visual, s.Manim)


def with_words(
    original: Original,
    number: int,
    title: str,
    beats: tuple[s.Beat, ...],
    screen: Mapping[str, str],
    cues: Mapping[str, str],
) -> s.Scene:
    """Scene `number` of the original, saying `beats`, with the words of its picture exchanged.

    A picture without words on it is the same, character by character.
    """
    visual = original.script.scene(number).visual
    if template(visual):
        return s.Scene(title=title, beats=beats, visual=translated(visual, screen))
    return s.Scene(title=title, beats=beats, visual=s.Manim(source=replaced(original.codes[number - 1], screen, cues)))


def from_document(original: Original, document: s.Script, language: str) -> s.Script:
    """The script of a dub whose words somebody else has written. Raises Permanent where scenes or beats do not match.

    A scene keeps the original's picture unless the document shows one of its own there.
    """
    _check_alike(original.script.scenes, document.scenes)
    scenes = tuple(
        scene if scene.visual is not None else with_words(original, number, scene.title, scene.beats, {}, {})
        for number, scene in enumerate(document.scenes, 1)
    )
    return msgspec.structs.replace(document, scenes=scenes, language=language)


def _check_alike(was: Sequence[s.Scene], now: Sequence[s.Scene]) -> None:
    if len(was) != len(now):
        raise Permanent(_unlike(f"The translation has {len(now)} scenes, the video has {len(was)}."))
    for number, (before, after) in enumerate(zip(was, now, strict=True), 1):
        if len(before.beats) != len(after.beats):
            raise Permanent(
                _unlike(
                    f"Scene {number} of the translation ({after.title}) has {len(after.beats)} paragraphs, "
                    f"the video's has {len(before.beats)}."
                )
            )


def _unlike(detail: str) -> Problem:
    return Problem(
        code="translation-unlike",
        title="The translation does not fit the video",
        detail=detail,
        remedy="Translate the video's script as Markdown (GET …/script) heading by heading and paragraph by paragraph.",
    )
