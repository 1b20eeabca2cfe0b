"""What has been tried on a scene: the same fix is never tried on the same error twice."""

from __future__ import annotations

import hashlib
import re
from typing import Literal, TypeAlias, get_args

from lectern.contracts.requests import SceneVerdict

Strategy: TypeAlias = Literal["lines", "block", "scene", "simpler"]
WIDENING: tuple[Strategy, ...] = get_args(Strategy)


def fingerprint(verdict: SceneVerdict) -> str:
    """The same for the same trouble: its kind and message without numbers, names of objects kept."""
    if verdict.error:
        said = f"{verdict.error.type}: {verdict.error.message}"
    elif verdict.errors():
        first = verdict.errors()[0]
        said = f"{first.rule} in beat {first.beat}: {first.object or ''}"
    else:
        said = f"{verdict.killed}: {verdict.reason}"
    return re.sub(r"0x[0-9a-f]+|\d+(\.\d+)?", "#", said)[:300]


class Ledger:
    """Fixes tried, and codes seen."""

    def __init__(self) -> None:
        self._tried: set[tuple[str, Strategy]] = set()
        self._seen: set[str] = set()

    def seen_before(self, code: str) -> bool:
        """Whether this very code was already checked; notes it."""
        name = hashlib.sha256("\n".join(code.split()).encode()).hexdigest()
        known = name in self._seen
        self._seen.add(name)
        return known

    def next_strategy(self, trouble: str, first: Strategy = "lines") -> Strategy | None:
        """The narrowest strategy from `first` on not yet tried on this trouble; None when all were. Notes it."""
        for strategy in WIDENING[WIDENING.index(first) :]:
            if (trouble, strategy) not in self._tried:
                self._tried.add((trouble, strategy))
                return strategy
        return None

    def width(self, trouble: str) -> int:
        """How many strategies this trouble has withstood."""
        return sum(known == trouble for known, _ in self._tried)
