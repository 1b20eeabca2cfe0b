"""Prices of models, and what their calls cost."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from lectern.contracts.usage import Usage

_MILLION = 1_000_000


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """US dollars per million tokens."""

    input: float
    output: float
    cached: float = 0.0


NOTHING = Usage(kind="model", name="models")  # what an answer from the cache used


def priced(usage: Usage, price: Price | None) -> Usage:
    """The usage with its cost; unchanged for a model without a price (a local one)."""
    if price is None:
        return usage
    fresh = usage.input - usage.cached
    dollars = fresh * price.input + usage.cached * price.cached + (usage.output + usage.thinking) * price.output
    return msgspec.structs.replace(usage, cost_usd=dollars / _MILLION)


def total(usages: Iterable[Usage]) -> Usage:
    """One sum over all. Its name and task are kept where all have the same; the name is `models` otherwise."""
    parts = list(usages)
    names, tasks = {part.name for part in parts}, {part.task for part in parts}
    return Usage(
        kind="model",
        name=names.pop() if len(names) == 1 else NOTHING.name,
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
