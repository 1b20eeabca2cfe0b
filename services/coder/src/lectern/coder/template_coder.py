"""The coder that needs no model: an author's own Manim, else a template, else a card."""

from __future__ import annotations

import msgspec

from lectern.coder import templates
from lectern.coder.coding import CaptureStills, CodingResult, CodingTask, Preflight, RefusedCode
from lectern.coder.problems import author_problem, template_problem, undirected_problem
from lectern.contracts import script as s
from lectern.contracts.acceptance import is_acceptable, is_acceptable_from_author
from lectern.contracts.events import CodeAttempt
from lectern.contracts.problems import Problem


class TemplateCoder:
    """Uses what the script asks for where it passes preflight, and otherwise a card."""

    async def code(
        self, task: CodingTask, preflight: Preflight, capture_stills: CaptureStills | None = None
    ) -> CodingResult:
        """The first acceptable one of the author's source, the visual's template, a card and a plain card.

        A direction cannot be followed, and the result says so.
        """
        if task.scene.plan.direction:
            undirected = await self.code(without_direction(task), preflight)
            return msgspec.structs.replace(undirected, degraded=undirected.degraded or undirected_problem())
        card, plain_card = templates.write_card(task), templates.write_plain_card(task)
        degraded: Problem | None = None
        attempts = 0
        if isinstance(task.scene.visual, s.Manim):
            attempts += 1
            source = task.scene.visual.source
            verdict = await preflight(source)
            if is_acceptable_from_author(verdict):
                return CodingResult(source=source, origin="author", fallback=card)
            degraded = author_problem(verdict)
        elif template := templates.write_template(task):
            attempts += 1
            verdict = await preflight(template)
            if is_acceptable(verdict, _tolerated_rules(task)):
                return CodingResult(source=template, origin="template", fallback=card)
            degraded = template_problem(task, verdict)
        attempts += 1
        verdict = await preflight(card)
        if is_acceptable(verdict):
            return CodingResult(
                source=card, origin="template", fallback=plain_card, attempts=attempts, degraded=degraded
            )
        degraded = degraded or template_problem(task, verdict)
        return CodingResult(
            source=plain_card, origin="template", fallback=plain_card, attempts=attempts, degraded=degraded
        )

    async def recode(self, task: CodingTask, refused: RefusedCode, preflight: Preflight) -> CodingResult:
        """A card: without a model nobody can repair what was refused."""
        plain = msgspec.structs.replace(task, scene=without_visual(task.scene))
        card = await self.code(plain, preflight)
        history = (*refused.history, refusal_attempt(refused))
        return msgspec.structs.replace(
            card, attempts=len(history) + card.attempts, degraded=refused.problem, history=history
        )


def without_visual(scene: s.Scene) -> s.Scene:
    """The scene as a card shows it."""
    return msgspec.structs.replace(scene, visual=None, plan=msgspec.structs.replace(scene.plan, direction=""))


def without_direction(task: CodingTask) -> CodingTask:
    """The task as it was before its user wanted to see something else."""
    plan = msgspec.structs.replace(task.scene.plan, direction="")
    return msgspec.structs.replace(task, scene=msgspec.structs.replace(task.scene, plan=plan))


def refusal_attempt(refused: RefusedCode) -> CodeAttempt:
    """The refusal, as an entry in the history of a scene's code."""
    problem = refused.problem
    return CodeAttempt(
        number=len(refused.history) + 1,
        strategy="render",
        rule=problem.code,
        finding=f"{problem.detail} {problem.remedy}".strip(),
    )


def _tolerated_rules(task: CodingTask) -> frozenset[str]:
    """A long line of code gets small in an upright video; small code is still better than a card about it."""
    return frozenset({"text-too-small"}) if isinstance(task.scene.visual, s.CodeListing) else frozenset()
