"""Writes docs/settings.md from the typed settings classes; `--check` fails when it is stale."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from generated_files import write_or_check
from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from lectern.worker import Retention, Settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
SERVICES = ("gateway", "scripter", "voice", "coder", "renderer", "composer")

INTRODUCTION = """# Settings

Every setting is an environment variable. Made by `make docs` from the typed class in each service's `settings.py`;
`make check` fails when it is stale. [operations.md](operations.md) says when to change what.
"""


def variables(field: str, info: FieldInfo) -> list[str]:
    """The environment variables that set a field, the preferred one first."""
    if isinstance(info.validation_alias, AliasChoices):
        return sorted((str(choice) for choice in info.validation_alias.choices), key=lambda name: "LECTERN" in name)
    return [str(info.validation_alias or f"LECTERN_{field.upper()}")]


def default(info: FieldInfo) -> str:
    """The default as one would write it in the environment."""
    value = info.default.get_secret_value() if isinstance(info.default, SecretStr) else info.default
    if value is None or value == "":
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def table(kind: type[Retention], without: type[Retention] | None = None) -> str:
    """One row for each field that `without` does not have."""
    rows = ["| variable | default | |", "|---|---|---|"]
    for field, info in kind.model_fields.items():
        if without is None or field not in without.model_fields:
            names = " or ".join(f"`{name}`" for name in variables(field, info))
            rows.append(f"| {names} | {default(info)} | {info.description} |")
    return "\n".join(rows)


def page() -> str:
    """The page as Markdown."""
    kept = (Retention.__doc__ or "").strip()
    parts = [INTRODUCTION, "## How long things are kept\n", f"{kept}\n", table(Retention)]
    parts += ["\n## Every service\n", table(Settings, Retention)]
    for service in SERVICES:
        module = importlib.import_module(f"lectern.{service}.settings")
        kind: type[Settings] = getattr(module, f"{service.capitalize()}Settings")
        parts += [f"\n## {service}\n", f"{(kind.__doc__ or '').strip()}\n", table(kind, Settings)]
    return "\n".join(parts) + "\n"


def main() -> int:
    """Writes or checks the page."""
    return write_or_check({PAGE: page()}, "run `make docs` and commit it")


if __name__ == "__main__":
    sys.exit(main())
