"""Render jobs in forks of the test's process: manim is imported once, and no job leaves anything to the next."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

from lectern.scenekit.job import run

TIMEOUT_SECONDS = 120


def run_in_fork(folder: Path) -> dict[str, Any]:
    """The result of the job in `folder`. Raises FileNotFoundError when the job died without one."""
    child = os.fork()
    if child == 0:
        signal.alarm(TIMEOUT_SECONDS)
        try:
            run(folder)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return result
