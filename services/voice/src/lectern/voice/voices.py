"""Voices, and the choice of one by id, locale or language."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import msgspec

from lectern.contracts.narration import Timing
from lectern.contracts.problems import Problem
from lectern.contracts.script import Script
from lectern.worker import Permanent

ANY_LANGUAGE = "mul"  # ISO 639-2 for "multiple languages": the voice speaks any language
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")  # what a language or locale looks like (BCP-47)
_SAME_LANGUAGE = {"no": "nb", "cmn": "zh", "iw": "he"}


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
    """The voice with this id, else the first that speaks this language or locale, optionally of a gender.

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
    for voice in voices if _TAG.fullmatch(language) else ():
        if speaks(voice, language, exact=True) and gender.lower() in ("", voice.gender):
            return voice
    raise Permanent(_unknown_voice(wanted, voices))


def choose_voice(language: str, voices: Sequence[Voice]) -> Voice:
    """The first voice that speaks a script's locale, else its language. Raises Permanent."""
    for exact in (True, False):
        for voice in voices:
            if speaks(voice, language, exact=exact):
                return voice
    raise Permanent(_unknown_voice(language, voices))


def speaks(voice: Voice, language: str, *, exact: bool = False) -> bool:
    """True if a voice speaks a language (`de`, `pt-BR`); with `exact` in that very locale, if it names one."""
    if not language or not voice.language:
        return False
    if voice.language == ANY_LANGUAGE:
        return True
    if exact and "-" in language:
        return voice.language.lower() == language.lower()
    return _base(voice.language) == _base(language)


def _base(language: str) -> str:
    base = language.lower().split("-")[0]
    return _SAME_LANGUAGE.get(base, base)


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
    languages = sorted({voice.language for voice in voices if voice.language not in ("", ANY_LANGUAGE)})
    similar = difflib.get_close_matches(wanted, [*languages, *names], n=3, cutoff=0.4) or names[:3]
    return Problem(
        code="voice-unavailable",
        title="No such voice",
        detail=f"There is no voice {wanted!r} here.",
        remedy=f"Choose {', '.join(similar)}; `GET /v1/voices` lists them all.",
    )
