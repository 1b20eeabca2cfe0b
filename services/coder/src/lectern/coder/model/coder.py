"""The coder that asks a model: draft, mend, check, repair; a template when nothing helps."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from lectern.coder.engine import TemplateCoder
from lectern.coder.model import prompts
from lectern.coder.model.critique import Critique, moments
from lectern.coder.model.critique import request as critique_request
from lectern.coder.model.critique import verdict as critique_verdict
from lectern.coder.model.edits import EditRefused, applied
from lectern.coder.model.examples import Shelf
from lectern.coder.model.fixes import mend
from lectern.coder.model.ledger import Ledger, Strategy, fingerprint
from lectern.coder.model.reference import Reference, load_text
from lectern.coder.task import Check, Coded, Look, Task
from lectern.coder.verdict import fit_for_author, fit_for_template
from lectern.contracts import script as s
from lectern.contracts.events import CodeAttempt
from lectern.contracts.problems import Problem
from lectern.contracts.requests import SceneVerdict
from lectern.contracts.usage import Usage, add_up
from lectern.llm import Budget, ImagePart, ModelClient, ModelFailed, PromptPart
from lectern.worker import Transient

T = TypeVar("T")

REPAIRS = 4
# Answers that cannot be used say nothing against asking for something else.
UNUSABLE = frozenset({"model-answer-invalid", "model-answer-empty", "model-answer-cut-off"})


class ModelCoder:
    """Draws what no template covers. An author's own Manim that does not pass is repaired the same way."""

    def __init__(self, model_client: ModelClient, reference: Reference, shelf: Shelf) -> None:
        self._model_client = model_client
        self._reference = reference
        self._shelf = shelf
        self._templates = TemplateCoder()
        vocabulary = load_text("vocabulary.txt")
        self._rules = f"{load_text('house_rules.md')}\nThe scene kit\n\n{vocabulary}"
        self._repair_rules = f"{load_text('repair_rules.md')}\n{self._rules}"
        # An edit needs the signatures of what it touches, which the request holds; the kit's whole vocabulary would
        # be most of what a repair costs.
        self._critique_rules = load_text("critique.md")
        self._edit_rules = f"{load_text('repair_rules.md')}\n{load_text('house_rules.md')}"

    async def code(self, task: Task, check: Check, look: Look | None = None) -> Coded:
        visual = task.scene.visual
        if visual is not None and not isinstance(visual, s.Manim):
            return await self._templates.code(task, check)
        work = _Work(task=task, budget=Budget(task.budget_usd), authored=isinstance(visual, s.Manim))
        try:
            found = await self._until_fit(work, check)
            if found is not None and look is not None and not (work.authored and not work.repaired):
                found = await self._looked_at(work, found, check, look)
        except ModelFailed as failure:
            work.book(failure.usage)
            if failure.retryable and not task.last_try:
                raise Transient(failure.problem.sentence()) from failure
            work.trouble = failure.problem
            found = None
        template = await self._templates.code(_without_visual(task), check)
        spent, history = add_up(work.spent), tuple(work.history)
        if found is not None:
            origin = "author" if work.authored and not work.repaired else "model"
            return Coded(
                source=found,
                origin=origin,
                fallback=template.source,
                attempts=len(history),
                history=history,
                spent=spent,
            )
        attempts = len(history) + template.attempts
        degraded = work.trouble or _unrepaired(history)
        return msgspec.structs.replace(template, attempts=attempts, degraded=degraded, history=history, spent=spent)

    async def _until_fit(self, work: _Work, check: Check) -> str | None:
        """Code that passes, or None when every repair was tried. Raises ModelFailed."""
        visual = work.task.scene.visual
        code = visual.source if isinstance(visual, s.Manim) else await self._draft(work)
        strategy: Strategy | None = "scene"
        for number in range(1, REPAIRS + 2):
            code = mend(code, self._reference).code if not (work.authored and number == 1) else code
            verdict = await check(code)
            fit = fit_for_author(verdict) if work.authored else fit_for_template(verdict)
            work.note(number, "draft" if number == 1 else str(strategy), None if fit else verdict)
            if fit:
                return code
            if number == REPAIRS + 1:
                return None
            work.ledger.seen_before(code)
            code, strategy = await self._repaired(work, code, verdict)
            if strategy is None:
                return None
            work.repaired = True
        return None

    async def _looked_at(self, work: _Work, code: str, check: Check, look: Look) -> str:
        """The code, or a version without what a vision model found serious. Whatever goes wrong, the code stands."""
        try:
            shown = await look(code, moments(work.task))
            pictures = (ImagePart(data=data, media_type="image/jpeg") for data in shown)
            parts: tuple[PromptPart, ...] = (critique_request(work.task), *pictures)
            answer = await self._model_client.ask(
                "critique", instructions=self._critique_rules, parts=parts, result=Critique, budget=work.budget
            )
            work.book(answer.usage)
            seen = critique_verdict(answer.value, work.task)
            if not seen.errors():
                return code
            work.note(len(work.history) + 1, "look", seen)
            new, strategy = await self._repaired(work, code, seen)
            if strategy is None:
                return code
            new = mend(new, self._reference).code
            verdict = await check(new)
        except ModelFailed as failure:
            work.book(failure.usage)
            return code
        except Transient:
            return code
        fit = fit_for_template(verdict)
        work.note(len(work.history) + 1, strategy, None if fit else verdict)
        return new if fit else code

    async def _draft(self, work: _Work) -> str:
        said = " ".join(beat.text for beat in work.task.scene.beats)
        examples = self._shelf.nearest(f"{work.task.script_title} {work.task.scene.title} {said}")
        return await self._ask(work, "code", self._rules, prompts.draft(work.task, examples), str)

    async def _repaired(self, work: _Work, code: str, verdict: SceneVerdict) -> tuple[str, Strategy | None]:
        """The next version, by the narrowest strategy that was not tried on this trouble and gives new code."""
        trouble = fingerprint(verdict)
        first: Strategy = "lines" if "class " in code else "scene"
        while (strategy := work.ledger.next_strategy(trouble, first)) is not None:
            request = prompts.repair(work.task, code, verdict, strategy, self._reference)
            try:
                new = await self._version(work, code, strategy, request)
            except EditRefused:
                continue
            except ModelFailed as failure:
                if failure.problem.code not in UNUSABLE:
                    raise
                work.book(failure.usage)
                continue
            if not work.ledger.seen_before(mend(new, self._reference).code):
                return new, strategy
        return code, None

    async def _version(self, work: _Work, code: str, strategy: Strategy, request: str) -> str:
        """The code as one strategy would have it. Raises EditRefused and ModelFailed."""
        if strategy in ("lines", "block"):
            repair = await self._ask(work, "repair", self._edit_rules, request, prompts.Repair)
            return applied(code, repair.edits)
        return await self._ask(work, "repair", self._repair_rules, request, str)

    async def _ask(self, work: _Work, task: str, rules: str, request: str, result: type[T]) -> T:
        answer = await self._model_client.ask(
            task, instructions=rules, parts=(request,), result=result, budget=work.budget
        )
        work.book(answer.usage)
        return answer.value


