"""The budget of model requests, and the bill of one question."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from lectern.contracts.usage import Usage
from lectern.llm.errors import BudgetExceeded
from lectern.llm.prices import TokenPrice, add_cost, highest_cost, sum_usage
from lectern.llm.request import ModelRequest


class Budget:
    """US dollars that may be spent; None is no limit. Failed requests count."""

    def __init__(self, limit_usd: float | None = None, *, spent_usd: float = 0.0) -> None:
        self.limit_usd = limit_usd
        self.spent_usd = spent_usd

    def allows(self, dollars: float) -> bool:
        """True if so much more can be spent without passing the limit."""
        return self.limit_usd is None or self.spent_usd + dollars <= self.limit_usd

    def spend(self, dollars: float) -> None:
        """Counts dollars as spent."""
        self.spent_usd += dollars


class Bill:
    """The usage of every request that one question took, charged to a budget."""

    def __init__(self, task: str, prices: Mapping[str, TokenPrice], budget: Budget) -> None:
        self.task = task
        self._prices = prices
        self._budget = budget
        self._usages: list[Usage] = []

    def total(self) -> Usage:
        """The usage of all requests so far."""
        return sum_usage(self._usages)

    def check_budget(self, request: ModelRequest) -> None:
        """Raises BudgetExceeded when the request might cost more than is left."""
        price = self._prices.get(request.model)
        dollars = highest_cost(request.prompt_characters(), request.max_output_tokens, price)
        if not self._budget.allows(dollars):
            detail = (
                f"${self._budget.spent_usd:.4f} of ${self._budget.limit_usd:.4f} is spent, "
                f"and the next request may cost ${dollars:.4f}."
            )
            remedy = "Raise max_cost_usd, or ask for fewer or simpler scenes."
            raise BudgetExceeded("budget-exceeded", detail, remedy, self.total())

    def charge(self, usage: Usage) -> None:
        """Adds the usage of a request, with its cost."""
        charged = msgspec.structs.replace(add_cost(usage, self._prices.get(usage.name)), task=self.task)
        self._budget.spend(charged.cost_usd)
        self._usages.append(charged)
