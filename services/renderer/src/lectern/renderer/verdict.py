"""Telling in words why a scene's code did not render."""

from __future__ import annotations

from lectern.contracts.problems import Problem
from lectern.renderer.pool import RenderOutcome

_REMEDIES = {
    "wall": "Draw less, or split the scene; look for a loop that never ends.",
    "cpu": "Draw less, or split the scene; look for a loop that never ends.",
    "memory": "Create fewer objects, or choose a lower quality.",
    "output": "Write nothing but the scene's own picture.",
    "log": "Print less.",
    "threads": "Start no threads; a scene needs none.",
    "crash": "Look at the code's last lines; it ended its process instead of drawing.",
    "sandbox": "Scene code may draw and nothing else: no files, no network, no programs.",
    "disk": "Free space where the renderer keeps its jobs.",
}


def code_problem(outcome: RenderOutcome, attempt: int) -> Problem:
    """The Problem of a run that failed: the author's own line where there is one, else why it was ended."""
    failure = outcome.result.error if outcome.result else None
    if failure is not None:
        where = f" in line {failure.line}: {(failure.code or '').strip()}" if failure.line else ""
        return Problem(
            code="scene-error",
            title="The scene's code raised an exception",
            detail=f"{failure.type}: {failure.message}"[:600] + where[:300],
            remedy="Correct that line and redo the scene.",
            attempt=attempt,
        )
    killed = outcome.killed or "crash"
    errors = [finding for finding in (outcome.result.findings if outcome.result else []) if finding.level == "error"]
    if errors:
        return Problem(
            code=errors[0].rule,
            title="The scene does not fit its narration",
            detail=errors[0].message[:600],
            remedy="Correct the scene's code and redo the scene.",
            attempt=attempt,
        )
    return Problem(
        code=f"scene-{killed}",
        title="The scene was stopped",
        detail=(outcome.reason or "The scene ended without a picture.")[:600],
        remedy=_REMEDIES[killed],
        attempt=attempt,
    )
