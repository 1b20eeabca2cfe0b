"""The state of one scene's coding: its attempts, its repairs and its cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from lectern.coder.codegen.handing_on import NOT_CARRIED
from lectern.coder.codegen.repair_history import RepairHistory
from lectern.coder.codegen.repair_prompt import list_findings
from lectern.coder.coding import CaptureStills, CodingTask, Preflight
from lectern.contracts import script as s
from lectern.contracts.acceptance import is_acceptable_from_author
from lectern.contracts.events import CodeAttempt
from lectern.contracts.requests import Finding, SceneVerdict
from lectern.contracts.usage import Usage
from lectern.llm import Budget, ModelClient, PromptPart

T = TypeVar("T")

_MAX_FINDINGS = 2000  # characters of an attempt's findings that are kept, in whole lines


MAX_VISIBLE_FAULTS = 2  # of a drawn scene that is still better than a card


class CodingRun:
    """One scene while a model writes its code. `repaired` is set once the code is no longer what the author wrote.

    `warnings` are those of the version that passed last.
    """

    def __init__(
        self,
        task: CodingTask,
        preflight: Preflight,
        history: Sequence[CodeAttempt] = (),
        capture_stills: CaptureStills | None = None,
    ) -> None:
        self.task = task
        self.preflight = preflight
        self.capture_stills = capture_stills
        self.budget = Budget(task.budget_usd)
        self.authored = isinstance(task.scene.visual, s.Manim) and not task.scene.plan.direction
        self.repaired = False
        self.warnings: tuple[Finding, ...] = ()
        self.repairs = RepairHistory()
        self.attempts = list(history)
        self._drawable: tuple[int, str, SceneVerdict] | None = None
        self.spent: list[Usage] = []

    @property
    def origin(self) -> str:
        """The code's author, as `CodeRef.origin` names it."""
        return "author" if self.authored and not self.repaired else "model"

    def asks_for_handing_on(self) -> bool:
        """True until a version was sent back only for handing nothing on: one question is enough for that."""
        return self.origin == "model" and NOT_CARRIED not in (attempt.rule for attempt in self.attempts)

    def add_usage(self, usage: Usage) -> None:
        """Records the cost of a question; cached answers cost nothing."""
        if usage.requests:
            self.spent.append(usage)

    def add_success(self, strategy: str, verdict: SceneVerdict) -> None:
        """Records the attempt that passed."""
        self.warnings = tuple(finding for finding in verdict.findings if finding.level == "warning")
        self.attempts.append(CodeAttempt(number=len(self.attempts) + 1, strategy=strategy))

    def add_look(self, finding: str = "", rule: str = "") -> None:
        """Records what a critique of the code that passed came to; with a rule, why there was none."""
        self.attempts.append(
            CodeAttempt(number=len(self.attempts) + 1, strategy="look", rule=rule, finding=_keep_whole_lines(finding))
        )

    def note_drawable(self, code: str, verdict: SceneVerdict) -> None:
        """Keeps a version that can be drawn in step with its narration and has the fewest visible faults so far."""
        faults = len(verdict.errors())
        is_better = self._drawable is None or faults < self._drawable[0]
        if is_better and faults <= MAX_VISIBLE_FAULTS and is_acceptable_from_author(verdict):
            self._drawable = (faults, code, verdict)

    def take_drawable(self) -> str | None:
        """The version noted as drawable, recorded as an attempt that kept its faults; None when there is none."""
        if self._drawable is None:
            return None
        _, code, verdict = self._drawable
        self.add_failure("kept", verdict, code)
        return code

    def add_failure(self, strategy: str, verdict: SceneVerdict, code: str = "") -> None:
        """Records an attempt with the finding that ended it."""
        error = verdict.error
        first = verdict.errors()[0] if verdict.errors() else None
        self.attempts.append(
            CodeAttempt(
                number=len(self.attempts) + 1,
                strategy=strategy,
                rule=error.type if error else first.rule if first else (verdict.killed or "failed"),
                finding=_keep_whole_lines(list_findings(verdict, code)),
                line=error.line if error else first.line if first else None,
            )
        )


async def ask(
    model_client: ModelClient, run: CodingRun, task: str, rules: str, parts: tuple[PromptPart, ...], result: type[T]
) -> T:
    """A model's answer to one of its tasks, at the cost of the scene's budget. Raises ModelFailed."""
    reply = await model_client.ask(
        task, instructions=rules, parts=parts, result=result, budget=run.budget, salt=run.task.salt
    )
    run.add_usage(reply.usage)
    return reply.value


def _keep_whole_lines(text: str) -> str:
    if len(text) <= _MAX_FINDINGS:
        return text
    kept = text[:_MAX_FINDINGS].rpartition("\n")[0]
    return kept or text[: _MAX_FINDINGS - 1] + "…"
