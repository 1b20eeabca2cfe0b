"""Prices of models, and the cost of requests to them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from lectern.contracts.usage import Usage

_MILLION = 1_000_000
_CHARACTERS_PER_TOKEN = 3  # fewer than any text has, so that an estimate is never too low

NO_USAGE = Usage(kind="model", name="models")  # of an answer from the cache


class TokenPrice(msgspec.Struct, frozen=True, kw_only=True):
    """US dollars per million tokens."""

    input: float
    output: float
    cached: float = 0.0


def add_cost(usage: Usage, price: TokenPrice | None) -> Usage:
    """The usage with its cost; unchanged for a model without a price, such as a local one."""
    if price is None:
        return usage
    uncached = usage.input - usage.cached
    dollars = uncached * price.input + usage.cached * price.cached + (usage.output + usage.thinking) * price.output
    return msgspec.structs.replace(usage, cost_usd=dollars / _MILLION)


def sum_usage(usages: Iterable[Usage]) -> Usage:
    """One sum over all. Its name and task are kept where all have the same; the name is `models` otherwise."""
    parts = list(usages)
    names, tasks = {part.name for part in parts}, {part.task for part in parts}
    return Usage(
        kind="model",
        name=names.pop() if len(names) == 1 else NO_USAGE.name,
        task=tasks.pop() if len(tasks) == 1 else "",
        requests=sum(part.requests for part in parts),
        input=sum(part.input for part in parts),
        cached=sum(part.cached for part in parts),
        thinking=sum(part.thinking for part in parts),
        output=sum(part.output for part in parts),
        cost_usd=sum(part.cost_usd for part in parts),
    )


def highest_cost(prompt_characters: int, max_output_tokens: int, price: TokenPrice | None) -> float:
    """The most that a request can cost, in US dollars."""
    if price is None:
        return 0.0
    return (prompt_characters / _CHARACTERS_PER_TOKEN * price.input + max_output_tokens * price.output) / _MILLION
