"""The tables of models: the models and settings of each task, and the prices."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from lectern.llm.prices import TokenPrice


class ModelTask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The models of one task, in order of preference, and the settings of its requests. Times in seconds.

    `images` says that all of these models see images.
    """

    models: tuple[str, ...]
    thinking: str = ""
    max_output_tokens: int = 8000
    timeout_seconds: float = 120.0
    search: bool = False
    images: bool = False


class PriceTable(msgspec.Struct, frozen=True, kw_only=True):
    """Prices by model, as published on `as_of`."""

    as_of: str
    models: dict[str, TokenPrice]


class ModelTable(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of every task for one engine."""

    tasks: dict[str, ModelTask]

    def task(self, name: str) -> ModelTask:
        """The settings of a task; the engine's `default` where it names none. Raises KeyError when it has neither."""
        found = self.tasks.get(name) or self.tasks.get("default")
        if found is None:
            raise KeyError(f"the model table has no task {name!r} and no default; add one under this engine")
        return found


def _read(path: Path | None, name: str) -> dict[str, Any]:
    if path is not None:
        return tomllib.loads(path.read_text())
    return tomllib.loads(resources.files("lectern.llm.tables").joinpath(name).read_text())


def load_models(engine: str, path: Path | None = None, *, model: str = "") -> ModelTable:
    """Reads an engine's table; `model`, when given, replaces every task's models. Raises ValueError for a bad table."""
    tasks = msgspec.convert(_read(path, "tasks.toml").get(engine, {}), dict[str, ModelTask])
    if model:
        tasks = {name: msgspec.structs.replace(task, models=(model,)) for name, task in tasks.items()}
    return ModelTable(tasks=tasks)


def load_prices(path: Path | None = None) -> PriceTable:
    """Reads the price table."""
    return msgspec.convert(_read(path, "prices.toml"), PriceTable)
