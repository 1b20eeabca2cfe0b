"""Usage: tokens, characters, CPU time and money. Events carry it; the fold adds it up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

__all__ = [
    "Kind",
    "Usage",
    "add_up",
]

Kind: TypeAlias = Literal["model", "voice", "render"]


class Usage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The usage of one model, voice engine or renderer for one event. `task` is what the model was asked for.

    `input` counts prompt tokens, `cached` those of them that were cheaper, `output` excludes `thinking`. Voices are
    billed by `characters`, renderers use `cpu_seconds`. Failed attempts are included.
    """

    kind: Kind
    name: str
    task: str = ""
    requests: int = 0
    input: int = 0
    cached: int = 0
    thinking: int = 0
    output: int = 0
    characters: int = 0
    cpu_seconds: float = 0.0
    cost_usd: float = 0.0


def add_up(usage: Iterable[Usage]) -> tuple[Usage, ...]:
    """One total for each kind, name and task, sorted."""
    totals: dict[tuple[str, str, str], Usage] = {}
    for item in usage:
        key = (item.kind, item.name, item.task)
        known = totals.get(key)
        totals[key] = item if known is None else _sum(known, item)
    return tuple(totals[key] for key in sorted(totals))


def _sum(a: Usage, b: Usage) -> Usage:
    return Usage(
        kind=a.kind,
        name=a.name,
        task=a.task,
        requests=a.requests + b.requests,
        input=a.input + b.input,
        cached=a.cached + b.cached,
        thinking=a.thinking + b.thinking,
        output=a.output + b.output,
        characters=a.characters + b.characters,
        cpu_seconds=a.cpu_seconds + b.cpu_seconds,
        cost_usd=a.cost_usd + b.cost_usd,
    )
