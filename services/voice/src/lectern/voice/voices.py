"""The voices users may name, read from a table people can edit, and the one they mean."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

import msgspec

from lectern.contracts.narration import Timing
from lectern.contracts.problems import Problem
from lectern.contracts.script import Script
from lectern.worker import Permanent

ANY = "mul"  # ISO 639-2 for "multiple languages": a voice that speaks whatever it is given
_OWN_CODES = {"cmn-CN": "zh-CN", "cmn-TW": "zh-TW", "ar-XA": "ar"}  # Google's codes that are not what people write
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")  # what a language or locale looks like (BCP-47)
_SAME_LANGUAGE = {"no": "nb", "cmn": "zh", "iw": "he"}


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A voice. `name` and `model` are the engine's own; prices in US dollars by list, of characters or of tokens."""

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

    def estimate(self, characters: int) -> float:
        """What speaking so many characters costs, in US dollars."""
        return characters * self.usd_per_million / 1e6


class _Family(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Voices with the same engine, price and timing: language -> the engine's name -> gender."""

    engine: str
    name: str
    id: str = ""
    model: str = ""
    timing: Timing
    usd_per_million: float = 0.0
    usd_per_million_input: float = 0.0
    usd_per_million_output: float = 0.0
    labels: dict[str, str] = {}
    voices: dict[str, dict[str, str]]

    def listed(self) -> Iterable[Voice]:
        for code, voices in self.voices.items():
            language = _OWN_CODES.get(code, code)
            for label, gender in voices.items():
                name = self.name.format(language=code, voice=self.labels.get(label, label))
                yield Voice(
                    id=self.id.format(language=language, voice=label, label=label) or name,
                    language=language,
                    gender=gender,
                    engine=self.engine,
                    name=name,
                    model=self.model,
                    timing=self.timing,
                    usd_per_million=self.usd_per_million,
                    usd_per_million_input=self.usd_per_million_input,
                    usd_per_million_output=self.usd_per_million_output,
                )


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    as_of: str
    family: tuple[_Family, ...]


def load_voices(path: Path | None = None) -> tuple[Voice, ...]:
    """Every voice of the table, best first for each language. Raises ValueError naming the file for a wrong table."""
    bundled = files("lectern.voice") / "tables" / "voices.toml"
    try:
        table = msgspec.toml.decode((path.read_bytes() if path else bundled.read_bytes()), type=_Table)
    except (msgspec.MsgspecError, OSError) as error:
        raise ValueError(f"{path or 'voices.toml'}: {error}") from error
    return tuple(voice for family in table.family for voice in family.listed())


def find_voice(wanted: str, voices: Sequence[Voice]) -> Voice:
    """The voice with this id; else the first that speaks this language or locale, perhaps of a gender.

    `de` finds `de-DE`, `en-GB-female` a female British one, and `eleven-<voice id>` any voice of an ElevenLabs account.
    A locale nobody speaks is refused: who asks for en-UK does not mean en-US. Raises Permanent naming near ones.
    """
    for voice in voices:
        if voice.id.lower() == wanted.lower():
            return voice
    own = next((voice for voice in voices if voice.engine == "elevenlabs"), None)
    if own and wanted.startswith("eleven-"):
        return msgspec.structs.replace(own, id=wanted, name=wanted.removeprefix("eleven-"), gender="unknown")
    asked, _, gender = wanted.rpartition("-")
    if gender.lower() not in ("female", "male"):
        asked, gender = wanted, ""
    for voice in voices if _TAG.fullmatch(asked) else ():
        if speaks(voice, asked, exact=True) and gender.lower() in ("", voice.gender):
            return voice
    raise Permanent(no_such_voice(wanted, voices))


def voice_for(language: str, voices: Sequence[Voice]) -> Voice:
    """The first voice for a script in a language: of its locale, else of any. Raises Permanent."""
    for exact in (True, False):
        for voice in voices:
            if speaks(voice, language, exact=exact):
                return voice
    raise Permanent(no_such_voice(language, voices))


def speaks(voice: Voice, language: str, *, exact: bool = False) -> bool:
    """Whether a voice speaks a language (`de`, `pt-BR`); with `exact` in that locale, if one is named."""
    if not language or not voice.language:
        return False
    if voice.language == ANY:
        return True
    if exact and "-" in language:
        return voice.language.lower() == language.lower()
    return _base(voice.language) == _base(language)


def _base(language: str) -> str:
    base = language.lower().split("-")[0]
    return _SAME_LANGUAGE.get(base, base)


def no_such_voice(wanted: str, voices: Sequence[Voice]) -> Problem:
    """What is said when nobody has the wanted voice."""
    names = [voice.id for voice in voices]
    languages = sorted({voice.language for voice in voices if voice.language not in ("", ANY)})
    near = difflib.get_close_matches(wanted, [*languages, *names], n=3, cutoff=0.4) or names[:3]
    return Problem(
        code="voice-unavailable",
        title="No such voice",
        detail=f"There is no voice {wanted!r} here.",
        remedy=f"Choose {', '.join(near)}; `GET /v1/voices` lists them all.",
    )


def cast(script: Script, lead: Voice, voices: Sequence[Voice]) -> dict[str, Voice]:
    """A voice for each speaker of a dialogue, in the order they first speak; the first has the lead.

    The others come from the same engine, speak the same language, and differ, in gender where possible. There may be
    more speakers than voices: then voices are shared.
    """
    speakers = list(dict.fromkeys(beat.speaker for scene in script.scenes for beat in scene.beats if beat.speaker))
    alike = [
        voice
        for voice in voices
        if voice.engine == lead.engine and voice.id != lead.id and speaks(voice, lead.language, exact=True)
    ]
    others = sorted(alike, key=lambda voice: (voice.gender == lead.gender, voice.model != lead.model))
    order = [lead, *others]
    return {speaker: order[number % len(order)] for number, speaker in enumerate(speakers)}
