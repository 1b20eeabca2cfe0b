"""The findings in a scene of one beat, for tests."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from unit.scenekit.job_folders import job_folder

from lectern.scenekit.job import run

HEAD = (
    "from lectern.scenekit import *\n\nclass One(NarratedScene):\n    def construct(self):\n        with self.beat():\n"
)


def find_all(
    folder: Path, body: str, *, seconds: float = 3.0, text: str = "one two three", **more: Any
) -> list[dict[str, Any]]:
    """Return the findings in a scene with one beat whose code is `body`."""
    code = HEAD + textwrap.indent(textwrap.dedent(body).strip("\n"), " " * 12)
    more = {"size": (1280, 720)} | more
    result = run(job_folder(folder, code, beats=[(seconds, text)], mode="measure", **more))
    assert result["error"] is None, result["error"]
    found: list[dict[str, Any]] = result["findings"]
    return found


def list_rules(folder: Path, body: str, **more: Any) -> list[tuple[str, str]]:
    """Return the rule and level of each finding."""
    return [(each["rule"], each["level"]) for each in find_all(folder, body, **more)]
