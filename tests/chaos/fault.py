"""What a fault is, and the plan of which strikes when: drawn from a seed, so that the seed replays it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaos.world import World


def always(_: World) -> bool:
    """True: the fault can strike anywhere."""
    return True


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One kind of harm.

    `strike` does it, ends it, and returns in words what it was. Strikes that `touch` the same never overlap. `losing` are
    the services whose running work it may cut off so that a paid answer is lost. `can_strike` tells whether this
    machine has what it needs.
    """

    name: str
    touches: frozenset[str]
    strike: Callable[[World, Random], Awaitable[str]]
    losing: frozenset[str] = frozenset()
    can_strike: Callable[[World], bool] = always


@dataclass(frozen=True)
class PlannedStrike:
    """A fault, when it strikes (seconds from the start), and the seed of what it chooses by itself.

    `after`: not before some film's log has an event of this type, as `scene.coded`.
    """

    at: float
    fault: str
    seed: int
    after: str = ""


def draw_plan(seed: int, names: Sequence[str], strikes: int, seconds: float) -> tuple[PlannedStrike, ...]:
    """So many strikes over so many seconds. Every kind comes once before any comes again; the first comes soon."""
    random = Random(f"chaos {seed}")
    drawn: list[str] = []
    while len(drawn) < strikes:
        drawn += random.sample(names, len(names))
    times = sorted(random.uniform(0.02, 1.0) * seconds for _ in range(strikes))
    return tuple(
        PlannedStrike(round(at, 2), name, random.randrange(2**32))
        for at, name in zip(times, drawn[:strikes], strict=True)
    )
