"""The coder that needs no model: an author's own Manim, else a template, else a card."""

from __future__ import annotations

from lectern.coder import templates
from lectern.coder.task import Check, Coded, Look, Task
from lectern.coder.verdict import author_problem, fit_for_author, fit_for_template
from lectern.contracts import script as s
from lectern.contracts.problems import Problem
from lectern.contracts.requests import SceneVerdict


class TemplateCoder:
    """Takes what the script asks for where it passes preflight, and otherwise what surely works."""

    async def code(self, task: Task, check: Check, look: Look | None = None) -> Coded:
        """The first of the author's source, the visual's template, a card and a plain card that is fit to be shown."""
        card, plain = templates.card(task), templates.plain_card(task)
        degraded: Problem | None = None
        attempts = 0
        if isinstance(task.scene.visual, s.Manim):
            attempts += 1
            source = task.scene.visual.source
            verdict = await check(source)
            if fit_for_author(verdict):
                return Coded(source=source, origin="author", fallback=card)
            degraded = author_problem(verdict)
        elif template := templates.template(task):
            attempts += 1
            verdict = await check(template)
            if fit_for_template(verdict, _tolerated(task)):
                return Coded(source=template, origin="template", fallback=card)
            degraded = _template_problem(task, verdict)
        attempts += 1
        verdict = await check(card)
        if fit_for_template(verdict):
            return Coded(source=card, origin="template", fallback=plain, attempts=attempts, degraded=degraded)
        degraded = degraded or _template_problem(task, verdict)
        return Coded(source=plain, origin="template", fallback=plain, attempts=attempts, degraded=degraded)


def _tolerated(task: Task) -> frozenset[str]:
    """A long line of code gets small in an upright video; small code still says more than a card about it."""
    return frozenset({"text-too-small"}) if isinstance(task.scene.visual, s.CodeListing) else frozenset()


def _template_problem(task: Task, verdict: SceneVerdict) -> Problem:
    kind = type(task.scene.visual).__name__.lower() if task.scene.visual else "card"
    if verdict.error:
        said = verdict.error.message or verdict.error.type
    else:
        said = next((finding.message for finding in verdict.errors()), verdict.reason or "it was stopped")
    return Problem(
        code="visual-unfit",
        title="The scene's visual cannot be shown",
        detail=f"The {kind} of “{task.scene.title}” does not work out: {said[:400].rstrip('.')}.",
        remedy="Shorten it or correct what is named, and make the scene again; until then it shows a card.",
    )
