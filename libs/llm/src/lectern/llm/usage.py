"""What calls used and cost."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from lectern.contracts.usage import Spent

_MILLION = 1_000_000


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """US dollars per million tokens."""

    input: float
    output: float
    cached: float = 0.0


class Usage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tokens and money of one or more requests. `input` includes `cached`; `output` excludes `thinking`."""

    model: str = ""
    task: str = ""
    requests: int = 0
    input: int = 0
    cached: int = 0
    thinking: int = 0
    output: int = 0
    cost_usd: float = 0.0

    def tokens(self) -> int:
        """All tokens that were billed."""
        return self.input + self.thinking + self.output


def priced(usage: Usage, price: Price | None) -> Usage:
    """The usage with its cost; unchanged for a model without a price (a local one)."""
    if price is None:
        return usage
    fresh = usage.input - usage.cached
    dollars = fresh * price.input + usage.cached * price.cached + (usage.output + usage.thinking) * price.output
    return msgspec.structs.replace(usage, cost_usd=dollars / _MILLION)


def billed(usage: Usage) -> Spent:
    """The usage as events carry it."""
    return Spent(
        kind="model",
        name=usage.model or "models",
        task=usage.task,
        requests=usage.requests,
        input=usage.input,
        cached=usage.cached,
        thinking=usage.thinking,
        output=usage.output,
        cost_usd=usage.cost_usd,
    )


def total(usages: Iterable[Usage]) -> Usage:
    """The sum. Its model and task are named when all had the same."""
    parts = list(usages)
    models, tasks = {part.model for part in parts}, {part.task for part in parts}
    return Usage(
        model=models.pop() if len(models) == 1 else "",
        task=tasks.pop() if len(tasks) == 1 else "",
        requests=sum(part.requests for part in parts),
        input=sum(part.input for part in parts),
        cached=sum(part.cached for part in parts),
        thinking=sum(part.thinking for part in parts),
        output=sum(part.output for part in parts),
        cost_usd=sum(part.cost_usd for part in parts),
    )


def worst_case(prompt_characters: int, max_output_tokens: int, price: Price | None) -> float:
    """The most a call can cost in dollars: three characters a token is fewer than any text needs."""
    if price is None:
        return 0.0
    return (prompt_characters / 3 * price.input + max_output_tokens * price.output) / _MILLION
