"""A folder in the model's place, for the Lectern that a command starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lectern.cli.outputs import prepare_folder

ASKING_SERVICES = ("scripter", "coder")


def build_prompt_settings(folder: Path) -> dict[str, dict[str, Any]]:
    """The settings, by service, with which models are asked through files in the folder, which is created.

    Raises CommandExit when that fails.
    """
    prepare_folder(folder)
    return {service: {"model_engine": "files", "prompts": str(folder.absolute())} for service in ASKING_SERVICES}