class _Work:
    """What is under way for one scene."""

    def __init__(self, *, task: Task, budget: Budget, authored: bool) -> None:
        self.task = task
        self.budget = budget
        self.authored = authored
        self.repaired = False
        self.ledger = Ledger()
        self.history: list[CodeAttempt] = []
        self.spent: list[Usage] = []
        self.trouble: Problem | None = None

    def book(self, usage: Usage) -> None:
        """Notes what a question cost."""
        if usage.requests:
            self.spent.append(usage)

    def note(self, number: int, strategy: str, verdict: SceneVerdict | None) -> None:
        """Records an attempt with the finding that ended it; none for the one that passed."""
        if verdict is None:
            self.history.append(CodeAttempt(number=number, strategy=strategy))
            return
        error = verdict.error
        first = verdict.errors()[0] if verdict.errors() else None
        rule = error.type if error else first.rule if first else (verdict.killed or "failed")
        line = error.line if error else first.line if first else None
        finding = prompts.findings(verdict)[:600]
        self.history.append(CodeAttempt(number=number, strategy=strategy, rule=rule, finding=finding, line=line))


def _without_visual(task: Task) -> Task:
    return msgspec.structs.replace(task, scene=msgspec.structs.replace(task.scene, visual=None))


def _unrepaired(history: tuple[CodeAttempt, ...]) -> Problem:
    last = history[-1]
    return Problem(
        code="code-unrepaired",
        title="No working picture was found for this scene",
        detail=f"{len(history)} versions were tried; the last one: {last.finding.removeprefix('- ')[:400]}.",
        remedy="Word the scene more simply or redo it; until then it shows a card with its key phrases.",
    )
