"""The table of engines and voices: `tables/voices.toml`, or a file of the operator's own."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec

from lectern.contracts.narration import Timing
from lectern.voice.voices import Voice

_LOCALES = {"cmn-CN": "zh-CN", "cmn-TW": "zh-TW", "ar-XA": "ar"}  # Google's codes that differ from common usage


class RequestLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits of a speech service. `provider` is its name for users, `key_setting` where its key is set.

    `concurrency` counts requests at the same time, `max_size` is that of one request in the service's unit, `timeout`
    in seconds for one request.
    """

    provider: str
    key_setting: str
    concurrency: int
    max_size: int
    timeout: float


class EngineRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An engine. `path` is `module:class`; the module is imported only if all settings of `enabled_by` are set.

    With `requests` the class is a SpeechService, constructed from the settings; else it is a SpeechEngine, constructed
    without arguments. `voices_path` names a function from settings to the voices found on this machine. Ids that start
    with `custom_prefix` name any other voice of the provider's account. Voices of a `fallback` are listed after those
    of all other engines. An engine with `respelt` is given letters and homographs as they sound. The engine with
    `reference` reads texts for comparison, to time the words of voices that report no times.
    """

    path: str = msgspec.field(name="class")
    enabled_by: tuple[str, ...] = ()
    requests: RequestLimits | None = None
    voices_path: str = msgspec.field(name="voices", default="")
    custom_prefix: str = ""
    fallback: bool = False
    reference: bool = False
    respelt: bool = False


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

    def list_voices(self, custom_prefix: str) -> Iterator[Voice]:
        for code, voices in self.voices.items():
            language = _LOCALES.get(code, code)
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
                    custom_prefix=custom_prefix,
                )


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    as_of: str
    engines: dict[str, EngineRow] = {}
    family: tuple[_Family, ...]


def load_engines(path: Path | None = None) -> dict[str, EngineRow]:
    """The bundled engines by name, with the rows of the file at `path` in place of those of the same name.

    Raises ValueError naming the file if it is malformed.
    """
    return {**_read(None).engines, **_read(path).engines}


def load_voices(path: Path | None = None) -> tuple[Voice, ...]:
    """All voices of the file at `path`, else the bundled ones, best first for each language.

    Raises ValueError naming the file if it is malformed.
    """
    engines = load_engines(path)
    return tuple(
        voice
        for family in _read(path).family
        for voice in family.list_voices(engines[family.engine].custom_prefix if family.engine in engines else "")
    )


def _read(path: Path | None) -> _Table:
    bundled = files("lectern.voice") / "tables" / "voices.toml"
    try:
        return msgspec.toml.decode(path.read_bytes() if path else bundled.read_bytes(), type=_Table)
    except (msgspec.MsgspecError, OSError) as error:
        raise ValueError(f"{path or 'voices.toml'}: {error}") from error
