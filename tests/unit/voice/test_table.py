"""The table of engines and voices: complete, and replaceable by an operator's own."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lectern.voice import engines
from lectern.voice.app import build_deps, build_engine
from lectern.voice.settings import VoiceSettings
from lectern.voice.table import load_engines, load_voices

ROWS = load_engines()
VOICES = load_voices()


def engine_classes() -> Iterator[str]:
    """`module:class` of every class in the package that speaks."""
    for module_info in pkgutil.iter_modules(engines.__path__, f"{engines.__name__}."):
        module = importlib.import_module(module_info.name)
        for name, value in vars(module).items():
            if inspect.isclass(value) and value.__module__ == module.__name__ and hasattr(value, "speak"):
                yield f"{module.__name__}:{name}"


@pytest.mark.parametrize("path", tuple(engine_classes()))
def test_every_engine_class_has_a_row(path: str) -> None:
    assert path in {row.path for row in ROWS.values()}, f"add a row with {path} to tables/voices.toml"


@pytest.mark.parametrize("name", ROWS)
def test_every_row_has_a_class_settings_and_voices(name: str) -> None:
    row = ROWS[name]
    built = pkgutil.resolve_name(row.path)
    expected = {"speak", "close", "size"} if row.requests else {"speak", "close"}
    assert not {method for method in expected if not callable(getattr(built, method, None))}, f"{row.path} lacks them"
    assert hasattr(built, "size") == bool(row.requests), "a service needs limits, an engine has none"
    assert not {setting for setting in row.enabled_by if not hasattr(VoiceSettings(), setting)}
    assert row.voices_path or any(voice.engine == name for voice in VOICES), f"no [[family]] of {name}"


def test_every_voice_is_of_an_engine_in_the_table() -> None:
    assert {voice.engine for voice in VOICES} <= set(ROWS)


def test_one_engine_is_the_reference() -> None:
    assert [name for name, row in ROWS.items() if row.reference] == ["espeak"]


def test_without_settings_only_offline_engines_are_enabled() -> None:
    deps = build_deps(VoiceSettings())
    assert set(deps.engines) >= {"espeak", "silent"}
    assert not {name for name in deps.engines if ROWS[name].enabled_by}
    assert {voice.engine for voice in deps.voices} == set(deps.engines)


async def test_a_key_enables_an_engine_whose_voices_come_first() -> None:
    deps = build_deps(VoiceSettings(elevenlabs_api_key="key"))  # type: ignore[arg-type]
    assert {name for name in deps.engines if ROWS[name].enabled_by} == {"elevenlabs"}
    assert [voice.engine for voice in deps.voices[:4]] == ["elevenlabs"] * 4
    await deps.engines["elevenlabs"].close()


@pytest.mark.parametrize(
    ("settings", "enabled"),
    [
        ({"google_tts": "on"}, True),
        ({"google_tts_api_key": "key"}, True),
        ({"google_tts_api_key": "key", "google_tts": "off"}, False),
        ({}, False),
    ],
)
def test_google_is_enabled_by_a_key_or_by_name(settings: dict[str, str], enabled: bool) -> None:
    assert VoiceSettings(**settings).google_enabled == enabled  # type: ignore[arg-type]


OWN_TABLE = """
as_of = "2026-01-01"

[[family]]
engine = "espeak"
name = "{voice}"
timing = "exact"
[family.voices]
en-US = { en-us = "male" }
"""


def test_an_operators_table_replaces_the_voices_and_keeps_the_engines(tmp_path: Path) -> None:
    table = tmp_path / "voices.toml"
    table.write_text(OWN_TABLE)
    assert [voice.id for voice in load_voices(table)] == ["en-us"]
    assert load_engines(table) == ROWS


def test_an_operators_table_may_change_an_engine(tmp_path: Path) -> None:
    table = tmp_path / "voices.toml"
    table.write_text(
        OWN_TABLE + '[engines.silent]\nclass = "lectern.voice.engines.silent:SilentEngine"\nreference = true\n'
    )
    assert load_engines(table)["silent"].reference
    assert build_engine(load_engines(table)["silent"], VoiceSettings()).version == "1"


def test_a_malformed_table_is_named(tmp_path: Path) -> None:
    table = tmp_path / "voices.toml"
    table.write_text('as_of = "2026-01-01"\n[[family]]\nengine = "espeak"\n')
    with pytest.raises(ValueError, match=r"voices\.toml: .*`name`"):
        load_voices(table)
