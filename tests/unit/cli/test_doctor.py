"""The checks of `lectern doctor`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pydantic import AliasChoices

from lectern.cli.app import app
from lectern.cli.doctor import check_dependencies, check_model
from lectern.cli.runner.services import discover, settings_type
from lectern.confinement.cell import CellLayers

_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")


def variables_of_settings() -> Iterator[str]:
    """Every environment variable that a service's settings read."""
    for point in discover().values():
        settings = settings_type(point)
        for name, field in settings.model_fields.items():
            alias = field.validation_alias
            choices = alias.choices if isinstance(alias, AliasChoices) else [f"LECTERN_{name.upper()}"]
            yield from map(str, choices)


def variables_of_options() -> Iterator[str]:
    """Every environment variable that an option of the command reads."""
    command = typer.main.get_command(app)
    for each in command.commands.values():  # type: ignore[attr-defined]
        for parameter in each.params:
            if parameter.envvar:
                yield str(parameter.envvar)


ENVIRONMENTS = [
    ({}, False, "none configured"),
    ({"GEMINI_API_KEY": "key"}, True, "gemini is configured"),
    ({"LECTERN_GEMINI_API_KEY": "key"}, True, "gemini is configured"),
    ({"LECTERN_OPENAI_URL": "http://x"}, False, "openai, but LECTERN_OPENAI_MODEL must be set"),
    ({"LECTERN_OPENAI_URL": "http://x", "LECTERN_OPENAI_MODEL": "m"}, True, "openai is configured"),
    ({"LECTERN_MODEL_ENGINE": "gemini"}, False, "gemini, but GEMINI_API_KEY must be set"),
    ({"LECTERN_MODEL_ENGINE": "abacus"}, False, "a setting is invalid"),
    ({"GOOGLE_API_KEY": "key", "LECTERN_LLM_URL": "http://x"}, False, "none configured"),
]


@pytest.mark.parametrize(("environment", "ok", "found"), ENVIRONMENTS)
def test_the_model_check_agrees_with_the_settings(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], ok: bool, found: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    check = check_model()
    assert (check.ok, check.required) == (ok, False)
    assert found in check.found


@pytest.mark.parametrize(
    ("states", "ok", "found"),
    [
        ({"landlock": "active (ABI 7)", "seccomp": "active"}, True, "landlock, seccomp"),
        ({"landlock": "off: not in this kernel", "seccomp": "active"}, False, "landlock off: not in this kernel"),
    ],
)
def test_doctor_names_the_layers_that_media_programs_must_do_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, states: dict[str, str], ok: bool, found: str
) -> None:
    layers = CellLayers(landlock_abi=0, program=b"", states=states)
    monkeypatch.setattr("lectern.cli.doctor.find_layers", lambda: layers)
    (check,) = (check for check in check_dependencies(tmp_path) if check.name == "cells of media programs")
    assert (check.ok, check.found, check.required) == (ok, found, False)


def test_every_variable_that_doctor_names_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # so that the home is not writable
    checks = list(check_dependencies(tmp_path))
    for environment, _, _ in ENVIRONMENTS:
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            checks.append(check_model())
    named = {name for check in checks for name in _VARIABLE.findall(check.found + check.remedy)}
    assert {"LECTERN_HOME", "GEMINI_API_KEY", "LECTERN_OPENAI_URL"} <= named
    assert named <= {*variables_of_settings(), *variables_of_options()}
