"""The table of voices: what users may name, and what the engines call it."""

from __future__ import annotations

import difflib

import msgspec

from lectern.contracts.narration import Timing
from lectern.contracts.problems import Problem
from lectern.worker import Permanent


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A voice. `name` is the engine's; `usd_per_million` characters is its list price."""

    id: str
    language: str
    gender: str
    engine: str
    name: str
    timing: Timing = "exact"
    usd_per_million: float = 0.0


def _espeak(id_: str, language: str, name: str, gender: str = "male") -> Voice:
    return Voice(id=id_, language=language, gender=gender, engine="espeak", name=name)


VOICES: tuple[Voice, ...] = (
    _espeak("en-US", "en-US", "en-us"),
    _espeak("en-US-female", "en-US", "en-us+f3", "female"),
    _espeak("en-GB", "en-GB", "en-gb"),
    _espeak("en-GB-female", "en-GB", "en-gb+f3", "female"),
    _espeak("en-GB-scotland", "en-GB", "en-gb-scotland"),
    _espeak("de-DE", "de-DE", "de"),
    _espeak("fr-FR", "fr-FR", "fr-fr"),
    _espeak("es-ES", "es-ES", "es"),
    _espeak("es-MX", "es-MX", "es-419"),
    _espeak("it-IT", "it-IT", "it"),
    _espeak("pt-BR", "pt-BR", "pt-br"),
    _espeak("pt-PT", "pt-PT", "pt"),
    _espeak("nl-NL", "nl-NL", "nl"),
    _espeak("pl-PL", "pl-PL", "pl"),
    _espeak("sv-SE", "sv-SE", "sv"),
    _espeak("da-DK", "da-DK", "da"),
    _espeak("nb-NO", "nb-NO", "nb"),
    _espeak("fi-FI", "fi-FI", "fi"),
    _espeak("cs-CZ", "cs-CZ", "cs"),
    _espeak("tr-TR", "tr-TR", "tr"),
    _espeak("ru-RU", "ru-RU", "ru"),
    _espeak("uk-UA", "uk-UA", "uk"),
    _espeak("el-GR", "el-GR", "el"),
    _espeak("hi-IN", "hi-IN", "hi"),
    _espeak("ar", "ar", "ar"),
    _espeak("zh-CN", "zh-CN", "cmn"),
    _espeak("ja-JP", "ja-JP", "ja"),
    Voice(id="silent", language="", gender="none", engine="silent", name="silent", timing="estimated"),
)


def find_voice(wanted: str, voices: tuple[Voice, ...] = VOICES) -> Voice:
    """The voice with this id, or the first of this language (`de` finds `de-DE`). Raises Permanent naming near ones."""
    for voice in voices:
        if voice.id.lower() == wanted.lower():
            return voice
    for voice in voices:
        if wanted and voice.language.lower().split("-")[0] == wanted.lower():
            return voice
    names = [voice.id for voice in voices]
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.4) or names[:3]
    raise Permanent(
        Problem(
            code="voice-unavailable",
            title="No such voice",
            detail=f"There is no voice {wanted!r} here.",
            remedy=f"Choose {', '.join(near)}; `GET /v1/voices` lists them all.",
        )
    )
