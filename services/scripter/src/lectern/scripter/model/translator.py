"""The translator that asks a model: the whole script at once, its faults corrected once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from lectern.contracts import script as s
from lectern.contracts.options import VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.usage import Usage, add_up
from lectern.language.detection import is_written_in
from lectern.llm import Budget, ModelClient, ModelFailed, fence
from lectern.markdown.inline import clean
from lectern.scripter.dubbing.dubbed import Original, with_words
from lectern.scripter.model import prompts
from lectern.scripter.model.checks import Finding
from lectern.scripter.writer import ModelAway, Terms, Written
from lectern.worker import Permanent

ROOM = 1.5  # times its original's length that a text on the screen may have, and some letters more
SOME_LETTERS = 8
IN_SCRIPT = 0.5  # share of letters
_STRUCTURE = frozenset({"scene-count", "beat-count", "nothing-said", "language"})


class TranslatedBeat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A beat in the other language."""

    text: str
    spoken: str = ""


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A text, and what stands in its place."""

    was: str
    now: str


class TranslatedScene(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scene in the other language."""

    title: str
    beats: list[TranslatedBeat]
    screen: list[Pair] = []
    cues: list[Pair] = []


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """The whole video in the other language."""

    title: str
    scenes: Annotated[list[TranslatedScene], msgspec.Meta(min_length=1)]


class _Words(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scene as the model is shown it."""

    title: str
    beats: tuple[str, ...]
    screen: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()


class Translator:
    """Turns a video's script into another language's, with the words of its pictures."""

    def __init__(self, model_client: ModelClient) -> None:
        self._model_client = model_client

    async def translate(self, original: Original, options: VideoOptions, terms: Terms) -> Written:
        """The script in the options' language. Raises Permanent with what was spent, and ModelAway."""
        budget = Budget(options.max_cost_usd, spent_usd=terms.spent_usd)
        spent: list[Usage] = []
        request = _request(original, options.language)
        correction: tuple[str, ...] = ()
        best: tuple[Translation, list[Finding]] | None = None
        for _ in range(2):
            try:
                answer = await self._model_client.ask(
                    "translate",
                    instructions=prompts.rules("translate"),
                    parts=(request, *correction),
                    result=Translation,
                    budget=budget,
                    fresh=terms.fresh,
                )
            except ModelFailed as failure:
                spent += _bill(failure.usage)
                if failure.retryable:
                    raise ModelAway(failure.problem, spent=add_up(spent)) from failure
                if best is None:
                    raise Permanent(failure.problem, spent=add_up(spent)) from failure
                break
            spent += _bill(answer.usage)
            wrong = faults(original, answer.value, options.language)
            if best is None or _grave(wrong) < _grave(best[1]) or len(wrong) < len(best[1]):
                best = answer.value, wrong
            if not wrong:
                break
            correction = (prompts.correction(answer.value, wrong),)
        assert best is not None
        found, left = best
        if _grave(left):
            raise Permanent(_unusable(next(each for each in left if each.rule in _STRUCTURE)), spent=add_up(spent))
        return Written(script=_script(original, found, options.language), spent=add_up(spent))


def faults(original: Original, found: Translation, language: str) -> list[Finding]:
    """What is wrong with a translation: gravest first."""
    scenes = original.script.scenes
    if len(found.scenes) != len(scenes):
        said = f"There are {len(found.scenes)} scenes; there must be {len(scenes)}, one for each of the original's."
        return [Finding(rule="scene-count", said=said)]
    wrong: list[Finding] = []
    for number, (was, now) in enumerate(zip(scenes, found.scenes, strict=True), 1):
        if len(was.beats) != len(now.beats):
            said = f"Scene {number} has {len(now.beats)} beats; it must have {len(was.beats)}."
            wrong.append(Finding(rule="beat-count", said=said))
        elif not all(any(char.isalnum() for char in beat.text) for beat in now.beats):
            wrong.append(Finding(rule="nothing-said", said=f"Scene {number} has a beat without words."))
    text = " ".join(beat.text for scene in found.scenes for beat in scene.beats)
    if not is_written_in(text, language, IN_SCRIPT):
        wrong.append(Finding(rule="language", said=f"The narration is not in the language {language}."))
    for number, now in enumerate(found.scenes, 1):
        wrong += _screen_faults(original, number, now)
    return wrong


def _screen_faults(original: Original, number: int, now: TranslatedScene) -> list[Finding]:
    words = original.words(number)
    screen, cues = _pairs(now.screen), _pairs(now.cues)
    wrong = [
        Finding(rule="untranslated", said=f"Scene {number}: the text {was!r} of the screen is missing.")
        for was in words.screen
        if not screen.get(was, "").strip()
    ]
    wrong += [
        Finding(rule="no-room", said=f"Scene {number}: {screen[was]!r} is too long for where {was!r} stood.")
        for was in words.screen
        if len(screen.get(was, "")) > len(was) * ROOM + SOME_LETTERS
    ]
    said = " ".join(beat.spoken or beat.text for beat in now.beats) + " ".join(beat.text for beat in now.beats)
    return wrong + [
        Finding(
            rule="cue-missing",
            said=f"Scene {number}: {was!r} needs a word of its beats, spelled as there.",
        )
        for was in words.cues
        if not cues.get(was, "").strip() or cues[was].casefold() not in said.casefold()
    ]


def _bill(usage: Usage) -> list[Usage]:
    """What a question cost; nothing for an answer that was remembered."""
    return [usage] if usage.requests else []


def _grave(wrong: Sequence[Finding]) -> int:
    return sum(each.rule in _STRUCTURE for each in wrong)


def _pairs(pairs: Sequence[Pair]) -> dict[str, str]:
    return {pair.was: pair.now for pair in pairs}


def _request(original: Original, language: str) -> str:
    shown = []
    for number, scene in enumerate(original.script.scenes, 1):
        words = original.words(number)
        beats = tuple(beat.text for beat in scene.beats)
        shown.append(_Words(title=scene.title, beats=beats, screen=words.screen, waits_for=words.cues))
    script = original.script
    text = msgspec.json.format(msgspec.json.encode({"title": script.title, "scenes": shown}), indent=1).decode()
    return f"From: {script.language}\nTo: {language}\n\n{fence(text)}"


def _script(original: Original, found: Translation, language: str) -> s.Script:
    scenes = tuple(
        with_words(
            original,
            number,
            clean(now.title),
            tuple(_beat(beat, was) for beat, was in zip(now.beats, was_scene.beats, strict=True)),
            _filled(_pairs(now.screen)),
            _filled(_pairs(now.cues)),
        )
        for number, (now, was_scene) in enumerate(zip(found.scenes, original.script.scenes, strict=True), 1)
    )
    return s.Script(
        title=clean(found.title),
        language=language,
        scenes=scenes,
        sources=original.script.sources,
    )


def _beat(beat: TranslatedBeat, was: s.Beat) -> s.Beat:
    text, spoken = clean(beat.text), clean(beat.spoken)
    return s.Beat(text=text, spoken="" if spoken == text else spoken, show=was.show, speaker=was.speaker)


def _filled(pairs: Mapping[str, str]) -> dict[str, str]:
    return {was: now for was, now in pairs.items() if now.strip()}


def _unusable(finding: Finding) -> Problem:
    return Problem(
        code="translation-unfit",
        title="The translation cannot be used",
        detail=f"The model's translation was still faulty after it was corrected: {clean(finding.said)}",
        remedy="Retry the video, or send your own translation as a document.",
        retryable=True,
    )
