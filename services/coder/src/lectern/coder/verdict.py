"""What preflight says of a source, and what that means for the scene."""

from __future__ import annotations

from lectern.contracts.problems import Problem
from lectern.contracts.requests import SceneVerdict

# What breaks a scene whoever wrote it: it would not be in step with its narration.
OUT_OF_STEP = frozenset({"beat-missing", "beat-overrun"})


def fit_for_template(verdict: SceneVerdict, tolerated: frozenset[str] = frozenset()) -> bool:
    """Whether a template may be shown: ours must have no error of any kind but those tolerated."""
    return verdict.ok and not any(finding.rule not in tolerated for finding in verdict.errors())


def fit_for_author(verdict: SceneVerdict) -> bool:
    """Whether an author's own scene may be shown.

    How it is laid out is theirs to judge; that it runs and keeps step with the voice is not.
    """
    return verdict.ok and not any(finding.rule in OUT_OF_STEP for finding in verdict.errors())


def author_problem(verdict: SceneVerdict) -> Problem:
    """Why an author's scene is replaced by a template: the error, its line, and what to change."""
    where = "of the scene's manim block"
    if verdict.error:
        failure = verdict.error
        line = f", in line {failure.line} {where}: `{(failure.code or '').strip()[:120]}`" if failure.line else ""
        return Problem(
            code="manim-error",
            title="The scene's Manim does not run",
            detail=f"{failure.type}: {failure.message.strip()[:400]}{line}.",
            remedy=f"Correct {f'line {failure.line}' if failure.line else 'the block'} and make the scene again; "
            "until then it shows a card with its key phrases.",
        )
    if verdict.killed or not verdict.errors():
        return Problem(
            code=f"manim-{verdict.killed or 'failed'}",
            title="The scene's Manim was stopped",
            detail=(verdict.reason or f"It was ended ({verdict.killed or 'without a result'})")[:400].rstrip(".") + ".",
            remedy="Draw less, look for a loop that never ends, and use no files, network or programs; "
            "until then the scene shows a card with its key phrases.",
        )
    broken = [finding for finding in verdict.errors() if finding.rule in OUT_OF_STEP] or list(verdict.errors())
    line = f" (line {broken[0].line} {where})" if broken[0].line else ""
    return Problem(
        code=broken[0].rule,
        title="The scene's Manim is out of step with its narration",
        detail=f"{broken[0].message[:400].rstrip('.')}{line}.",
        remedy="Write one `with self.beat():` for each paragraph, short enough for its sentence, and make the scene "
        "again; until then it shows a card with its key phrases.",
    )
