"""The questions that one script takes."""

from __future__ import annotations

from typing import TypeVar

from lectern.contracts.usage import Usage, add_up
from lectern.llm import Budget, ModelClient, ModelFailed, ModelReply, UnusableAnswer
from lectern.scripter.scriptwriting.prompts import read_instructions
from lectern.scripter.writer import ModelUnavailable, OnProgress, WritingRequest
from lectern.worker import Permanent, Transient, Unavailable

T = TypeVar("T")


class ModelSession:
    """Asks a model under one budget, adds up what its answers cost, and reports the characters written so far."""

    def __init__(
        self, model_client: ModelClient, request: WritingRequest, on_progress: OnProgress | None = None
    ) -> None:
        self._model_client = model_client
        self._budget = Budget(request.options.max_cost_usd, spent_usd=request.spent_usd)
        self._salt = request.salt
        self._on_progress = on_progress
        self._usage: list[Usage] = []
        self._characters = 0

    @property
    def spent(self) -> tuple[Usage, ...]:
        """The usage of all questions so far; cached answers use nothing."""
        return add_up(self._usage)

    async def ask(
        self, task: str, *, step: str, instructions: str, parts: tuple[str, ...], result: type[T]
    ) -> ModelReply[T]:
        """The model's answer to the instructions of that name. `step` is what progress calls it. Raises ModelFailed."""
        before = self._characters

        def count(characters: int) -> None:
            self._characters = before + characters
            if self._on_progress:
                self._on_progress(self._characters, step)

        try:
            reply = await self._model_client.ask(
                task,
                instructions=read_instructions(instructions),
                parts=parts,
                result=result,
                budget=self._budget,
                on_text=count,
                salt=self._salt,
            )
        except ModelFailed as failure:
            self._add(failure.usage)
            raise
        except Unavailable as outage:  # of the store that keeps answers: those before this one are paid for
            outage.spent = self.spent
            raise
        self._add(reply.usage)
        return reply

    def error(self, failure: ModelFailed) -> Transient | Permanent:
        """The error to raise when a script cannot do without an answer, with everything spent so far."""
        if not failure.retryable:
            return Permanent(failure.problem, spent=self.spent, repairable=failure.repairable)
        if isinstance(failure, UnusableAnswer):  # models answer, and badly: another try is an attempt
            return Transient(problem=failure.problem, spent=self.spent)
        return ModelUnavailable(problem=failure.problem, spent=self.spent, retry_after=failure.retry_after)

    def _add(self, usage: Usage) -> None:
        if usage.requests:
            self._usage.append(usage)
