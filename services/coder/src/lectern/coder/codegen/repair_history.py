"""The history of a scene's repairs: the same strategy is never tried twice on the same findings."""

from __future__ import annotations

import hashlib
import re
from typing import Literal, TypeAlias, get_args

from lectern.contracts.requests import SceneVerdict

RepairStrategy: TypeAlias = Literal["lines", "block", "scene", "simpler"]
STRATEGIES: tuple[RepairStrategy, ...] = get_args(RepairStrategy)  # from the narrowest to the widest


def fingerprint(verdict: SceneVerdict) -> str:
    """Equal for equal findings: their kind and message without numbers, with the names of objects."""
    if verdict.error:
        text = f"{verdict.error.type}: {verdict.error.message}"
    elif verdict.errors():
        first = verdict.errors()[0]
        text = f"{first.rule} in beat {first.beat}: {first.object or ''}"
    else:
        text = f"{verdict.killed}: {verdict.reason}"
    return re.sub(r"0x[0-9a-f]+|\d+(\.\d+)?", "#", text)[:300]


class RepairHistory:
    """The strategies tried so far, and the versions of the code that were checked."""

    def __init__(self) -> None:
        self._tried: set[tuple[str, RepairStrategy]] = set()
        self._versions: set[str] = set()

    def has_code(self, code: str) -> bool:
        """True if this code was already checked, whatever its spacing."""
        return _code_digest(code) in self._versions

    def add_code(self, code: str) -> None:
        """Records a version that was checked."""
        self._versions.add(_code_digest(code))

    def next_strategy(self, findings: str, first: RepairStrategy = "lines") -> RepairStrategy | None:
        """The narrowest strategy from `first` on that was not tried on these findings; None when all were."""
        untried = (each for each in STRATEGIES[STRATEGIES.index(first) :] if (findings, each) not in self._tried)
        return next(untried, None)

    def add_strategy(self, findings: str, strategy: RepairStrategy) -> None:
        """Records that a strategy is tried on findings."""
        self._tried.add((findings, strategy))


def _code_digest(code: str) -> str:
    return hashlib.sha256("\n".join(code.split()).encode()).hexdigest()
