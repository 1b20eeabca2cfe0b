"""The video that is dubbed, and its scenes with other words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from lectern.contracts import script as s
from lectern.contracts.problems import Problem
from lectern.scripter.dubbing.code_texts import SceneTexts, find_texts, has_words, replace_texts
from lectern.worker import Permanent


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """The video that is dubbed: its script, and each scene's code, in order."""

    script: s.Script
    codes: tuple[str, ...]

    def texts(self, number: int) -> SceneTexts:
        """The texts that scene `number` (from 1) shows, and the spoken words that its code waits for."""
        visual = self._template_visual(number)
        if visual is None:
            return find_texts(self.codes[number - 1])
        return SceneTexts(screen=tuple(text for text in visual.texts() if has_words(text)))

    def cast_texts(self) -> tuple[str, ...]:
        """The texts that the cast shows."""
        return find_texts(self.script.cast).screen

    def cast_with(self, screen: Mapping[str, str]) -> str:
        """The cast with its texts replaced."""
        return replace_texts(self.script.cast, screen, {})

    def scene_with(
        self,
        number: int,
        title: str,
        beats: tuple[s.Beat, ...],
        screen: Mapping[str, str] | None = None,
        cues: Mapping[str, str] | None = None,
    ) -> s.Scene:
        """Scene `number` with another title and other beats, its texts on screen and its cues replaced.

        Code without texts stays the same, character by character.
        """
        visual = self._template_visual(number)
        if visual is None:
            visual = s.Manim(source=replace_texts(self.codes[number - 1], screen or {}, cues or {}))
        else:
            visual = visual.replace_texts(screen or {})
        plan = s.ScenePlan(transition=self.script.scene(number).plan.transition)
        return s.Scene(title=title, beats=beats, visual=visual, plan=plan)

    def _template_visual(self, number: int) -> s.AnyVisual | None:
        """The visual of a scene that its template draws; None for a scene that is drawn by other code."""
        scene = self.script.scene(number)
        return None if isinstance(scene.visual, s.Manim) or scene.plan.direction else scene.visual


def dub_from_document(original: Original, document: s.Script, language: str) -> s.Script:
    """The script of a dub that somebody has translated. Raises Permanent where scenes or beats do not match.

    A scene keeps the original's visual unless the document has one of its own there.
    """
    _check_structure(original.script.scenes, document.scenes)
    scenes = tuple(
        scene if scene.visual is not None else original.scene_with(number, scene.title, scene.beats)
        for number, scene in enumerate(document.scenes, 1)
    )
    cast = document.cast or original.script.cast
    return msgspec.structs.replace(document, scenes=scenes, language=language, cast=cast)


def _check_structure(original: Sequence[s.Scene], translation: Sequence[s.Scene]) -> None:
    if len(original) != len(translation):
        raise Permanent(_mismatch(f"The translation has {len(translation)} scenes, the video has {len(original)}."))
    for number, (before, after) in enumerate(zip(original, translation, strict=True), 1):
        if len(before.beats) != len(after.beats):
            raise Permanent(
                _mismatch(
                    f"Scene {number} of the translation ({after.title}) has {len(after.beats)} paragraphs, "
                    f"the video's has {len(before.beats)}."
                )
            )


def _mismatch(detail: str) -> Problem:
    return Problem(
        code="translation-unlike",
        title="The translation does not match the video",
        detail=detail,
        remedy="Translate the video's script as Markdown (GET …/script) heading by heading and paragraph by paragraph.",
    )
