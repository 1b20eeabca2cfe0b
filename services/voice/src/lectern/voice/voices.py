"""Voices, and the choice of one by id, locale or language."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import msgspec

from lectern.contracts.narration import Timing
from lectern.contracts.problems import Problem
from lectern.contracts.script import Script
from lectern.language.tags import MULTIPLE, base_language, is_valid, region, same_language
from lectern.worker import Permanent


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A voice. `name` and `model` are the engine's own; prices in US dollars by list, of characters or of tokens.

    `custom_prefix` and an id of the provider's name a voice that is not listed, of the same engine and price.
    """

    id: str
    language: str
    gender: str
    engine: str
    name: str
    model: str = ""
    timing: Timing = "exact"
    usd_per_million: float = 0.0
    usd_per_million_input: float = 0.0
    usd_per_million_output: float = 0.0
    custom_prefix: str = ""

    def estimate_cost(self, characters: int) -> float:
        """Estimates the cost of speaking so many characters, in US dollars."""
        return characters * self.usd_per_million / 1e6


def find_voice(wanted: str, voices: Sequence[Voice]) -> Voice:
    """Finds the voice with this id, else the first that speaks this language or locale, optionally of a gender.

    `de` finds `de-DE`, `en-GB-female` a female British one, and `eleven-<voice id>` any voice of an ElevenLabs account.
    A locale that no voice speaks is refused: `en-UK` does not mean en-US. Raises Permanent with similar names.
    """
    for voice in voices:
        if voice.id.lower() == wanted.lower():
            return voice
    for voice in voices:
        if voice.custom_prefix and wanted.startswith(voice.custom_prefix):
            name = wanted.removeprefix(voice.custom_prefix)
            return msgspec.structs.replace(voice, id=wanted, name=name, gender="unknown")
    language, _, gender = wanted.rpartition("-")
    if gender.lower() not in ("female", "male"):
        language, gender = wanted, ""
    for voice in voices if is_valid(language) else ():
        if speaks(voice, language, exact=True) and gender.lower() in ("", voice.gender):
            return voice
    raise Permanent(_unknown_voice(wanted, voices))


def choose_voice(language: str, voices: Sequence[Voice]) -> Voice:
    """Chooses the first voice that speaks a script's locale, else its language. Raises Permanent."""
    for exact in (True, False):
        for voice in voices:
            if speaks(voice, language, exact=exact):
                return voice
    raise Permanent(_unknown_voice(language, voices))


def speaks(voice: Voice, language: str, *, exact: bool = False) -> bool:
    """True if a voice speaks a language (`de`, `pt-BR`); with `exact` in that very locale, if it names a region."""
    if base_language(voice.language) == MULTIPLE:
        return bool(language)
    if exact and region(language):
        return voice.language.lower() == language.lower().replace("_", "-")
    return same_language(voice.language, language)


def assign_voices(script: Script, lead: Voice, voices: Sequence[Voice]) -> dict[str, Voice]:
    """Assigns a voice to each speaker of a dialogue, in the order they first speak; the first gets `lead`.

    The others come from the same engine, speak the same language, and differ, in gender if possible. If there are more
    speakers than voices, voices are shared.
    """
    speakers = list(dict.fromkeys(beat.speaker for scene in script.scenes for beat in scene.beats if beat.speaker))
    candidates = [
        voice
        for voice in voices
        if voice.engine == lead.engine and voice.id != lead.id and speaks(voice, lead.language, exact=True)
    ]
    others = sorted(candidates, key=lambda voice: (voice.gender == lead.gender, voice.model != lead.model))
    order = [lead, *others]
    return {speaker: order[number % len(order)] for number, speaker in enumerate(speakers)}


def _unknown_voice(wanted: str, voices: Sequence[Voice]) -> Problem:
    names = [voice.id for voice in voices]
    languages = sorted({voice.language for voice in voices if voice.language not in ("", MULTIPLE)})
    similar = difflib.get_close_matches(wanted, [*languages, *names], n=3, cutoff=0.4) or names[:3]
    return Problem(
        code="voice-unavailable",
        title="No such voice",
        detail=f"There is no voice {wanted!r} here.",
        remedy=f"Choose {', '.join(similar)}; `GET /v1/voices` lists them all.",
    )
