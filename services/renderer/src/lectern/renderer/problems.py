"""Explains why a scene's code did not render."""

from __future__ import annotations

from lectern.contracts.problems import Problem
from lectern.contracts.requests import Finding, SceneException
from lectern.renderer.pool import KillReason, RenderOutcome

_OUTAGES: dict[KillReason, tuple[str, str]] = {
    "starved": (
        "machine-busy",
        "Nothing to do: it is tried again. Run more renderers to have it sooner.",
    ),
    "disk": ("disk-full", "Free space where the renderer keeps its jobs; the scene then goes on by itself."),
    "sandbox": ("renderer-unavailable", "Nothing to do: it is tried again. If this stays, ask the renderer's /readyz."),
}
_REMEDIES: dict[KillReason, str] = {
    "cpu": "Draw less in each frame, or split the scene; look for a loop that never ends.",
    "idle": "Never sleep or wait for anything in a scene: `self.wait()` holds the picture.",
    "memory": "Create fewer objects, or choose a lower quality.",
    "output": "Write no files; a scene only draws.",
    "log": "Print less.",
    "threads": "Start no threads; a scene needs none.",
    "crash": "Check the code's last lines; they ended the process instead of drawing.",
    "sandbox": "Only draw: scene code has no access to files, the network or other programs.",
}


def explain_outage(outcome: RenderOutcome) -> Problem:
    """Explains why the renderer cannot run any scene now, for an outcome that is not the scene's fault."""
    code, remedy = _OUTAGES[outcome.killed or "sandbox"]
    return Problem(
        code=code,
        title="The renderer cannot work now",
        detail=f"{outcome.reason[:1].upper()}{outcome.reason[1:600].rstrip('.')}.",
        remedy=remedy,
        retryable=True,
    )


def explain_failure(outcome: RenderOutcome, attempt: int) -> Problem:
    """Explains a failed run by the author's own line if there is one, else by a finding, else by why it was killed."""
    if outcome.result is not None and outcome.result.error is not None:
        return _explain_exception(outcome.result.error, attempt)
    errors = [finding for finding in (outcome.result.findings if outcome.result else []) if finding.level == "error"]
    if errors:
        return _explain_finding(errors[0], attempt)
    killed: KillReason = outcome.killed or "crash"
    return Problem(
        code=f"scene-{killed}",
        title="The scene was stopped",
        detail=(outcome.reason or "The scene ended without footage.")[:600],
        remedy=_REMEDIES.get(killed, "Redo the scene."),
        attempt=attempt,
    )


def explain_wrong_length(drawn: int, expected: int) -> Problem:
    """Explains footage whose number of frames differs from its narration's."""
    return Problem(
        code="wrong-length",
        title="Footage of the wrong length",
        detail=f"The scene drew {drawn} frames where its narration needs {expected}.",
        remedy="Build the scene on NarratedScene, one `with self.beat():` for each paragraph.",
    )


def _explain_exception(error: SceneException, attempt: int) -> Problem:
    where = f" in line {error.line}: {(error.code or '').strip()}" if error.line else ""
    return Problem(
        code="scene-error",
        title="The scene's code raised an exception",
        detail=f"{error.type}: {error.message}"[:600] + where[:300],
        remedy="Correct that line and redo the scene.",
        attempt=attempt,
    )


def _explain_finding(finding: Finding, attempt: int) -> Problem:
    return Problem(
        code=finding.rule,
        title="The scene does not fit its narration",
        detail=finding.message[:600],
        remedy="Correct the scene's code and redo the scene.",
        attempt=attempt,
    )
