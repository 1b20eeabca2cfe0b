"""The state of one scene's coding: its attempts, its repairs and its cost."""

from __future__ import annotations

from collections.abc import Sequence

from lectern.coder.codegen.repair_history import RepairHistory
from lectern.coder.codegen.repair_prompt import list_findings
from lectern.coder.coding import CodingTask, Preflight
from lectern.contracts import script as s
from lectern.contracts.events import CodeAttempt
from lectern.contracts.requests import SceneVerdict
from lectern.contracts.usage import Usage
from lectern.llm import Budget

_MAX_FINDING = 600  # characters of an attempt's findings that are kept


class CodingRun:
    """One scene while a model writes its code. `repaired` is set once the code is no longer what the author wrote."""

    def __init__(self, task: CodingTask, preflight: Preflight, history: Sequence[CodeAttempt] = ()) -> None:
        self.task = task
        self.preflight = preflight
        self.budget = Budget(task.budget_usd)
        self.authored = isinstance(task.scene.visual, s.Manim)
        self.repaired = False
        self.repairs = RepairHistory()
        self.attempts = list(history)
        self.spent: list[Usage] = []

    @property
    def origin(self) -> str:
        """The code's author, as `CodeRef.origin` names it."""
        return "author" if self.authored and not self.repaired else "model"

    def add_usage(self, usage: Usage) -> None:
        """Records the cost of a question; cached answers cost nothing."""
        if usage.requests:
            self.spent.append(usage)

    def add_success(self, strategy: str) -> None:
        """Records the attempt that passed."""
        self.attempts.append(CodeAttempt(number=len(self.attempts) + 1, strategy=strategy))

    def add_failure(self, strategy: str, verdict: SceneVerdict) -> None:
        """Records an attempt with the finding that ended it."""
        error = verdict.error
        first = verdict.errors()[0] if verdict.errors() else None
        self.attempts.append(
            CodeAttempt(
                number=len(self.attempts) + 1,
                strategy=strategy,
                rule=error.type if error else first.rule if first else (verdict.killed or "failed"),
                finding=list_findings(verdict)[:_MAX_FINDING],
                line=error.line if error else first.line if first else None,
            )
        )
