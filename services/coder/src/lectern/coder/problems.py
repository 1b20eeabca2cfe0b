"""Problems of scenes that are shown as a template instead."""

from __future__ import annotations

from lectern.coder.coding import CodingTask
from lectern.contracts.acceptance import OUT_OF_STEP_RULES, TOO_DEAR
from lectern.contracts.events import CodeAttempt
from lectern.contracts.problems import Problem
from lectern.contracts.requests import Finding, SceneException, SceneVerdict

_MAX_MESSAGE = 400  # characters of a message that are quoted
_ANY_REMEDY = "Only draw: use no files, network, threads or programs"
_KILLED_REMEDIES = {
    "idle": "Never sleep or wait in a scene (`self.wait()` holds the picture)",
    "cpu": "Draw less in each frame, look for a loop that never ends",
    "memory": "Create fewer and smaller things",
    "log": "Print less",
    "threads": "Start no threads",
}


def author_problem(verdict: SceneVerdict) -> Problem:
    """Explains why an author's scene is replaced by a template: the error, its line, and what to change."""
    if verdict.error and not verdict.killed:
        return _exception_problem(verdict.error)
    if verdict.killed or not verdict.errors():
        return _killed_problem(verdict)
    dear = next((finding for finding in verdict.errors() if finding.rule == TOO_DEAR), None)
    return _too_dear_problem(dear) if dear else _out_of_step_problem(verdict)


def template_problem(task: CodingTask, verdict: SceneVerdict) -> Problem:
    """Explains why a visual is replaced by a card."""
    kind = task.scene.visual.kind if task.scene.visual else "card"
    if verdict.error:
        reason = verdict.error.message or verdict.error.type
    else:
        reason = next((finding.message for finding in verdict.errors()), verdict.reason or "it was stopped")
    return Problem(
        code="visual-unfit",
        title="The scene's visual cannot be displayed",
        detail=f"The {kind} of “{task.scene.title}” cannot be displayed: {reason[:_MAX_MESSAGE].rstrip('.')}.",
        remedy="Shorten or correct it, and redo the scene; until then the scene shows a card.",
    )


def undirected_problem() -> Problem:
    """Explains why a scene does not follow its user's direction."""
    return Problem(
        code="direction-needs-model",
        title="Nobody can follow the direction",
        detail="A direction is followed by a model that draws, and none is set up: the scene shows what it would "
        "without the direction.",
        remedy="Set GEMINI_API_KEY or an OpenAI-compatible endpoint and redo the scene, write its code yourself "
        "(PUT …/code), or choose an earlier take.",
    )


def unrepaired_problem(history: tuple[CodeAttempt, ...]) -> Problem:
    """Explains why a model's scene is replaced by a card."""
    finding = history[-1].finding.removeprefix("- ")[:_MAX_MESSAGE]
    return Problem(
        code="code-unrepaired",
        title="No working code was found for this scene",
        detail=f"{len(history)} versions were tried; the last one: {finding}.",
        remedy="Word the scene more simply or redo it; until then it shows a card.",
    )


def _exception_problem(error: SceneException) -> Problem:
    block = "the cast" if error.place == "cast" else "the scene's manim block"
    place = f", in line {error.line} of {block}" if error.line else ""
    quote = f": `{(error.code or '').strip()[:120]}`" if error.line else ""
    return Problem(
        code="manim-error",
        title="The scene's Manim does not run",
        detail=f"{error.type}: {error.message.strip()[:_MAX_MESSAGE]}{place}{quote}.",
        remedy=f"Correct {f'line {error.line}' if error.line else 'the block'}"
        f"{' of the cast' if error.place == 'cast' else ''} and redo the scene; "
        "until then it shows a card.",
    )


def _killed_problem(verdict: SceneVerdict) -> Problem:
    reason = verdict.reason or f"It was stopped ({verdict.killed or 'without a result'})"
    if verdict.error and verdict.error.line:
        reason = f"{reason[:_MAX_MESSAGE].rstrip('.')}, in line {verdict.error.line} of the scene's manim block"
    return Problem(
        code=f"manim-{verdict.killed or 'failed'}",
        title="The scene's Manim was stopped",
        detail=reason.rstrip(".") + ".",
        remedy=f"{_KILLED_REMEDIES.get(verdict.killed or '', _ANY_REMEDY)}, and redo the scene; "
        "until then it shows a card.",
    )


def _too_dear_problem(finding: Finding) -> Problem:
    return Problem(
        code="manim-too-dear",
        title="The scene's Manim takes too long to draw",
        detail=f"{finding.message[:_MAX_MESSAGE].rstrip('.')}.",
        remedy="Change that line and redo the scene; until then it shows a card.",
    )


def _out_of_step_problem(verdict: SceneVerdict) -> Problem:
    errors = verdict.errors()
    finding = next((each for each in errors if each.rule in OUT_OF_STEP_RULES), errors[0])
    place = f" (line {finding.line} of the scene's manim block)" if finding.line else ""
    return Problem(
        code=finding.rule,
        title="The scene's Manim is out of step with its narration",
        detail=f"{finding.message[:_MAX_MESSAGE].rstrip('.')}{place}.",
        remedy="Write one `with self.beat():` for each paragraph, short enough for its sentence, and redo the scene; "
        "until then it shows a card.",
    )
